"""A fit as seen from outside: its state, its stages, its losses, and what may be done to it now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from traitlets import Bool, Float, HasTraits, Instance, Tuple, Unicode, UseEnum

from spice.progress import EventKind, FitEvent, ProgressBars


class RunState(Enum):
    """What a fit is doing."""

    READY = "ready"
    RUNNING = "running"
    FINISHING = "ending the training"
    CANCELLING = "cancelling"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Whether a fit is running."""
        return self in (RunState.RUNNING, RunState.FINISHING, RunState.CANCELLING)


@dataclass(frozen=True)
class StageProgress:
    """A stage of a fit.

    Attributes
    ----------
    path : tuple of str
    done, total : int, int or None
    state : EventKind
    began, seconds : float
        On the clock, and since then.
    start : int
        Steps that an earlier run had done already.
    """

    path: tuple[str, ...]
    done: int
    total: int | None
    state: EventKind
    began: float
    seconds: float = 0.0
    start: int = 0

    @property
    def label(self) -> str:
        """What people call it."""
        return ProgressBars.labels.get(self.path[-1], self.path[-1].capitalize())

    @property
    def share(self) -> float:
        """Done of all, 0 to 1; a stage that has ended is whole."""
        if self.state is EventKind.FINISHED:
            return 1.0
        return self.done / self.total if self.total else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds left at the pace so far; None where nothing can be said."""
        if self.state not in (EventKind.STARTED, EventKind.ADVANCED) or not self.total or self.done <= self.start:
            return None
        return self.seconds / (self.done - self.start) * (self.total - self.done)


class TrainingModel(HasTraits):
    """State of a `TrainingPanel`.

    Attributes
    ----------
    state : RunState
    blocker : str
        What is still needed before a fit can start; empty where nothing is.
    reminder : str
        What should be looked at before a fit, without being needed; empty where nothing is.
    stages : tuple of StageProgress
        In the order in which they began; the outermost is left out.
    losses : tuple of (name, tuple of float)
        "loss" and, with validation data, "validation_loss": a number an epoch, nats per choice. Those of an earlier
        run that this one goes on with are among them.
    messages : tuple of str
    problem : str
        Why the last fit failed, and what to do.
    epochs_per_second : float
    has_result : bool
        Whether there is a fitted model, of this run or an earlier one.
    """

    state = UseEnum(RunState, RunState.READY)
    blocker = Unicode()
    reminder = Unicode()
    stages = Tuple()
    losses = Tuple()
    messages = Tuple()
    problem = Unicode()
    epochs_per_second = Float(0.0)
    has_result = Bool(False)
    error = Instance(BaseException, allow_none=True)

    @property
    def may_start(self) -> bool:
        """Whether a fit can start now."""
        return not self.state.is_active and not self.blocker

    @property
    def may_cancel(self) -> bool:
        """Whether cancelling would do something that has not been asked for yet."""
        return self.state in (RunState.RUNNING, RunState.FINISHING)

    @property
    def may_finish(self) -> bool:
        """Whether the network is being trained, so that the equations can be asked for now."""
        return self.state is RunState.RUNNING and any(
            s.path[-1] == "rnn" and s.state in (EventKind.STARTED, EventKind.ADVANCED) and s.done for s in self.stages
        )

    @property
    def action(self) -> str:
        """What the main button does now."""
        if self.state is RunState.CANCELLING:
            return "Cancelling …"
        if self.state.is_active:
            return "Cancel"
        return "Fit again" if self.has_result else "Fit"

    def begin(self) -> None:
        """Forget the run before."""
        with self.hold_trait_notifications():
            self.state, self.problem, self.error = RunState.RUNNING, "", None
            self.stages, self.losses, self.messages, self.epochs_per_second = (), (), (), 0.0

    def apply(self, events: Iterable[tuple[float, FitEvent]]) -> None:
        """Take in events with the time of each; listeners hear of them once.

        Parameters
        ----------
        events : iterable of (float, FitEvent)
            Seconds on a monotonic clock, and what happened then; the earliest first.
        """
        stages = {stage.path: stage for stage in self.stages}
        losses = {name: list(values) for name, values in self.losses}
        messages = list(self.messages)
        for at, event in events:
            if len(event.path) > 1:
                stages[event.path] = _advance(stages.get(event.path), event, at)
            if event.path[-1] == "rnn":
                if event.kind is EventKind.STARTED:
                    # A training that is made again starts anew too.
                    losses.clear()
                for metrics in (*event.earlier, event.metrics):
                    for name, value in metrics.items():
                        losses.setdefault(name, []).append(value)
            if event.message and event.kind is not EventKind.FAILED:
                messages.append(event.message)
        with self.hold_trait_notifications():
            self.stages, self.messages = tuple(stages.values()), tuple(messages)
            self.losses = tuple((name, tuple(values)) for name, values in losses.items())
            training = next((s for s in self.stages if s.path[-1] == "rnn"), None)
            if training is not None and training.seconds > 0:
                self.epochs_per_second = (training.done - training.start) / training.seconds

    def end(self, state: RunState, error: BaseException | None = None, problem: str = "") -> None:
        """The fit is over.

        Parameters
        ----------
        state : RunState
            One in which nothing runs any more.
        error : BaseException, optional
            What it failed with, or was cancelled by.
        problem : str
            Why it ended, where nobody cancelled it and nothing failed.
        """
        with self.hold_trait_notifications():
            self.state, self.error = state, error
            self.problem = str(error) if state is RunState.FAILED else problem
            self.has_result = self.has_result or state is RunState.DONE

    @property
    def headline(self) -> str:
        """One line about the run."""
        running = [s for s in self.stages if s.state in (EventKind.STARTED, EventKind.ADVANCED)]
        if self.blocker and not self.state.is_active:
            return self.blocker
        if self.state is RunState.READY:
            return " ".join(filter(None, ("Ready to fit.", self.reminder)))
        if self.state is RunState.CANCELLING:
            return "Cancelling; the model before stays."
        if self.state is RunState.FAILED:
            return "The fit failed." + (" The model before it stays." if self.has_result else "")
        if self.state is RunState.CANCELLED:
            return "Cancelled." + (" The model before it stays." if self.has_result else "")
        if self.state is RunState.DONE:
            return f"Done in {duration(sum(s.seconds for s in self.stages))}."
        pace = f" {self.epochs_per_second:.0f} epochs per second." if self.state is RunState.RUNNING else ""
        return f"{running[-1].label} …{pace if self.epochs_per_second else ''}" if running else "Starting …"


def _advance(stage: StageProgress | None, event: FitEvent, at: float) -> StageProgress:
    if stage is None or event.kind is EventKind.STARTED:
        return StageProgress(event.path, event.index, event.total, event.kind, at)
    if event.earlier:
        return replace(stage, done=event.index, start=event.index, began=at)
    total: Any = stage.total if event.total is None else event.total
    return replace(stage, done=event.index, total=total, state=event.kind, seconds=at - stage.began)


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.

    Parameters
    ----------
    seconds : float

    Returns
    -------
    str
    """
    if seconds < 1:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
