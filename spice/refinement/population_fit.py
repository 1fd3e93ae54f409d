"""Coefficients of all participants at once, each lent strength by the others.

Every row (a participant, or all who share one equation set) is fitted by damped Fisher scoring on the likelihood
of its choices. Rows come from a normal distribution of coefficients over people, whose mean and covariance are
estimated too (empirical Bayes: EM with a Laplace approximation).

References
----------
Huys et al. (2011), Disentangling the roles of approach, activation and valence in instrumental and Pavlovian
responding. PLoS Comput Biol 7 (EM for models of learning).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.refinement.equation_likelihood import Curvature, EquationLikelihood

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WEAK_SD = 10.0
"""Standard deviation of the prior around the start where there is no population to learn one from."""
MIDDLE = 0.16, 0.5, 0.84
"""Quantiles of a normal distribution at its mean and one standard deviation to both sides."""
WORTH = 0.005
"""Nats per choice that a term may be worth and be dropped all the same."""
NO_EFFECT = 1e-3
"""Twice the log-likelihood, nats, that a term without effect is worth at most."""
MIN_SD = 1e-3
"""Smallest spread of a coefficient over people."""


@dataclass(frozen=True)
class Population:
    """Normal distribution of coefficients over people: mean (K,) and covariance (K, K)."""

    mean: Floats
    covariance: Floats

    def precision(self, active: Mask) -> Floats:
        """Precision (R, K, K) of each row's active coefficients, identity elsewhere."""
        both = active[:, :, None] & active[:, None, :]
        identity = np.eye(len(self.mean))
        return np.where(both, np.linalg.inv(np.where(both, self.covariance, identity)), identity)


@dataclass(frozen=True)
class RowFit:
    """Coefficients of all rows at their posterior mode.

    Attributes
    ----------
    theta : (R, K)
    active : (R, K)
        Terms that are part of the equations.
    population : Population
    covariance : (R, K, K)
        Posterior (Laplace).
    information : (R, K)
        What the choices alone say of each coefficient, the others given.
    nll : (R,)
    evidence : float
        Log marginal likelihood less the price of its parameters (BIC); larger is better.
    """

    theta: Floats
    active: Mask
    population: Population
    covariance: Floats
    information: Floats
    nll: Floats
    evidence: float

    @property
    def standard_errors(self) -> Floats:
        """Posterior standard deviations (R, K)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2)))

    @property
    def strength(self) -> Floats:
        """How far each coefficient is from zero, in its own standard errors, squared; (R, K).

        Zero for terms without any effect on the choices: those are as certain as the population, and worth nothing.
        """
        has_effect = self.active & (self.theta**2 * self.information > NO_EFFECT)
        return np.asarray(np.where(has_effect, (self.theta / self.standard_errors) ** 2, 0.0))


def fit_rows(
    likelihood: EquationLikelihood,
    theta: Floats,
    active: Mask,
    population: Population,
    rounds: int,
    spread: bool = False,
) -> RowFit:
    """Posterior modes and, where there are several rows, the population they come from.

    Parameters
    ----------
    theta : (R, K)
        Start.
    active : (R, K)
    population : Population
        Start; stays as it is where there is one row.
    rounds : int
        Alternations of coefficients and population; 0 leaves the population as it is.
    spread : bool
        Estimate the population's covariance too, not only its mean.
    """
    alternate = likelihood.n_rows > 1 and rounds > 0
    for _ in range(rounds if alternate else 1):
        theta, curvature = _maximise(likelihood, theta, active, population, steps=3 if alternate else 30)
        covariance = _posterior(curvature, active, population)
        if alternate:
            population = _estimate_population(theta, active, covariance, population, spread)
    covariance = _posterior(curvature, active, population)
    evidence = _evidence(likelihood, theta, active, population, covariance, curvature.nll)
    information = np.diagonal(curvature.information, axis1=1, axis2=2)
    return RowFit(theta, active, population, covariance, information, curvature.nll, evidence)


def start_population(theta: Floats, active: Mask, smallest: float) -> Population:
    """A population to start from: middle and spread of the rows, or a weak prior around one row.

    The spread is that of the middle two thirds, at least `smallest`: equations of networks are far off for some people,
    and alternations that start from a spread too wide begin by fitting every choice.
    """
    if len(theta) == 1:
        return Population(theta[0], np.eye(theta.shape[1]) * WEAK_SD**2)
    low, middle, high = np.quantile(np.where(active, theta, 0.0), MIDDLE, axis=0)
    return Population(middle, np.diag(np.maximum((high - low) / 2, smallest) ** 2))


def _maximise(
    likelihood: EquationLikelihood, theta: Floats, active: Mask, population: Population, steps: int
) -> tuple[Floats, Curvature]:
    """Levenberg-Marquardt on each row's log posterior, all rows at once, within the bounds of the parameters."""
    precision = population.precision(active)
    bounds = likelihood.bounds()
    theta = theta.clip(-bounds, bounds)
    damping = np.full(likelihood.n_rows, 1e-3)
    curvature = likelihood.curvature(theta, active)
    value = curvature.nll + _penalty(theta, active, population, precision)
    for _ in range(steps):
        pull = np.einsum("rkl,rl->rk", precision, np.where(active, theta - population.mean, 0.0))
        gradient = curvature.gradient + pull
        # What stands at its bound and is pushed outwards stays there.
        moving = active & ~((np.abs(theta) >= bounds) & (theta * gradient < 0))
        system = mask_system(curvature.information + precision, moving)
        damped = system + (damping[:, None] * np.einsum("rkk->rk", system))[:, :, None] * np.eye(theta.shape[1])
        step = np.linalg.solve(damped, np.where(moving, gradient, 0.0)[..., None])[..., 0]
        candidate = np.where(active, theta - step, 0.0).clip(-bounds, bounds)
        new_value = likelihood.nll(candidate) + _penalty(candidate, active, population, precision)
        better = np.isfinite(new_value) & (new_value <= value)
        gained = np.where(better, value - new_value, 0.0)
        theta = np.where(better[:, None], candidate, theta)
        damping = np.where(better, damping / 10, damping * 10).clip(1e-9, 1e9)
        value = np.where(better, new_value, value)
        curvature = likelihood.curvature(theta, active)
        if better.all() and gained.max() < 1e-7 * max(1.0, float(value.sum())):
            break
    return theta, curvature


def _penalty(theta: Floats, active: Mask, population: Population, precision: Floats) -> Floats:
    deviation = np.where(active, theta - population.mean, 0.0)
    return np.asarray(0.5 * np.einsum("rk,rkl,rl->r", deviation, precision, deviation))


def mask_system(system: Floats, active: Mask) -> Floats:
    """Systems (R, K, K) without the rows and columns of what is not active, identity there."""
    both = active[:, :, None] & active[:, None, :]
    return np.where(both, system, np.eye(active.shape[1]))


def _posterior(curvature: Curvature, active: Mask, population: Population) -> Floats:
    system = mask_system(curvature.information + population.precision(active), active)
    return np.asarray(np.linalg.inv(system))


def _estimate_population(
    theta: Floats, active: Mask, covariance: Floats, previous: Population, spread: bool
) -> Population:
    """Mean and covariance of the active coefficients over people, with the uncertainty of each."""
    weight = active.astype(float)
    mean = (theta * weight).sum(0) / np.maximum(weight.sum(0), 1)
    if not spread:
        return Population(mean, previous.covariance)
    deviation = np.where(active, theta - mean, 0.0)
    both = active[:, :, None] & active[:, None, :]
    total = np.einsum("rk,rl->kl", deviation, deviation) + np.where(both, covariance, 0.0).sum(0)
    pairs = both.sum(0)
    # One pseudo-observation of no spread keeps a spread of zero reachable and the matrix well conditioned.
    estimate = np.where(pairs > 0, total / np.maximum(pairs, 1), 0.0) * len(theta) / (len(theta) + 1)
    values, vectors = np.linalg.eigh(estimate)
    return Population(mean, (vectors * np.maximum(values, MIN_SD**2)) @ vectors.T)


def price_of_a_parameter(n_choices: float) -> float:
    """What one more parameter must gain in log-likelihood, nats.

    That of BIC. It asks for so much where choices are few that one person's equations would lose terms that the
    person's choices need, so no term may be worth more than a two-hundredth of a nat a choice.
    """
    return float(min(0.5 * np.log(n_choices), WORTH * n_choices))


def _evidence(
    likelihood: EquationLikelihood, theta: Floats, active: Mask, population: Population, covariance: Floats,
    nll: Floats,
) -> float:  # fmt: skip
    n_terms = int(active.any(0).sum())
    if likelihood.n_rows == 1:
        return float(-nll.sum() - n_terms * price_of_a_parameter(likelihood.n_choices.sum()))
    precision = population.precision(active)
    log_prior = -_penalty(theta, active, population, precision) + 0.5 * np.linalg.slogdet(precision)[1]
    log_posterior = log_prior - nll + 0.5 * np.linalg.slogdet(covariance)[1]
    # Each term costs its mean and its spread over people.
    return float(log_posterior.sum() - 2 * n_terms * price_of_a_parameter(likelihood.n_choices.sum()))
