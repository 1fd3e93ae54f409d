"""Runs the benchmarks: ours and the peer on the same files, in turn, each measurement in a process of its own.

python benchmarks/run.py [--quick] [--peer PYTHON]: writes results.md and a line a result to history.jsonl.
This file imports nothing heavy: a child's peak memory starts from that of the process that made it.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from best import Found
from processes import Failed, Processes
from records import History, Run, first_value, machine
from report import write_results
from sizes import GROWTH, QUICK, SIZES, Size

HERE = Path(__file__).parent
RECORDED = HERE.parents[1] / "shared" / "peers" / "indiv64.npz"
"""64 people x 200 trials that earlier measurements were made on; simulated where it is not there."""
PATIENCE = 600
"""Seconds above which a whole fit of the peer is not run, but summed up from its parts."""


class Benchmarks:
    """One run of all measurements; what it has found so far is in `runs`."""

    def __init__(self, processes: Processes, history: History, data: Path, quick: bool) -> None:
        self.processes, self.history, self.data = processes, history, data
        self.quick, self.recorded = quick, RECORDED.exists()
        # Small tensors may gain nothing from threads, or lose by them: each package has the number that suits it.
        self.rounds = (processes.threads, 1)
        self.runs: list[Run] = []
        self.notes: list[str] = []

    def file_for(self, size: Size) -> Path:
        """The file of choices of that size, made once a run."""
        file = self.data / f"{size.people}x{size.trials}.npz"
        if not file.exists():
            recorded = self.recorded and (size.people, size.trials) == (64, 200)
            options = ["--recorded", str(RECORDED)] if recorded else []
            self.processes.make(file, "--people", str(size.people), "--trials", str(size.trials), *options)
        return file

    def measure(
        self,
        package: str,
        what: str,
        size: Size,
        epochs: int,
        *options: str,
        threads: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Run one measurement and keep its result; a failure of the peer is noted, one of ours ends the run."""
        file, threads = self.file_for(size), threads or self.processes.threads
        say(f"{package}: {what}, {size.people} x {size.trials}, {epochs} epochs, {threads} threads {' '.join(options)}")
        environment = {"OMP_NUM_THREADS": str(threads)} | dict(environment or {})
        try:
            found = self.processes.run(package, what, file, epochs, options, environment)
        except Failed as error:
            if package == "spice-nb":
                raise
            self.notes.append(f"{package} failed at {what}, {size.people} x {size.trials}: {error}")
            return
        settings = "alike" if package != "spice-nb" or "--alike" in options else "default"
        self.keep(Run.of(found, package, what, (size.people, size.trials), settings, epochs, threads))

    def keep(self, run: Run) -> None:
        """Remember a result and write it to the history."""
        self.runs.append(run)
        self.history.append(run)

    def compare(self, size: Size) -> None:
        """Both packages in turn, then our defaults, then whole fits."""
        repeats = () if self.quick else ("--repeats", "2")
        for threads in self.rounds:
            self.measure("spice-nb", "steps", size, size.epochs, "--alike", *repeats, threads=threads)
            if self.processes.peer:
                people = "--people", str(size.peer_people)
                self.measure("autospice", "steps", size, size.peer_epochs, *people, threads=threads)
        for threads in self.rounds:
            self.measure("spice-nb", "steps", size, size.window_epochs, *repeats, threads=threads)
        ours, default, peer = (
            self.quickest(package, size, settings)
            for package, settings in (("spice-nb", "alike"), ("spice-nb", "default"), ("autospice", "alike"))
        )
        self.measure("spice-nb", "fit", size, size.fit_epochs, "--alike", threads=ours)
        if self.processes.peer and not self.quick and self.peer_estimate(size) <= PATIENCE:
            self.measure("autospice", "fit", size, size.fit_epochs, threads=peer)
        self.measure("spice-nb", "fit", size, size.fit_epochs, threads=default)

    def quickest(self, package: str, size: Size, settings: str) -> int:
        """Number of threads that an epoch was quickest with."""
        found = Found(self.runs).select(package, (size.people, size.trials), "steps", settings)
        return min(found, key=lambda run: run.values["epoch"]).threads if found else self.processes.threads

    def peer_estimate(self, size: Size) -> float:
        """Seconds that a whole fit of the peer would take; equations not yet measured count nothing."""
        own = [r for r in self.runs if r.package == "autospice" and r.size == (size.people, size.trials)]
        epoch, equations = (first_value(own, name) for name in ("epoch", "equations"))
        return (epoch or 0.0) * size.fit_epochs + (equations or 0.0)

    def first_use(self, size: Size) -> None:
        """Importing, and the first fit of a process without and with compiled code on disk."""
        for package in ("spice-nb", "autospice") if self.processes.peer else ("spice-nb",):
            for _ in range(3):
                found = self.processes.time_import(package)
                threads = self.processes.threads
                self.keep(Run.of(found, package, "import", (size.people, size.trials), "default", 0, threads))
        with tempfile.TemporaryDirectory() as cache:
            for what in ("first_cold", "first_warm", "first_warm"):
                self.measure("spice-nb", what, size, 1, environment={"NUMBA_CACHE_DIR": cache})

    def grow(self, size: Size) -> None:
        """Larger data, ours only."""
        self.measure("spice-nb", "steps", size, size.epochs, "--alike")
        self.measure("spice-nb", "steps", size, size.window_epochs)


def usable_processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def say(message: str) -> None:
    """Tell what is going on."""
    sys.stderr.write(message + "\n")


def main() -> None:
    """Measure and write; results are written after each size, so that an end before the last one leaves some."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="64 x 200 only, few epochs; written to .work, no history")
    parser.add_argument("--peer", default="", help="a Python in which autospice runs")
    parser.add_argument("--threads", type=int, default=usable_processors(), help="of both packages")
    options = parser.parse_args()
    work = HERE / ".work"
    work.mkdir(exist_ok=True)
    # Not resolved: the Python of a virtual environment is a link, and finds its packages by where the link is.
    processes = Processes(HERE, work, options.threads, Path(options.peer).absolute() if options.peer else None)
    if not processes.peer:
        say("The peer is left out: " + (processes.why_no_peer or "give a Python in which it runs, make bench PEER=..."))
    where = work / "quick" if options.quick else HERE
    where.mkdir(exist_ok=True)
    facts = machine(HERE, options.threads)
    history = History(where / "history.jsonl", facts)
    with tempfile.TemporaryDirectory(dir=work) as data:
        benchmarks = Benchmarks(processes, history, Path(data), options.quick)
        sizes = QUICK if options.quick else SIZES
        # Kernels are compiled before anything is timed.
        processes.run("spice-nb", "fit", benchmarks.file_for(sizes[0]), 2, (), {})

        def write() -> None:
            truth = {(s.people, s.trials): processes.score_of_truth(benchmarks.file_for(s)) for s in sizes}
            write_results(where / "results.md", benchmarks.runs, truth, facts, benchmarks.notes, benchmarks.recorded)

        benchmarks.first_use(sizes[0])
        for size in sizes:
            benchmarks.compare(size)
            write()
        for size in () if options.quick else GROWTH:
            benchmarks.grow(size)
            write()
    say(f"Written to {os.path.relpath(where / 'results.md')}")


if __name__ == "__main__":
    try:
        main()
    except (Failed, subprocess.CalledProcessError) as failure:
        raise SystemExit(f"A measurement failed: {failure}") from None
