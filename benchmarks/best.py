"""Which of the runs counts: the best of each package, on everybody where everybody was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from records import Run, first_value

OURS, PEER = "spice-nb", "autospice"

Size = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """Look-up of results."""

    runs: Sequence[Run]

    def select(self, package: str, size: Size, what: str = "", settings: str = "") -> list[Run]:
        """Runs of a package on a size; of all measurements, and all settings, where none is named."""
        return [
            run
            for run in self.runs
            if run.package == package and run.size == size and what in ("", run.what) and settings in ("", run.settings)
        ]

    def best(self, name: str, package: str, size: Size, what: str = "", settings: str = "") -> float | None:
        """The smallest value; a value scaled from some of the people counts only where nobody measured all."""
        runs = [run for run in self.select(package, size, what, settings) if name in run.values]
        return first_value([run for run in runs if run.measured == size[0]] or runs, name)

    def peer_step(self, name: str, size: Size) -> tuple[float | None, str]:
        """A step of the peer, and on what part of the people it was measured."""
        measured = [run.measured for run in self.select(PEER, size) if name in run.values]
        if name == "epoch":
            return first_value(self.select(PEER, size), name), ""
        scaled = measured and max(measured) < size[0]
        return self.best(name, PEER, size), f" (from {max(measured)} of {size[0]:,} people)" if scaled else ""

    def peer_fit(self, size: Size, epochs: int) -> tuple[float | None, str]:
        """The peer's whole fit, or the sum of its parts."""
        fit = self.best("fit", PEER, size, "fit")
        if fit is not None:
            return fit, ""
        epoch, equations = (self.peer_step(name, size)[0] for name in ("epoch", "equations"))
        if epoch is None or equations is None:
            return None, ""
        return epochs * epoch + equations, f" ({epochs} epochs + equations, as above)"

    def peer_memory(self, size: Size) -> tuple[float | None, str]:
        """Peak memory of the peer's whole fit, or of what was run of it."""
        fit = self.best("peak_mb", PEER, size, "fit")
        if fit is not None:
            return fit, ""
        parts = [run.values["peak_mb"] for run in self.select(PEER, size, "steps")]
        return (max(parts), " (of the steps above)") if parts else (None, "")
