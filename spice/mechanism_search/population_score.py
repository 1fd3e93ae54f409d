"""How well a candidate predicts choices it was not fitted to: equations of everybody, by the choices alone.

All of a candidate's terms are there in everybody, in coordinates of each person around a normal population
(`spice.refinement.population_fit`). That is not yet sparse, and quick; what single people lack is found out once, of
the model that is chosen.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.dataset import DatasetRNN
from spice.data.ids import rows_of
from spice.equations.canonical import is_free
from spice.equations.coefficients import Coefficients
from spice.mechanism_search.candidate import Candidate
from spice.mechanism_search.folds import Fold
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.observation.softmax import SOFTMAX
from spice.refinement.coordinate import NONE
from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population
from spice.refinement.population_fit import RowFit, best_of, fit_rows
from spice.refinement.textbook import rules_of_people
from spice.rollout.networks import NetworkOptions
from spice.training.fit_data import Expected, FitData, read_fit_data

FEW, ROUNDS = 2, 12
"""Looks at the choices, between which the population is estimated: of each start, and of the best."""
ENOUGH_CHOICES, FEWEST_PEOPLE = 20_000, 32
"""Choices that say where to start, of so many people at least."""
HARDLY = -4.0
"""A rate that moves nothing to speak of, as a coordinate."""
DIGITS = 4
"""Of coordinates that are kept."""
USUAL_BETA = 3.0
"""Inverse temperature that values start from."""

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Numbers = list[float]


@dataclass(frozen=True)
class Score:
    """What came of a fit of one candidate to one fold.

    Attributes
    ----------
    nll : (R,)
        Negative log-likelihood of each person's choices held out, nats.
    choices : (R,)
        How many these are.
    middle : mapping of str to float
        Mean of the population by coordinate, for later fits to start from.
    people : (R, K) or empty
        Coordinates of each person, in the order of `middle`; for the same.
    evidence : (R,) or empty
        Log marginal likelihood of the choices of each person that were fitted, given the population.
    """

    nll: Numbers
    choices: Numbers
    middle: dict[str, float]
    people: list[Numbers] = field(default_factory=list)
    evidence: Numbers = field(default_factory=list)


@dataclass(frozen=True)
class People:
    """People who all follow textbooks' rules, with the mechanisms of a candidate.

    Attributes
    ----------
    model : BaseRNN
    rules : Coefficients
        A row a person and one of the population.
    own_betas : tuple of str
        States whose scale is given, so that their inverse temperature is a coordinate of its own.
    """

    model: BaseRNN
    rules: Coefficients
    own_betas: tuple[str, ...]

    @property
    def coordinates(self) -> Coordinates:
        """In which they differ."""
        observed = self.model.observation.parameters
        return Coordinates(self.model.states, True, self.rules, self.own_betas, observed)


def people_of(candidate: Candidate, n_actions: int, n_people: int, n_experiments: int = 1) -> People:
    """People with the mechanisms of a candidate.

    Parameters
    ----------
    candidate : Candidate
    n_actions, n_people, n_experiments : int

    Returns
    -------
    People
    """
    model = build_model(candidate.rnn_class, n_actions, n_people, n_experiments, NetworkOptions()).double().eval()
    rules = rules_of_people(model, n_people, candidate.terms)
    return People(model, rules, tuple(state for state in rules.betas if not is_free(rules, state)))


def score_candidate(
    candidate: Candidate, fold: Fold, warm: Score | None = None, check: Callable[[], None] | None = None
) -> Score:
    """Fit a candidate to the first part of a fold and score it on the second.

    Parameters
    ----------
    candidate : Candidate
    fold : (DatasetRNN, DatasetRNN)
    warm : Score, optional
        Of a candidate with some of the same mechanisms, fitted to the same part.
    check : callable, optional
        Called before each look at the choices; what it raises ends the fit.

    Returns
    -------
    Score

    Raises
    ------
    DataError
        The parts hold too little.
    """
    training, held_out = (_read(candidate, part) for part in fold)
    ids = training.participant_ids
    people = people_of(candidate, fold[0].n_actions, len(ids), len(training.experiment_ids))

    def likelihood_of(data: FitData) -> EquationLikelihood:
        choices = data.training.to(torch.float64)
        rows = rows_of(choices.trials.participants, ids)
        return EquationLikelihood(people.model, people.rules, choices, rows, people.own_betas)

    likelihood = likelihood_of(training)
    if check is not None:
        likelihood.check = check
    coordinates = likelihood.coordinates
    active = np.ones((likelihood.n_rows, len(coordinates)), dtype=bool)
    fit = _fit(likelihood, candidate, warm, active)
    scored = likelihood_of(held_out)
    nll = scored.nll(fit.theta, active)
    middle = dict(zip(names_of(coordinates), fit.population.mean.tolist(), strict=True))
    evidence = fit.quadratic.log_evidence(fit.population)
    return Score(
        nll.tolist(),
        scored.n_choices.tolist(),
        middle,
        fit.theta.round(DIGITS).tolist(),
        evidence.round(DIGITS).tolist(),
    )


def chance_of(dataset: DatasetRNN) -> float:
    """Nats per choice where every option on offer is as probable.

    Parameters
    ----------
    dataset : DatasetRNN

    Returns
    -------
    float
    """
    choices = _read(Candidate.of(["learning"]), dataset).training
    return SOFTMAX.chance(choices.targets, choices.trials.offered)


def _fit(likelihood: EquationLikelihood, candidate: Candidate, warm: Score | None, active: Mask) -> RowFit:
    """From the best of several places for each person.

    Everybody alike as the library and textbooks say; where everybody alike leads to, which is read off the choices of
    some people where there are many; and where a smaller model found each person, with what is new as the library has
    it, and with none of it, so that a larger model is hardly ever worse on what it is fitted to.
    """
    n_rows, usual = likelihood.n_rows, Population.usual(likelihood.coordinates)
    pooled = likelihood.of_some(ENOUGH_CHOICES, FEWEST_PEOPLE).pooled()
    common = Population.usual(likelihood.coordinates, of_one=True)
    first = usual_start(likelihood.coordinates, likelihood.start()[0][0], candidate)
    middle = _known(likelihood.coordinates, first, warm.middle if warm else {})
    together = [fit_rows(pooled, start[None], active[:1], common, rounds=0).theta[0] for start in (first, middle)]
    starts = [(np.tile(start, (n_rows, 1)), start) for start in (first, *together)]
    if warm is not None and len(warm.people) == n_rows:
        for start in (first, _nothing(likelihood.coordinates, first, warm.middle)):
            people = [
                _known(likelihood.coordinates, start, dict(zip(warm.middle, p, strict=True))) for p in warm.people
            ]
            starts.append((np.array(people), _known(likelihood.coordinates, start, warm.middle)))
    fits = [fit_rows(likelihood, theta, active, Population(mean, usual.covariance), FEW) for theta, mean in starts]
    best = max(fits, key=lambda fit: fit.evidence)
    theta = best_of([fit.theta for fit in fits], [fit.nll for fit in fits], best.population)
    return fit_rows(likelihood, theta, active, best.population, ROUNDS)


def _known(coordinates: Coordinates, start: Floats, found: Mapping[str, float]) -> Floats:
    """A start (K,), with what an earlier fit has found."""
    return np.array([found.get(name, value) for name, value in zip(names_of(coordinates), start, strict=True)])


def _nothing(coordinates: Coordinates, start: Floats, known: Collection[str]) -> Floats:
    """A start (K,) in which what is not known yet does nothing: states count for nothing, or are moved by nothing."""
    names, found = names_of(coordinates), start.copy()
    for k, entry in enumerate(coordinates.entries):
        if entry.kind in ("rate", "free rate"):
            # A state that is new counts for nothing already; from where it does not move it would never count.
            found[k] = HARDLY if entry.parent == NONE or names[entry.parent] in known else start[k]
        elif entry.kind not in ("observed", "start"):
            found[k] = 0.0
    return found


def names_of(coordinates: Coordinates) -> list[str]:
    """What coordinates are called in files.

    Parameters
    ----------
    coordinates : Coordinates

    Returns
    -------
    list of str
    """
    return [" | ".join(entry.parameter) for entry in coordinates.entries]


def _read(candidate: Candidate, part: DatasetRNN) -> FitData:
    return read_fit_data(Expected(candidate.rnn_class, part.n_actions), part.xs, part.ys)


def usual_start(coordinates: Coordinates, rules: Floats, candidate: Candidate) -> Floats:
    """Coordinates of textbooks' rules, with what the library says of a candidate's mechanisms.

    Parameters
    ----------
    coordinates : Coordinates
    rules : (K,)
    candidate : Candidate

    Returns
    -------
    (K,)
    """
    theta = rules.copy()
    for k, entry in enumerate(coordinates.entries):
        kind, owner, _ = entry.parameter
        if (kind, owner) in candidate.starts and entry.kind in ("rate", "free rate", "beta", "trace beta"):
            theta[k] = candidate.starts[kind, owner]
        elif entry.kind == "beta":
            theta[k] = USUAL_BETA
    return theta
