"""Progress bars of a fit, one a stage."""

from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from spice.progress import EventKind, FitEvent

STAGES = {
    "rnn": "Training the network",
    "equations": "Finding equations",
    "optuna": "Searching settings",
    "refine": "Refining equations",
}
UNITS = {"rnn": "epochs", "optuna": "rounds", "refine": "steps"}
LIKELIHOODS = ("loss", "nll")
"""Names of a metric that is a negative log-likelihood per choice."""


class FitProgress:
    """Callback that draws a bar for each stage; a context manager, so that the terminal is left in order.

    Parameters
    ----------
    console : Console
        Where the bars go.
    """

    def __init__(self, console: Console) -> None:
        self._tasks: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("[bold]{task.description:<20}"),
            BarColumn(bar_width=16, complete_style="cyan", finished_style="green", pulse_style="cyan"),
            TextColumn("{task.fields[count]:>14}"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[note]}"),
            console=console,
        )

    def __enter__(self) -> "FitProgress":
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: FitEvent) -> None:
        """Draw an event."""
        name = event.path[-1]
        if event.kind is EventKind.ADVANCED and event.message:
            self._progress.console.print(f"[dim]{escape(event.message)}")
        if name not in STAGES or event.total == 0:
            return
        if event.kind is EventKind.STARTED:
            self._tasks[name] = self._progress.add_task(STAGES[name], total=event.total, count=_count(event), note="")
        elif event.kind is EventKind.ADVANCED:
            self._advance(event)
        elif event.kind is EventKind.FINISHED:
            # A stage may end early, and some do not know their length until they are through.
            done = max(event.index, 1)
            self._progress.update(self._tasks[name], total=done, completed=done)

    def _advance(self, event: FitEvent) -> None:
        task = self._tasks[event.path[-1]]
        self._progress.update(task, count=_count(event), completed=event.index if event.total else None)
        for name, value in event.metrics.items():
            if name in LIKELIHOODS:
                self._progress.update(task, note=f"{value:.4f} nats")


def _count(event: FitEvent) -> str:
    unit = UNITS.get(event.path[-1], "")
    if event.total:
        return f"{event.index}/{event.total} {unit}"
    return f"{event.index} {unit}" if event.index else ""
