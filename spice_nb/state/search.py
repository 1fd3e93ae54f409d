"""A search for mechanisms as seen from outside: how far it is, what it found so far, and what may be done to it now."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from traitlets import Float, HasTraits, Instance, Int, Tuple, Unicode, UseEnum

from spice.mechanism_search import Candidate, Discovery
from spice.mechanism_search.ladder import Step, interval
from spice.mechanism_search.search import SearchProgress
from spice_nb.state.training import RunState, duration

BUDGETS = {"A minute": 60.0, "Ten minutes": 600.0, "An hour": 3600.0}
"""Seconds that a search may take, in words."""


@dataclass(frozen=True)
class Rung:
    """What a mechanism adds to those before it, or what would be lost without one that was dropped.

    Attributes
    ----------
    name : str
        Of the mechanism, and of those that came with it.
    sentence : str
        What people do who have it.
    is_kept : bool
    gain, low, high : float
        Nats a choice held out, and the ends of a 95 % interval over people; NaN of one person.
    people, n_people : int
        How many of all are predicted better.
    ties : tuple of str
        Mechanisms that would have added about as much.
    """

    name: str
    sentence: str
    is_kept: bool
    gain: float
    low: float
    high: float
    people: int
    n_people: int
    ties: tuple[str, ...]

    @classmethod
    def of(cls, step: Step) -> "Rung":
        """What a step of a search changed.

        Parameters
        ----------
        step : Step

        Returns
        -------
        Rung
        """
        low, high = interval(step.gain, step.choices)
        sentence = " ".join(step.candidate.library[name].sentence for name in step.mechanism.split(" + "))
        gain = float(step.gain.sum() / step.choices.sum())
        people = int((step.gain > 0).sum())
        return cls(step.mechanism, sentence, step.is_kept, gain, low, high, people, len(step.gain), step.ties)

    @property
    def amount(self) -> str:
        """The gain in words."""
        between = "" if math.isnan(self.low) else f" ({self.low:.4f} to {self.high:.4f})"
        return f"{self.gain:.4f} nats a choice{between}, better for {self.people} of {self.n_people} people"


class SearchModel(HasTraits):
    """State of a `DiscoverPanel`.

    Attributes
    ----------
    state : RunState
        FINISHING while a search that was asked to stop still runs.
    blocker : str
        What is needed before a search can start; empty where nothing is.
    budget : float
        Seconds that a search may take.
    best : Candidate, optional
        The best model so far.
    rungs : tuple of Rung
        What led to it.
    nll : float
        Nats per choice held out of the best model so far; NaN before there is one.
    trying : str
        The model that was fitted last, in words.
    n_done, n_planned : int
        Fits of this round.
    seconds : float
        Since the start.
    notes : tuple of str
    problem : str
        Why the last search failed, and what to do.
    result : Discovery, optional
        What the last search that ended has found.
    """

    state = UseEnum(RunState, RunState.READY)
    blocker = Unicode()
    budget = Float(BUDGETS["Ten minutes"])
    best = Instance(Candidate, allow_none=True)
    rungs = Tuple()
    nll = Float(math.nan)
    trying = Unicode()
    n_done = Int()
    n_planned = Int()
    seconds = Float()
    notes = Tuple()
    problem = Unicode()
    result = Instance(Discovery, allow_none=True)

    @property
    def may_start(self) -> bool:
        """Whether a search can start now."""
        return not self.state.is_active and not self.blocker

    @property
    def may_stop(self) -> bool:
        """Whether stopping would do something that has not been asked for yet."""
        return self.state is RunState.RUNNING

    @property
    def share(self) -> float:
        """Of the time that has passed, 0 to 1."""
        return min(self.seconds / self.budget, 1.0)

    @property
    def action(self) -> str:
        """What the main button does now."""
        if self.state is RunState.FINISHING:
            return "Stopping …"
        if self.state.is_active:
            return "Stop with the best so far"
        return "Discover again" if self.best is not None else "Discover"

    def begin(self) -> None:
        """Forget the search before."""
        with self.hold_trait_notifications():
            self.state, self.problem, self.notes, self.result = RunState.RUNNING, "", (), None
            self._at(None, (), math.nan)
            self.trying, self.n_done, self.n_planned, self.seconds = "", 0, 0, 0.0

    def forget(self) -> None:
        """Of other data nothing has been found."""
        self.begin()
        self.state = RunState.READY

    def advance(self, now: SearchProgress) -> None:
        """A fit more was made.

        Parameters
        ----------
        now : SearchProgress
        """
        with self.hold_trait_notifications():
            self._at(now.best, now.steps, now.nll)
            self.trying = ", ".join(now.candidate.names)
            self.n_done, self.n_planned, self.seconds = now.n_done, now.n_planned, now.seconds

    def end(self, found: Discovery | None, problem: str = "") -> None:
        """The search is over.

        Parameters
        ----------
        found : Discovery or None
            None where it failed.
        problem : str
            With what.
        """
        with self.hold_trait_notifications():
            self.result, self.problem = found, problem
            self.state = RunState.FAILED if found is None else RunState.DONE
            if found is not None:
                self._at(found.candidate, found.steps, found.nll)
                self.notes = found.notes

    def _at(self, best: Candidate | None, steps: Sequence[Step], nll: float) -> None:
        self.best, self.rungs, self.nll = best, tuple(map(Rung.of, steps)), nll

    @property
    def headline(self) -> str:
        """One line about the search."""
        if self.blocker and not self.state.is_active:
            return self.blocker
        if self.state is RunState.READY:
            return "Ready to search."
        if self.state is RunState.FAILED:
            return "The search failed."
        if self.state is RunState.FINISHING:
            return "Stopping; what was found so far stays."
        best = "" if self.best is None else f" The best model so far predicts choices held out by {self.nll:.4f} nats."
        if self.state is RunState.RUNNING:
            left = duration(max(self.budget - self.seconds, 0.0))
            fits = (
                f" Fit {self.n_done} of {self.n_planned} of this round, {left} left at most." if self.n_planned else ""
            )
            return f"Searching …{fits}{best}"
        assert self.result is not None
        ends = {"time is up": "Time was up.", "stopped": "Stopped."}
        ended = ends.get(self.result.ended, "Nothing adds more.")
        return (
            f"{ended} {self.result.n_models} models were tried. The best predicts choices held out by {self.nll:.4f} "
            f"nats each; chance is {self.result.chance:.4f}."
        )
