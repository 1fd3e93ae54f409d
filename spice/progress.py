"""How a running fit reports and how it is stopped: one handle, events out, two verbs in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import Event
from types import TracebackType
from typing import Any, ClassVar

from spice.exceptions import FitCancelled


class EventKind(Enum):
    """What happened to a stage."""

    STARTED = "started"
    ADVANCED = "advanced"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True)
class FitEvent:
    """One report of a running fit.

    Attributes
    ----------
    kind : EventKind
    path : tuple of str
        The stage, from the outermost in: ("fit", "rnn"), ("fit", "equations").
    index, total : int, int or None
        Steps done, and steps in all where that is known.
    metrics : mapping of str to float
        Plain numbers, such as a loss.
    message : str
        A sentence for people, mostly empty.
    earlier : tuple of mapping of str to float
        Metrics of the steps that an earlier run had done, where this one goes on from its checkpoint.
    """

    kind: EventKind
    path: tuple[str, ...]
    index: int = 0
    total: int | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    message: str = ""
    earlier: tuple[Mapping[str, float], ...] = ()


Callback = Callable[[FitEvent], None]


class Stage:
    """A running stage; `advance` after each step.

    Parameters
    ----------
    control : FitControl
        Who is told.
    path : tuple of str
        The stage, from the outermost in.
    total : int or None
        Steps, where their number is known.
    """

    def __init__(self, control: "FitControl", path: tuple[str, ...], total: int | None) -> None:
        self.control, self.path, self.total, self.index = control, path, total, 0

    def advance(self, **metrics: float) -> None:
        """Report a step done, and stop here if the fit was cancelled.

        Parameters
        ----------
        **metrics : float
            Such as a loss.

        Raises
        ------
        FitCancelled
            By `FitControl.cancel`.
        """
        self.index += 1
        self._emit(EventKind.ADVANCED, metrics)
        self.control.check()

    @property
    def should_finish(self) -> bool:
        """Whether this stage was asked to end with what it has."""
        return self.control.take_finish_request()

    def note(self, message: str) -> None:
        """Report a sentence for people.

        Parameters
        ----------
        message : str
        """
        self._emit(EventKind.ADVANCED, {}, message)

    def go_on(self, earlier: Sequence[Mapping[str, float]], message: str) -> None:
        """Report what an earlier run had done; the next step comes after it.

        Parameters
        ----------
        earlier : sequence of mapping of str to float
            Metrics of each step that was done.
        message : str
            What to tell people of it.
        """
        self.index = len(earlier)
        self._emit(EventKind.ADVANCED, {}, message, tuple(earlier))

    def _emit(
        self,
        kind: EventKind,
        metrics: Mapping[str, float] | None = None,
        message: str = "",
        earlier: tuple[Mapping[str, float], ...] = (),
    ) -> None:
        self.control.emit(FitEvent(kind, self.path, self.index, self.total, dict(metrics or {}), message, earlier))


class FitControl:
    """The handle of a running fit.

    Both verbs may be called from any thread; they are polled after every epoch, trial and participant.

    Parameters
    ----------
    *callbacks : callable
        Each gets every `FitEvent`, in the thread of the fit.

    Attributes
    ----------
    was_asked_to_finish : bool
        Whether a training ended by `finish_stage`.
    """

    def __init__(self, *callbacks: Callback) -> None:
        self._callbacks = list(callbacks)
        self._cancel, self._finish = Event(), Event()
        self._path: tuple[str, ...] = ()
        self.was_asked_to_finish = False

    def subscribe(self, *callbacks: Callback) -> None:
        """Send every event to these functions too.

        Parameters
        ----------
        *callbacks : callable
            Each takes a `FitEvent`.
        """
        self._callbacks.extend(callbacks)

    def cancel(self) -> None:
        """End the fit; the estimator stays as it was before."""
        self._cancel.set()

    def finish_stage(self) -> None:
        """End training with the weights so far and go on to the equations; other stages run to their end."""
        self._finish.set()

    def take_finish_request(self) -> bool:
        """Whether `finish_stage` was called since the last time it was asked.

        Returns
        -------
        bool
        """
        requested = self._finish.is_set()
        self._finish.clear()
        self.was_asked_to_finish |= requested
        return requested

    def check(self) -> None:
        """Stop here if the fit was cancelled.

        Raises
        ------
        FitCancelled
            By `cancel`.
        """
        if self._cancel.is_set():
            raise FitCancelled(
                "fit", "to run to its end", "a cancel", "The estimator is as it was before; call fit again."
            )

    def emit(self, event: FitEvent) -> None:
        """Send an event to every callback.

        Parameters
        ----------
        event : FitEvent
        """
        for callback in self._callbacks:
            callback(event)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Stage]:
        """Run a stage inside the current one; its end is reported whatever happens.

        Parameters
        ----------
        name : str
            Added to the path of the current stage.
        total : int, optional
            Steps, where their number is known.

        Yields
        ------
        Stage

        Raises
        ------
        FitCancelled
            If the fit was cancelled before.
        """
        outer = self._path
        self._path = (*outer, name)
        self._finish.clear()
        stage = Stage(self, self._path, total)
        stage._emit(EventKind.STARTED)
        try:
            self.check()
            yield stage
        except (FitCancelled, KeyboardInterrupt):
            stage._emit(EventKind.CANCELLED)
            raise
        except BaseException as error:
            stage._emit(EventKind.FAILED, message=str(error))
            raise
        else:
            stage._emit(EventKind.FINISHED)
        finally:
            self._path = outer


class ProgressBars:
    """Callback that shows a tqdm bar for each stage with steps; use it as a context manager."""

    labels: ClassVar[Mapping[str, str]] = {
        "rnn": "Training the network",
        "equations": "Finding equations",
        "optuna": "Searching thresholds",
        "refine": "Refining equations",
    }

    def __init__(self) -> None:
        self._bars: dict[tuple[str, ...], Any] = {}

    def __enter__(self) -> "ProgressBars":
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for bar in self._bars.values():
            bar.close()

    def __call__(self, event: FitEvent) -> None:
        """Draw an event."""
        from tqdm.auto import tqdm

        if event.kind is EventKind.STARTED and event.total is not None:
            name = event.path[-1]
            self._bars[event.path] = tqdm(total=event.total, desc=self.labels.get(name, name), leave=True)
        if event.kind is EventKind.ADVANCED and event.message:
            tqdm.write(event.message)
        bar = self._bars.get(event.path)
        if bar is None:
            return
        if event.kind is EventKind.ADVANCED:
            bar.update(event.index - bar.n)
            if event.metrics:
                bar.set_postfix({k: f"{v:.4f}" for k, v in event.metrics.items()}, refresh=False)
        elif event.kind is not EventKind.STARTED:
            if event.kind is EventKind.FINISHED and bar.total is not None:
                bar.total = bar.n
            self._bars.pop(event.path).close()
