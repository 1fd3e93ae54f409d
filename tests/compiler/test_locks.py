"""Locks and forked processes."""

import multiprocessing
import threading

import pytest

from spice.compiler.locks import ForkLock

LOCK = ForkLock()


def take(found: "multiprocessing.Queue[bool]") -> None:
    with LOCK, LOCK:
        found.put(True)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="No fork on this system")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_is_not_kept_out_by_a_thread_of_its_parent() -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with LOCK:
            held.set()
            release.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    child = context.Process(target=take, args=(found,))
    child.start()
    child.join(10)
    release.set()
    thread.join()
    assert child.exitcode == 0
    assert found.get(timeout=5)


def test_it_keeps_other_threads_out() -> None:
    order: list[str] = []

    def enter() -> None:
        with LOCK:
            order.append("thread")

    thread = threading.Thread(target=enter)
    with LOCK:
        thread.start()
        thread.join(0.05)
        order.append("here")
    thread.join()
    assert order == ["here", "thread"]
