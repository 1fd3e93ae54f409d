"""A notebook run from top to bottom in a kernel of its own, on one core, and what that took."""

import os
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Executed:
    """What came of a notebook.

    Attributes
    ----------
    notebook : NotebookNode
        With its outputs.
    after : tuple of str
        What the code behind it printed, once for each time the notebook was run.
    peak_mb, cpu_seconds, seconds : float
        The most memory that the kernel held, its CPU time and the time with its start; of the first time, and without
        the code behind it.
    """

    notebook: Any
    after: tuple[str, ...]
    peak_mb: float
    cpu_seconds: float
    seconds: float

    @property
    def errors(self) -> list[str]:
        """Name and message of each error in the notebook."""
        return [f"{o.ename}: {o.evalue}" for o in self._outputs() if o.output_type == "error"]

    @property
    def warnings(self) -> list[str]:
        """What the notebook wrote to the error stream."""
        return [o.text for o in self._outputs() if o.output_type == "stream" and o.name == "stderr"]

    def _outputs(self) -> Iterator[Any]:
        for cell in self.notebook.cells:
            yield from cell.get("outputs", ())


def execute(
    path: Path, folder: Path, environment: Mapping[str, str] | None = None, after: str = "", times: int = 1
) -> Executed:
    """Run a notebook; where it has errors its other cells run all the same.

    Parameters
    ----------
    path : Path
    folder : Path
        Where it runs.
    environment : mapping, optional
        Variables of the kernel, besides those of this process.
    after : str
        Code that is run behind the notebook each time. Its errors raise.
    times : int
        How often all of this is run, in the same kernel.
    """
    notebook = nbformat.read(path, as_version=4)
    behind = nbformat.v4.new_code_cell(after)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}})
    cells = list(notebook.cells)
    printed, used = [], []
    start = time.perf_counter()
    with _one_core(), client.setup_kernel(env=os.environ | ONE_THREAD | dict(environment or {})):
        for _ in range(times):
            client.allow_errors = True
            for index, cell in enumerate(cells):
                client.execute_cell(cell, index)
            used.append((*_memory_and_time(client.km.provisioner.pid), time.perf_counter() - start))
            client.allow_errors = False
            notebook.cells.append(behind)
            client.execute_cell(behind, len(cells))
            del notebook.cells[len(cells) :]
            printed.append("".join(o.text for o in behind.outputs if o.get("name") == "stdout"))
    return Executed(notebook, tuple(printed), *used[0])


@contextmanager
def _one_core() -> Iterator[None]:
    """Let processes that start in here have one core, as this thread has meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _memory_and_time(pid: int) -> tuple[float, float]:
    """Peak of the resident memory in MB, and CPU seconds, of a process that is still there."""
    process = Path("/proc") / str(pid)
    peak = re.search(r"VmHWM:\s+(\d+) kB", (process / "status").read_text())
    assert peak is not None
    # Behind the name in brackets, which may contain anything, user and system time are the 12th and 13th field.
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return int(peak[1]) / 1024, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
