"""Fits in the background: one thread fits, another tells what happened, ten times a second at most."""

import queue
import time
from collections.abc import Callable
from threading import RLock, Thread
from typing import Any
from weakref import WeakSet

from spice.estimator import SpiceEstimator
from spice.exceptions import FitCancelled
from spice.progress import FitEvent
from spice_nb.hosting import Hosting
from spice_nb.state.training import RunState, TrainingModel

PERIOD = 0.1
"""Seconds between two reports."""

_TRAINING = 0.75
"""The share of a fit's time after which the training of the network ends."""

_busy: "WeakSet[SpiceEstimator]" = WeakSet()
_lock = RLock()


class FitWorker:
    """Runs fits of one estimator, and keeps a model of them up to date.

    Traits of the model are set by one thread only: that which reports.

    Parameters
    ----------
    model : TrainingModel
    on_done : callable, optional
        Called with the estimator when a fit is done, before the model says so.
    hosting : Hosting, optional
        How long a fit may take. The training of the network ends in time for the equations; a fit that takes longer
        all the same is given up.
    """

    def __init__(
        self,
        model: TrainingModel,
        on_done: Callable[[SpiceEstimator], None] | None = None,
        hosting: Hosting | None = None,
    ) -> None:
        self.model, self.on_done = model, on_done
        self._minutes = (Hosting.from_environment() if hosting is None else hosting).minutes
        self._control: Any = None
        self._reporter: Thread | None = None
        self._turning = RLock()

    def start(self, estimator: SpiceEstimator, *arrays: Any) -> bool:
        """Start a fit of these arrays, unless one is running already, of this estimator or in this worker.

        Parameters
        ----------
        estimator : SpiceEstimator
        *arrays
            Arguments of `fit`.

        Returns
        -------
        bool
            Whether it was started.
        """
        with _lock:
            if not self.model.may_start:
                return False
            if estimator in _busy:
                self.model.problem = "This estimator is being fitted elsewhere. Wait for that fit, or cancel it there."
                return False
            _busy.add(estimator)
            self.model.begin()
        events: queue.SimpleQueue[tuple[float, FitEvent] | None] = queue.SimpleQueue()
        self._control = estimator.control
        self._control.subscribe(lambda event: events.put((time.monotonic(), event)))
        outcome: list[BaseException | None] = []
        fit = Thread(target=_fit, args=(estimator, arrays, events, outcome), name="spice-fit", daemon=True)
        self._reporter = Thread(
            target=self._report, args=(estimator, fit, events, outcome), name="spice-report", daemon=True
        )
        fit.start()
        self._reporter.start()
        return True

    def finish_training(self) -> None:
        """End the training with the weights so far, and go on to the equations."""
        with self._turning:
            if self.model.may_finish:
                self.model.state = RunState.FINISHING
                self._control.finish_stage()

    def cancel(self) -> None:
        """Give the fit up; the estimator keeps what it had before."""
        with self._turning:
            if self.model.may_cancel:
                self.model.state = RunState.CANCELLING
                self._control.cancel()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end of the fit.

        Parameters
        ----------
        seconds : float, optional
            At most; by default as long as it takes.

        Returns
        -------
        bool
            Whether the end has come.
        """
        if self._reporter is not None:
            self._reporter.join(seconds)
        return self._reporter is None or not self._reporter.is_alive()

    def _mind_the_time(self, seconds: float) -> str:
        """End what takes too long; why, where the fit is given up."""
        if self._minutes is None or seconds < _TRAINING * self._minutes * 60:
            return ""
        if seconds >= self._minutes * 60:
            self.cancel()
            return (
                f"It took longer than the {self._minutes:g} minutes that this server gives a fit. Fit fewer epochs or "
                "fewer people, or run SPICE on a computer of your own."
            )
        if self.model.may_finish:
            self.finish_training()
            note = f"The training ended early: this server gives a fit {self._minutes:g} minutes."
            self.model.messages = (*self.model.messages, note)
        return ""

    def _report(
        self,
        estimator: SpiceEstimator,
        fit: Thread,
        events: "queue.SimpleQueue[tuple[float, FitEvent] | None]",
        outcome: list[BaseException | None],
    ) -> None:
        running, too_long, began = True, "", time.monotonic()
        while running:
            found, running = _drain(events)
            if found:
                self.model.apply(found)
            if running:
                too_long = self._mind_the_time(time.monotonic() - began)
                # Until the next report is due, or the fit has ended.
                fit.join(PERIOD)
        fit.join()
        error = outcome[0]
        with _lock:
            _busy.discard(estimator)
        if error is None:
            try:
                if self.on_done is not None:
                    self.on_done(estimator)
            except Exception as problem:  # whatever a listener does, the fit is over
                error = problem
        state = RunState.DONE if error is None else RunState.FAILED
        with self._turning:
            if isinstance(error, FitCancelled):
                self.model.end(RunState.CANCELLED, error, too_long)
            else:
                self.model.end(state, error)


def _fit(
    estimator: SpiceEstimator,
    arrays: tuple[Any, ...],
    events: "queue.SimpleQueue[tuple[float, FitEvent] | None]",
    outcome: list[BaseException | None],
) -> None:
    error: BaseException | None = None
    try:
        estimator.fit(*arrays)
    except BaseException as raised:  # an error in a thread would be lost
        error = raised
    outcome.append(error)
    events.put(None)


def _drain(
    events: "queue.SimpleQueue[tuple[float, FitEvent] | None]",
) -> tuple[list[tuple[float, FitEvent]], bool]:
    """All events that are there, and whether more will come."""
    found: list[tuple[float, FitEvent]] = []
    while True:
        try:
            event = events.get_nowait()
        except queue.Empty:
            return found, True
        if event is None:
            return found, False
        found.append(event)
