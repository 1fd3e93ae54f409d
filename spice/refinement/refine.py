"""Refinement: coefficients and structure that the choices themselves support.

Terms are dropped from everybody's equations, and taken up again, by the approximate marginal likelihood; then from
single people's equations where their choices speak for it.

References
----------
Schwarz (1978), Estimating the dimension of a model. Ann Stat 6. Kass & Raftery (1995), Bayes factors. J Am Stat
Assoc 90.
"""

import copy
from dataclasses import dataclass

import numpy as np
import torch

from spice.data.ids import rows_of
from spice.equations.anchors import anchored_states, on_canonical_scale, without_temperatures
from spice.equations.canonical import common_gauge, is_free
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.model.base import BaseRNN
from spice.model.training_data import TrainingData
from spice.progress import FitControl, Stage
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population_fit import (
    Floats,
    Mask,
    Population,
    RowFit,
    fit_rows,
    mask_system,
    price_of_a_parameter,
    start_population,
)
from spice.refinement.textbook import Textbook, textbook_values
from spice.refinement.uncertainty import covariance_of_rows

LOG_EVIDENCE = np.log(20.0)
"""Log ratio of evidence at which a term is taken to be absent in one person ("strong", Kass & Raftery 1995)."""
MIN_SHARE = 0.1
"""Share of people in whose equations SINDy must have found a term for it to be tried in everybody's."""
TRAINING_SHARE = 0.75
"""Share of each sequence's choices that coefficients are fitted to while the rest decides when to stop."""
FEW_ALTERNATIONS = 3
"""Alternations where nothing can be held out to choose their number."""
MAX_ALTERNATIONS = 12
"""Largest number of alternations of coefficients and population."""
FOUND_SPREAD, COMMON_SPREAD = 0.03, 0.1
"""Smallest standard deviation over people to start from, where each has equations of their own or all the same."""
WORSE_THAN_COMMON = 0.01
"""Nats per choice by which equations of each person may be worse than one set for everybody."""
MAX_ROUNDS = 3
"""Alternations of dropping and taking up terms."""


def refine_coefficients(
    model: BaseRNN, equations: SpiceEquations, data: TrainingData, control: FitControl,
    textbook: Textbook | None = None,
) -> Coefficients:  # fmt: skip
    """Refine equations on the choices of the people that they are of.

    Parameters
    ----------
    model : BaseRNN
        Whose networks they stand in for; not changed.
    equations : SpiceEquations
        What SINDy found.
    data : TrainingData
        Choices of all participants; those without equations are left out.
    control : FitControl
    textbook : Textbook, optional
        Rules fitted to the same choices. They give the scale of values, which a network that failed knows nothing of,
        and the other start.
    """
    model = copy.deepcopy(model).double()
    own = rows_of(data.trials.participants, equations.participants)
    data = data.select(np.flatnonzero(own >= 0)).to(torch.float64)
    table = equations.coefficients
    anchored = anchored_states(model.states, table) if model.is_declared else ()
    free = tuple(state for state in table.betas if is_free(table, state))
    # Where a given equation fixes a state's scale, its inverse temperature is a parameter.
    of_fixed_scale = tuple(state for state in table.betas if state not in free)
    usual = None if textbook is None else textbook.betas
    table = common_gauge(table, tuple(state for state in free if state not in anchored), usual)
    table = on_canonical_scale(table, {state: model.states[state].initial for state in anchored})
    rows = table.rows(torch.as_tensor(own[own >= 0]))
    likelihood = EquationLikelihood(model, table, data, rows, of_fixed_scale, usual)
    with control.stage("refine") as stage:
        fit = refine(likelihood, likelihood.as_vector(textbook_values(model, table, textbook)), stage)
    theta, covariance = fit.theta, covariance_of_rows(fit, likelihood.curvature(fit.theta, fit.active))
    if likelihood.n_rows > 1:
        theta = np.vstack([theta, fit.population.mean * fit.active.any(0)])
    # One person alone is the population too.
    rows = np.minimum(np.arange(table.n_rows), len(theta) - 1)
    found = likelihood.as_coefficients(theta[rows], covariance[rows])
    return without_temperatures(found, {s: model.states[s].initial for s in anchored if s not in model.betas})


def refine(likelihood: EquationLikelihood, textbook: Floats, stage: Stage) -> RowFit:
    """Fit coefficients, choose the terms of the population, then those of each participant.

    Parameters
    ----------
    likelihood : EquationLikelihood
        Starts from what SINDy found.
    textbook : (K,)
        Another start; the better one is kept.
    stage : Stage
        Advanced after each refit.
    """
    fit = _best_start(likelihood, textbook, stage)
    for _ in range(MAX_ROUNDS):
        smaller = drop_terms(likelihood, fit, stage)
        fit = take_up_terms(likelihood, smaller, stage)
        if fit is smaller:
            break
    if likelihood.n_rows > 1:
        fit = drop_terms_of_rows(likelihood, fit)
        stage.advance(nll=_per_choice(likelihood, fit))
    return fit


def _best_start(likelihood: EquationLikelihood, textbook: Floats, stage: Stage) -> RowFit:
    """The better fit of two: from SINDy's equations and from the textbook's."""
    found = likelihood.start()
    common = (found != 0).mean(0) >= MIN_SHARE
    if likelihood.n_rows > 1:
        # What is common to all comes first; from there people differ.
        textbook = _pooled(likelihood, textbook, common | (textbook != 0))
    starts = []
    same = np.tile(textbook, (len(found), 1))
    for theta, terms, spread in (
        (found, common, FOUND_SPREAD),
        (same, common | (textbook != 0), COMMON_SPREAD),
    ):
        active = np.tile(likelihood.allowed() & terms, (len(found), 1))
        theta = np.where(active, theta, 0.0)
        starts.append(_try_start(likelihood, theta, active, start_population(theta, active, spread), stage))
    fits = (start.fit(likelihood) for start in sorted(starts, key=lambda start: start.loss))
    fit = next(fits)
    # The last quarter of a few people can mislead: nobody's own equations need be worse than everybody's.
    limit = likelihood.nll(same).sum() + WORSE_THAN_COMMON * likelihood.n_choices.sum()
    return fit if fit.nll.sum() <= limit else next(fits)


@dataclass(frozen=True)
class _Start:
    """A start (R, K), its terms, and the number of alternations that predict best, with their loss."""

    theta: Floats
    active: Mask
    population: Population
    rounds: int
    loss: float

    def fit(self, likelihood: EquationLikelihood) -> RowFit:
        return fit_rows(likelihood, self.theta, self.active, self.population, self.rounds, spread=True)


def _pooled(likelihood: EquationLikelihood, start: Floats, terms: Mask) -> Floats:
    """Coefficients (K,) of one equation set for all rows."""
    together = likelihood.pooled()
    active = (likelihood.allowed() & terms)[None]
    population = start_population(start[None], active, COMMON_SPREAD)
    theta: Floats = fit_rows(together, start[None] * active, active, population, rounds=1).theta[0]
    return theta


def _try_start(
    likelihood: EquationLikelihood, theta: Floats, active: Mask, population: Population, stage: Stage
) -> _Start:
    """How well a start predicts, and how often to alternate between coefficients and population from it.

    How far people are let to differ grows with every alternation. With few choices each, the approximate evidence
    overrates it, so the last part of everybody's sequences decides where to stop.
    """
    start, first_population = theta, population
    if likelihood.n_rows == 1:
        fit = fit_rows(likelihood, theta, active, population, rounds=1)
        stage.advance(nll=_per_choice(likelihood, fit))
        return _Start(fit.theta, active, start_population(fit.theta, active, COMMON_SPREAD), 1, -fit.evidence)
    first, last = likelihood.halves(TRAINING_SHARE)
    if last.n_choices.sum() == 0:
        # Sequences of a few trials have no last part.
        fit = fit_rows(likelihood, theta, active, population, FEW_ALTERNATIONS, spread=True)
        stage.advance(nll=_per_choice(likelihood, fit))
        return _Start(start, active, first_population, FEW_ALTERNATIONS, -fit.evidence)
    losses: list[float] = []
    while len(losses) < MAX_ALTERNATIONS and (len(losses) < 3 or losses[-1] < max(losses[-3:])):
        fit = fit_rows(first, theta, active, population, rounds=1, spread=True)
        theta, population = fit.theta, fit.population
        losses.append(float(last.nll(theta).sum()))
        stage.advance(nll=losses[-1] / float(last.n_choices.sum()))
    return _Start(start, active, first_population, 1 + int(np.argmin(losses)), min(losses))


def drop_terms(likelihood: EquationLikelihood, fit: RowFit, stage: Stage) -> RowFit:
    """Drop terms from everybody's equations, the weakest first, as long as the evidence grows."""
    kept: set[int] = set()
    while True:
        strength = fit.strength.sum(0)
        candidates = [k for k in np.argsort(strength) if fit.active[:, k].any() and k not in kept]
        candidates = [k for k in candidates if k < likelihood.n_terms]
        # A stronger one (chi-square) is beyond doubt.
        candidates = [k for k in candidates if strength[k] < 8 * likelihood.n_rows + 20][:3]
        if not candidates:
            return fit
        for k in candidates:
            active = fit.active.copy()
            active[:, k] = False
            smaller = fit_rows(likelihood, np.where(active, fit.theta, 0.0), active, fit.population, rounds=4)
            if smaller.evidence > fit.evidence:
                fit = smaller
                stage.advance(nll=_per_choice(likelihood, fit))
                break
            stage.advance(nll=_per_choice(likelihood, fit))
            kept.add(k)


def take_up_terms(likelihood: EquationLikelihood, fit: RowFit, stage: Stage) -> RowFit:
    """Take up terms that SINDy left out, where the likelihood asks for them (score test, then refit)."""
    allowed = likelihood.allowed()
    tried: set[int] = set()
    while True:
        absent = [int(k) for k in np.flatnonzero(allowed & ~fit.active.any(0)) if k not in tried]
        if not absent:
            return fit
        gains = _score_gains(likelihood, fit, absent)
        best = int(np.argmax(gains))
        if gains[best] < price_of_a_parameter(likelihood.n_choices.sum()):
            return fit
        k = absent[best]
        tried.add(k)
        active = fit.active.copy()
        active[:, k] = True
        covariance = fit.population.covariance.copy()
        covariance[k, :], covariance[:, k], covariance[k, k] = 0.0, 0.0, 0.1**2
        larger = fit_rows(likelihood, fit.theta, active, Population(fit.population.mean, covariance), rounds=6)
        if larger.evidence > fit.evidence:
            fit = larger
        stage.advance(nll=_per_choice(likelihood, fit))


def drop_terms_of_rows(likelihood: EquationLikelihood, fit: RowFit) -> RowFit:
    """Drop a term from a participant's own equations where that person's choices speak for its absence.

    The evidence for zero is the posterior density there against the population's (Savage-Dickey ratio). Choices
    that say little about a coefficient leave the ratio near 1, and the person keeps what the population has.
    """
    spread = np.sqrt(np.diag(fit.population.covariance))
    for_zero = _log_density(fit.theta, fit.standard_errors) - _log_density(fit.population.mean, spread)
    absent = fit.active & (for_zero > LOG_EVIDENCE)
    absent[:, likelihood.n_terms :] = False
    if not absent.any():
        return fit
    active = fit.active & ~absent
    return fit_rows(likelihood, np.where(active, fit.theta, 0.0), active, fit.population, rounds=0)


def _score_gains(likelihood: EquationLikelihood, fit: RowFit, absent: list[int]) -> Floats:
    """Gain in log-likelihood expected of one more coefficient, common to all rows; quadratic approximation."""
    active = fit.active.copy()
    active[:, absent] = True
    curvature = likelihood.curvature(fit.theta, active)
    precision = fit.population.precision(fit.active)
    system = mask_system(curvature.information + precision, fit.active)
    cross = np.where(fit.active[:, :, None], curvature.information[:, :, absent], 0.0)
    explained = np.einsum("rka,rka->ra", cross, np.linalg.solve(system, cross))
    information = np.einsum("rkk->rk", curvature.information)[:, absent]
    rest = (information - explained).sum(0)
    # A term that the others stand in for has nothing to gain.
    usable = rest > 1e-6 * np.maximum(information.sum(0), 1e-12)
    gradient = curvature.gradient[:, absent].sum(0)
    return np.where(usable, 0.5 * gradient**2 / np.where(usable, rest, 1.0), 0.0)


def _log_density(mean: Floats, sd: Floats) -> Floats:
    """Log density at zero of normal distributions, up to a constant."""
    return np.asarray(-0.5 * (mean / sd) ** 2 - np.log(sd))


def _per_choice(likelihood: EquationLikelihood, fit: RowFit) -> float:
    return float(fit.nll.sum() / likelihood.n_choices.sum())
