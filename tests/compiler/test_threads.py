"""Kernels on several threads."""

import multiprocessing
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from rollout.cases import everything, simple

from spice.compiler import threads


def test_runs_repeat_whatever_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    case = simple(n_sequences=200)
    monkeypatch.setattr(threads, "CELLS_WORTH_A_THREAD", 10)
    results = []
    for n in (1, 2, 3, 2):
        monkeypatch.setattr(torch, "get_num_threads", lambda n=n: n)
        results.append(everything(case))
    for result in results[1:]:
        for a, b in zip(result, results[0], strict=True):
            assert torch.equal(a, b)


def test_two_threads_at_once_are_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "CELLS_WORTH_A_THREAD", 10)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    some = [simple(n_sequences=n) for n in (90, 130)]
    alone = [everything(case) for case in some]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            for result, expected in zip(pool.map(everything, some), alone, strict=True):
                for a, b in zip(result, expected, strict=True):
                    assert torch.equal(a, b)


def _in_child(connection: Any) -> None:
    connection.send([float(v.sum()) for v in everything(simple())])


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_forked_process_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "CELLS_WORTH_A_THREAD", 10)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    expected = [float(v.sum()) for v in everything(simple())]
    mine, theirs = multiprocessing.Pipe()
    with warnings.catch_warnings():
        # Newer Pythons warn of forks beside threads, which is what is tried here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = multiprocessing.get_context("fork").Process(target=_in_child, args=(theirs,))
        child.start()
    try:
        assert mine.poll(60)
        assert mine.recv() == expected
        child.join(10)
        assert child.exitcode == 0
    finally:
        child.kill()  # one that hangs would be waited for when the tests end
