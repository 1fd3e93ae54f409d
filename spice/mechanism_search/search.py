"""The search: add the mechanism that predicts choices held out best, as long as one does; then drop what is needless.

Where another mechanism would have added about as much, it goes that way too, and takes the path that ends better.

Every fit that was made is kept (`kept_fits.py`), so that a search goes on where it was interrupted.
"""

import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from numpy.typing import NDArray

from spice.data.dataset import DatasetRNN
from spice.data.layout import participants_of, shows_other_outcomes
from spice.exceptions import ConfigError
from spice.mechanism_search.candidate import Candidate
from spice.mechanism_search.folds import Fold, folds_of
from spice.mechanism_search.kept_fits import KeptFits, key_of
from spice.mechanism_search.ladder import Discovery, Step, adds, is_tied
from spice.mechanism_search.library import LIBRARY, OTHER_OUTCOMES, library_with
from spice.mechanism_search.population_score import Score, chance_of, score_candidate
from spice.mechanism_search.until import STOPPED, OverError, Until
from spice.model.with_inputs import input_names, with_inputs

Floats = NDArray[np.float64]

FIRST = "learning"
"""What a search starts with."""
LEADING = 3
"""Mechanisms that are compared by all that is held out, of those that are tried."""
MOST_TURNINGS = 3
"""Steps at which another path is followed too."""


@dataclass(frozen=True)
class SearchProgress:
    """How far a search is.

    Attributes
    ----------
    candidate : Candidate
        Fitted just now.
    n_done, n_planned : int
        Fits of this round.
    nll : float
        Nats per choice held out of the best model so far; NaN before there is one.
    seconds : float
        Since the start.
    best : Candidate, optional
        The best model so far.
    steps : tuple of Step
        That led to it.
    """

    candidate: Candidate
    n_done: int
    n_planned: int
    nll: float
    seconds: float
    best: Candidate | None = None
    steps: tuple[Step, ...] = ()


def discover_model(
    dataset: DatasetRNN,
    *,
    library: Iterable[str] | None = None,
    budget: float | None = None,
    folder: str | Path | None = None,
    n_jobs: int = 1,
    on_progress: Callable[[SearchProgress], bool | None] | None = None,
) -> Discovery:
    """Find out which mechanisms of a library people have.

    Mechanisms are added one at a time, with what they build on, that first by which choices held out are predicted
    best, as long as the gain is more than what the best of so many would gain by chance; then those are dropped without
    which nothing is lost. Mechanisms that need more than the data show are left out, and said. Choices that are to
    judge the result must not be in `dataset`.

    Parameters
    ----------
    dataset : DatasetRNN
    library : iterable of str, optional
        Names of `LIBRARY`, and "learning", "forgetting" or "repetition depends on X" for an additional input X of the
        data; all of them where none is given.
    budget : float, optional
        Seconds after which fits are given up; the best model so far is given.
    folder : path, optional
        Where fits are kept. A search with the same choices goes on from them. Once there is a file called `stop` in it,
        fits are given up as when time is up.
    n_jobs : int
        Fits side by side, as for joblib.
    on_progress : callable, optional
        Told after each fit; the search stops with the best so far once it returns False.

    Returns
    -------
    Discovery

    Raises
    ------
    ConfigError
        Names that the library does not have, an input called as something else is, or a budget that is no time.
    DataError
        Too few choices to hold some out.
    OutputError
        The folder cannot be written.

    Examples
    --------
    >>> from spice.datasets import simulate_forgetting
    >>> from spice.mechanism_search import discover_model
    >>> dataset, _ = simulate_forgetting(n_participants=6, n_trials=60, random_state=0)
    >>> found = discover_model(dataset, library=["learning", "perseveration"])
    >>> found.candidate.names[0]
    'learning'
    """
    if budget is not None and not budget > 0:
        raise ConfigError("budget", "seconds above 0", budget, "Give a number such as 600, or None for no limit.")
    inputs = input_names(dataset.additional_inputs)
    with_inputs(Candidate.of(LIBRARY).rnn_class, inputs)
    known = library_with(inputs)
    names = tuple(known) if library is None else Candidate.of(library, inputs).names
    shown = {OTHER_OUTCOMES} if shows_other_outcomes(dataset.xs, dataset.n_actions) else set()
    lacking = [name for name in names if known[name].needs and known[name].needs not in shown]
    names = tuple(name for name in names if name not in lacking)
    notes = [f"{name}: left out, for the data do not show {known[name].needs}." for name in lacking]
    folds, kept, until = folds_of(dataset), KeptFits.open(folder, dataset), Until.of(budget, folder)
    return _Search(folds, names, inputs, until, kept, n_jobs, on_progress, chance_of(dataset), notes).run()


@dataclass(frozen=True)
class _Path:
    """From what a search starts with to a candidate."""

    start: Candidate
    steps: tuple[Step, ...] = ()

    @property
    def candidate(self) -> Candidate:
        return self.steps[-1].candidate if self.steps else self.start

    def beyond(self, step: Step) -> "_Path":
        return _Path(self.start, (*self.steps, step))


@dataclass
class _Search:
    folds: list[Fold]
    names: tuple[str, ...]
    inputs: tuple[str, ...]
    until: Until
    kept: KeptFits
    n_jobs: int
    on_progress: Callable[[SearchProgress], bool | None] | None
    chance: float
    notes: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    best: _Path | None = None

    def run(self) -> Discovery:
        first = _Path(Candidate.of([FIRST if FIRST in self.names else self.names[0]], self.inputs))
        ended = "nothing adds more"
        try:
            self._fit([first.candidate], None)
            self.best = first
            for path in self._ways(first):
                self.best = path
            for turning in self._turnings(self.best):
                *_, end = self._ways(turning)
                if adds(self._gain(end.candidate, self.best.candidate), MOST_TURNINGS):
                    self.best = end
        except OverError as over:
            ended = str(over)
        return self._result(self.best or first, ended)

    def _ways(self, path: _Path) -> Iterator[_Path]:
        """A path, and what it becomes with each step."""
        yield path
        for change in (self._grow, self._prune):
            while step := change(path.candidate):
                path = path.beyond(step)
                yield path

    def _turnings(self, path: _Path) -> list[_Path]:
        """The first steps of other paths: where another mechanism would have added about as much."""
        found, before = [], _Path(path.start)
        for step in path.steps:
            for name in step.ties[:1]:
                candidate = Candidate.of({*before.candidate.names, *name.split(" + ")}, self.inputs)
                gain = self._gain(candidate, before.candidate)
                other = replace(step, mechanism=name, candidate=candidate, gain=gain, ties=(step.mechanism,))
                found.append(before.beyond(other))
            before = before.beyond(step)
        return found[:MOST_TURNINGS]

    def _result(self, path: _Path, ended: str) -> Discovery:
        now = path.candidate
        if any(self._key(now, k) not in self.kept.scores for k in range(len(self.folds))):
            raise ConfigError(
                "budget",
                "time for one fit at least",
                f"{time.monotonic() - self.began:.3g} seconds",
                "Give a minute or more.",
            )
        nll, choices = self._of(now)
        nats = float(nll.sum() / choices.sum())
        notes = list(dict.fromkeys(self.notes))
        if nats >= self.chance:
            notes.insert(0, "No mechanism of the library predicts choices better than chance.")
        return Discovery(now, path.steps, nats, self.chance, self.kept.n_models, ended, tuple(notes))

    def _grow(self, now: Candidate) -> Step | None:
        """The best mechanism more, if it adds something."""
        larger = (now.with_one(name) for name in self.names if name not in now.names)
        possible = {" + ".join(one.beside(now)): one for one in larger}
        # Those that lead on the first part held out are fitted for the others too.
        self._fit(list(possible.values()), now, n_folds=1)
        first = {name: float(self._gain(candidate, now, n_folds=1).sum()) for name, candidate in possible.items()}
        leading = sorted((name for name in first if np.isfinite(first[name])), key=lambda name: -first[name])[:LEADING]
        self._fit([possible[name] for name in leading], now)
        gains = {name: self._gain(possible[name], now) for name in leading}
        certain = [name for name, gain in gains.items() if adds(gain, len(possible))]
        if not certain:
            return None
        best = max(certain, key=lambda name: gains[name].sum())
        ties = tuple(name for name, gain in gains.items() if name != best and is_tied(gain, gains[best]))
        return Step(best, possible[best], gains[best], self._of(now)[1], len(possible), ties, is_kept=True)

    def _prune(self, now: Candidate) -> Step | None:
        """The most needless mechanism less, if nothing is lost without it."""
        smaller = {name: now.without(name) for name in now.names if name != now.names[0]}
        self._fit(list(smaller.values()), now)
        losses = {name: self._gain(now, candidate) for name, candidate in smaller.items()}
        losses = {name: loss for name, loss in losses.items() if not adds(loss, 1)}
        if not losses:
            return None
        least = min(losses, key=lambda name: losses[name].sum())
        return Step(least, smaller[least], losses[least], self._of(now)[1], len(smaller), (), is_kept=False)

    def _fit(self, candidates: Sequence[Candidate], near: Candidate | None, n_folds: int | None = None) -> None:
        """Make the fits of the first folds that are not there yet, from where a candidate nearby was found."""
        tasks = [
            (candidate, k)
            for candidate in candidates
            for k in range(len(self.folds))[:n_folds]
            if self._key(candidate, k) not in self.kept.scores
        ]
        n_planned = len(tasks)
        try:
            self._make(tasks, near, n_planned)
        except TerminatedWorkerError:
            # Often for lack of memory: here, one after the other, they need the least of it.
            self.notes.append("A process that fitted models died; from there on one model was fitted at a time.")
            self.n_jobs = 1
            self._make(tasks, near, n_planned)
        if any(self._key(candidate, k) not in self.kept.scores for candidate, k in tasks):
            raise OverError(self.until.reason)

    def _make(self, tasks: Sequence[tuple[Candidate, int]], near: Candidate | None, n_planned: int) -> None:
        """Make those fits that are not there yet, and keep each as it comes."""
        missing = [(candidate, k) for candidate, k in tasks if self._key(candidate, k) not in self.kept.scores]
        pool = Parallel(n_jobs=self.n_jobs, return_as="generator_unordered")
        started = (
            delayed(_score)(candidate, k, self.folds[k], self._near(near, k), self.until)
            for candidate, k in missing
            if not self.until.reason
        )
        # Processes that wait too long for the next fit end themselves, which is no reason to worry anybody.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="A worker stopped while some jobs", category=UserWarning)
            for n_done, (candidate, k, score, problem) in enumerate(pool(started), start=1 + n_planned - len(missing)):
                if score is None:
                    continue
                if problem:
                    self.notes.append(f"{', '.join(candidate.names)}: {problem}")
                self.kept.add(self._key(candidate, k), score)
                if self.on_progress is not None and self.on_progress(self._told(candidate, n_done, n_planned)) is False:
                    raise OverError(STOPPED)

    def _told(self, candidate: Candidate, n_done: int, n_planned: int) -> SearchProgress:
        nll = float("nan")
        seconds = time.monotonic() - self.began
        if self.best is None:
            return SearchProgress(candidate, n_done, n_planned, nll, seconds)
        nats, choices = self._of(self.best.candidate)
        nll = float(nats.sum() / choices.sum())
        return SearchProgress(candidate, n_done, n_planned, nll, seconds, self.best.candidate, self.best.steps)

    def _near(self, near: Candidate | None, k: int) -> Score | None:
        return None if near is None else self.kept.scores[self._key(near, k)]

    def _of(self, candidate: Candidate, n_folds: int | None = None) -> tuple[Floats, Floats]:
        """Nats and choices (R,) held out, of the first folds."""
        scores = [self.kept.scores[self._key(candidate, k)] for k in range(len(self.folds))[:n_folds]]
        nll = [self._sparse(candidate, k) for k in range(len(scores))]
        return np.sum(nll, axis=0), np.sum([score.choices for score in scores], axis=0)

    def _sparse(self, candidate: Candidate, k: int) -> Floats:
        """Nats (R,) held out where each person has those of the mechanisms that the fitted choices speak for.

        With all mechanisms in everybody, few people whom a mechanism leads astray would decide whether others have it.
        """
        score = self.kept.scores[self._key(candidate, k)]
        nll, most = np.array(score.nll), np.array(score.evidence)
        for names, smaller in self.kept.of_part(k):
            if names < set(candidate.names) and len(smaller.evidence) == len(most) > 0:
                is_better = np.array(smaller.evidence) > most
                nll, most = np.where(is_better, smaller.nll, nll), np.where(is_better, smaller.evidence, most)
        return nll

    def _gain(self, larger: Candidate, smaller: Candidate, n_folds: int | None = None) -> Floats:
        return np.asarray(self._of(smaller, n_folds)[0] - self._of(larger, n_folds)[0])

    @staticmethod
    def _key(candidate: Candidate, k: int) -> str:
        return key_of(candidate.names, k)


def _score(
    candidate: Candidate, k: int, fold: Fold, warm: Score | None, until: Until
) -> tuple[Candidate, int, Score | None, str]:
    """One fit; None where it was given up. One that fails predicts nothing, and says why."""
    try:
        score = score_candidate(candidate, fold, warm, until.check)
    except OverError:
        return candidate, k, None, ""
    except (ArithmeticError, np.linalg.LinAlgError, RuntimeError) as error:
        n_people = len(np.unique(participants_of(fold[0].xs)[:, 0].cpu().numpy()))
        return candidate, k, Score([float("inf")] * n_people, [0.0] * n_people, {}), str(error)
    problem = "" if np.isfinite(score.nll).all() else "predicts some choices with a probability of 0"
    return candidate, k, score, problem
