"""Locks that survive a fork."""

import os
from contextlib import suppress
from threading import RLock
from types import TracebackType


class ForkLock:
    """A reentrant lock, which a forked process gets anew: the thread that held it does not run there."""

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._lock = RLock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        # Not held where this very block was forked.
        with suppress(RuntimeError):
            self._lock.release()
