"""The processes that measure: ours in this Python, the peer's in its own, in the same environment otherwise."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from load import watching_others

IMPORT = """
import sys, time
package, here = sys.argv[1:]
start = time.perf_counter()
import spice.estimator, spice.precoded
seconds = time.perf_counter() - start
sys.path.append(here)
import measure
measure.report(package, **{"import": seconds})
"""
TRUTH = """
import json, sys
here, file = sys.argv[1:]
sys.path.append(here)
import measure
sys.stdout.write(json.dumps(measure.score_of_truth(file)))
"""


class Failed(Exception):
    """A measurement ended with an error."""


class Processes:
    """Starts measurements.

    Parameters
    ----------
    here : path
        Folder of the scripts.
    work : path
        Current folder of all processes; it holds nothing that could be imported.
    threads : int
        Of either package where nothing else is said.
    peer : path, optional
        A Python in which the peer runs.

    Attributes
    ----------
    peer : path or None
        None where the peer cannot be imported; `why_no_peer` says why.
    """

    def __init__(self, here: Path, work: Path, threads: int, peer: Path | None) -> None:
        self.here, self.work, self.threads = here, work, threads
        self.peer, self.why_no_peer = peer, ""
        if peer is not None:
            try:
                self.time_import("autospice")
            except (Failed, OSError) as error:
                self.peer, self.why_no_peer = None, f"it cannot be imported there ({error})."

    def run(
        self, package: str, what: str, file: Path, epochs: int, options: Sequence[str], environment: Mapping[str, str]
    ) -> dict[str, Any]:
        """Values and versions of one measurement, and the share of the processors that others used meanwhile.

        `environment` may set another number of threads, as OMP_NUM_THREADS.
        """
        script = self.here / ("ours.py" if package == "spice-nb" else "peer.py")
        # Cold and warm are the same measurement with another cache.
        arguments = [str(script), what.split("_")[0], str(file), "--epochs", str(epochs), *options]
        return self._result(package, arguments, environment)

    def time_import(self, package: str) -> dict[str, Any]:
        """Seconds that importing estimator and models takes."""
        return self._result(package, ["-c", IMPORT, package, str(self.here)])

    def make(self, file: Path, *options: str) -> None:
        """Make a file of choices."""
        self._output(sys.executable, [str(self.here / "data.py"), str(file), *options])

    def score_of_truth(self, file: Path) -> float | None:
        """Held-out score of the model that a file was simulated with."""
        found: float | None = json.loads(self._output(sys.executable, ["-c", TRUTH, str(self.here), str(file)]))
        return found

    def _result(
        self, package: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        python = sys.executable if package == "spice-nb" else str(self.peer)
        with watching_others() as others:
            found: dict[str, Any] = json.loads(self._output(python, arguments, environment))
        # Both are imported under one name, so what ran need not be what was meant.
        if found["versions"][package] is None:
            raise Failed(f"{package} is not installed in that Python")
        return found | {"others": others.share}

    def _output(self, python: str, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
        # Both packages are called `spice`: no folder but its own environment's may be on a process's path.
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
        asked = {"OMP_NUM_THREADS": str(self.threads)} | dict(environment or {})
        names = ("MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
        threads = dict.fromkeys(names, asked["OMP_NUM_THREADS"])
        # Threads that spin while they wait make the peer a hundred times slower on a machine that others use too.
        env = kept | {"PYTHONNOUSERSITE": "1", "OMP_WAIT_POLICY": "PASSIVE"} | threads | asked
        done = subprocess.run([python, *arguments], cwd=self.work, env=env, capture_output=True, text=True)
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines()
            raise Failed(lines[-1] if lines else f"exit status {done.returncode}")
        return done.stdout
