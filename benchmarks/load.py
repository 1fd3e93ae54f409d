"""How much of the machine others used while something was measured."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

STATISTICS = Path("/proc/stat")


@dataclass
class Others:
    """Share of all processors that other processes used, None where the system does not tell."""

    share: float | None = None


@contextmanager
def watching_others() -> Iterator[Others]:
    """Watch while the block runs; processes that it starts, and that end in it, are no others."""
    others, start = Others(), perf_counter()
    busy, own = _busy_seconds(), _own_seconds()
    yield others
    now = _busy_seconds()
    if busy is not None and now is not None:
        available = (perf_counter() - start) * (os.cpu_count() or 1)
        others.share = max(0.0, (now - busy - (_own_seconds() - own)) / available)


def _busy_seconds() -> float | None:
    """Of all processors since the system started, with what the host of a virtual machine took."""
    if not STATISTICS.exists():
        return None
    user, nice, system, _idle, _wait, interrupts, soft, stolen = map(int, STATISTICS.read_text().split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


def _own_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
