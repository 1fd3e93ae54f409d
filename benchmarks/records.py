"""What was measured, and the history of it: one JSON line a value."""

import json
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

UNITS = {"peak_mb": "MB", "gradient_steps": "1", "nll_network": "nats/choice", "nll_equations": "nats/choice"}
"""Of values that are no seconds."""


@dataclass(frozen=True)
class Run:
    """One measurement.

    `what` is the measurement, `size` (people, trials), `settings` "alike" or "default", `measured` the number of
    people that equations and predictions were measured on, from which they were scaled to all, `others` the share of
    all processors that other processes used meanwhile.
    """

    package: str
    what: str
    size: tuple[int, int]
    settings: str
    epochs: int
    threads: int
    measured: int
    values: dict[str, float]
    versions: dict[str, str | None]
    others: float | None

    @classmethod
    def of(
        cls,
        found: dict[str, Any],
        package: str,
        what: str,
        size: tuple[int, int],
        settings: str,
        epochs: int,
        threads: int,
    ) -> "Run":
        """From what a process gave back."""
        values = {name: value for name, value in found["values"].items() if value is not None}
        measured = int(values.pop("people_measured", size[0]))
        return cls(package, what, size, settings, epochs, threads, measured, values, found["versions"], found["others"])


def first_value(runs: Iterable[Run], name: str) -> float | None:
    """The smallest of a value over some runs, None where none has it."""
    return min((run.values[name] for run in runs if name in run.values), default=None)


def machine(here: Path, threads: int) -> dict[str, Any]:
    """What the run was made on and from: date, commit, processors."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    changed = git("status", "--porcelain", "--", "../spice", "../pyproject.toml")
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": (git("rev-parse", "--short", "HEAD") or "unknown") + ("+changes" if changed else ""),
        "cpu_count": os.cpu_count(),
        "threads": threads,
        "system": f"{platform.system()} {platform.machine()}",
    }


class History:
    """A file that results are appended to as they come."""

    def __init__(self, file: Path, facts: dict[str, Any]) -> None:
        self.file, self.facts = file, facts

    def append(self, run: Run) -> None:
        """A line for each value of a measurement."""
        keys = ("cpu_count", "system")
        found = {name: version for name, version in run.versions.items() if version is not None}
        params = {
            "package": run.package, "people": run.size[0], "trials": run.size[1], "settings": run.settings,
            "epochs": run.epochs, "threads": run.threads, "people_measured": run.measured,
        }  # fmt: skip
        with self.file.open("a", encoding="utf-8") as file:
            for name, value in run.values.items():
                line = {
                    "date": self.facts["date"],
                    "commit": self.facts["commit"],
                    "machine": {key: self.facts[key] for key in keys} | {"used_by_others": run.others} | found,
                    "benchmark": f"{run.what}.{name}",
                    "params": params,
                    "value": value,
                    "unit": UNITS.get(name, "s"),
                }
                file.write(json.dumps(line) + "\n")
