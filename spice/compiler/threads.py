"""Blocks of sequences on several threads.

Kernels hold no lock of the interpreter, so plain threads run them side by side: any number of fits in any number of
threads and forked processes, with no threading layer underneath to agree on.

torch's own threads are OpenMP's, which a fork leaves behind: the next operation on a large tensor would wait for them
for ever. So a forked process lets torch use one thread, as torch's data loaders do, and runs kernels on one thread too:
where several such processes run, they share the processors by themselves.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import torch

from spice.compiler.locks import ForkLock

CELLS_WORTH_A_THREAD = 2_000
"""Numbers in the states of all trials below which handing work to another thread costs more than it saves."""

_pool: ThreadPoolExecutor | None = None
_making = ForkLock()


def run_blocks(run: Callable[[int, int], None], n_blocks: int, n_cells: int) -> None:
    """Call `run(first, last)` for ranges of blocks, as many at once as torch may use threads.

    Parameters
    ----------
    run : function
        Takes the first block and the one after the last. While it holds the interpreter, nothing runs beside it.
    n_blocks : int
    n_cells : int
        Numbers in the states of all trials: where they are few, one thread runs all.
    """
    n = max(1, min(torch.get_num_threads(), n_blocks, n_cells // CELLS_WORTH_A_THREAD))
    if n == 1:
        run(0, n_blocks)
        return
    edges = [n_blocks * k // n for k in range(n + 1)]
    others = [_threads().submit(run, edges[k], edges[k + 1]) for k in range(1, n)]
    try:
        run(edges[0], edges[1])
    finally:
        # Until all have ended they write to the arrays.
        wait(others)
    for other in others:
        other.result()


def _threads() -> ThreadPoolExecutor:
    global _pool
    with _making:
        if _pool is None:
            _pool = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="spice-rollout")
        return _pool


def _forget_threads() -> None:
    """A forked process has the pools, ours and torch's, but none of their threads."""
    global _pool
    _pool = None
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_threads)
