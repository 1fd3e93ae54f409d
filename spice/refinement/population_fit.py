"""Coordinates of all participants at once, each lent strength by the others.

Every row (a participant, or all who share one equation set) is fitted by damped Fisher scoring on the likelihood of its
choices. Rows come from a normal distribution over people, whose mean and covariance are estimated too: empirical Bayes,
by EM on the likelihood of each person as a normal one around its best point (Laplace), which is made anew until nothing
changes. What a row lacks has no information in its choices, so the population alone says what it would be.

References
----------
Huys et al. (2011), Disentangling the roles of approach, activation and valence in instrumental and Pavlovian
responding. PLoS Comput Biol 7 (EM for models of learning).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import Curvature, EquationLikelihood
from spice.refinement.population import FARTHEST, Population, Quadratic
from spice.refinement.prices import price_of_a_term

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

PSEUDO_PEOPLE = 3.0
"""Weight of the usual spread, in people."""
DAMPING = np.array([1e-3, 0.1, 1.0, 10.0, 100.0])
"""Of Levenberg and Marquardt, in parts of the diagonal."""
SMALLEST_GAIN = 1e-3
"""Nats below which a step is not worth while."""
INNER_ROUNDS, CLOSE_ENOUGH = 20, 3e-3
"""Rounds of EM between two looks at the choices; change of the mean and spread, in usual spreads, that ends them."""


@dataclass(frozen=True)
class RowFit:
    """Coordinates of all rows at their posterior mode.

    Attributes
    ----------
    theta : (R, K)
    active : (R, K)
        What is part of the equations.
    population : Population
    nll : (R,)
    quadratic : Quadratic
        The likelihood of each row there.
    evidence : float
        Log marginal likelihood less the price of its parameters (BIC); larger is better.
    """

    theta: Floats
    active: Mask
    population: Population
    nll: Floats
    quadratic: Quadratic
    evidence: float


def fit_rows(
    likelihood: EquationLikelihood, theta: Floats, active: Mask, population: Population, rounds: int, steps: int = 2
) -> RowFit:
    """Posterior modes and, where there are several rows, the population they come from.

    Parameters
    ----------
    likelihood : EquationLikelihood
    theta, active : (R, K)
        Start, and what is present.
    population : Population
        Start; stays as it is where there is one row.
    rounds : int
        Largest number of looks at the choices between which the population is estimated; 0 leaves it as it is.
    steps : int
        Of Fisher scoring at each look.

    Returns
    -------
    RowFit
    """
    coordinates = likelihood.coordinates
    active = coordinates.closed(active)
    alternate = likelihood.n_rows > 1 and rounds > 0
    curvature = None
    for _ in range(rounds if alternate else 1):
        theta, curvature = maximise(likelihood, theta, active, population, steps if alternate else 30, curvature)
        quadratic = Quadratic.of(theta, curvature, coordinates)
        if alternate:
            before, population = population, estimate_population(coordinates, quadratic, population)
            if _change(before, population, coordinates.spread) < 10 * CLOSE_ENOUGH:
                break
    assert curvature is not None
    evidence = _evidence(likelihood, theta, active, population, curvature)
    return RowFit(theta, active, population, curvature.nll, quadratic, evidence)


def maximise(
    likelihood: EquationLikelihood, theta: Floats, active: Mask, population: Population, steps: int,
    curvature: Curvature | None = None,
) -> tuple[Floats, Curvature]:  # fmt: skip
    """Fisher scoring on each row's log posterior, all rows at once, within the bounds of the coordinates.

    Each row takes the best of several lengths of step, between that of Newton and a short one downhill.

    Parameters
    ----------
    likelihood : EquationLikelihood
    theta, active : (R, K)
        Start, and what is present.
    population : Population
        Prior of each row.
    steps : int
        At most.
    curvature : Curvature, optional
        At the start, where it is at hand.

    Returns
    -------
    theta (R, K), and the Curvature there
    """
    low, high, precision = likelihood.coordinates.low, likelihood.coordinates.high, population.precision
    theta = theta.clip(low, high)
    curvature = likelihood.curvature(theta, active) if curvature is None else curvature
    value = curvature.nll + _penalty(theta, population, precision)
    rows = np.arange(likelihood.n_rows)
    for taken in range(1, steps + 1):
        gradient = curvature.gradient + (theta - population.mean) @ precision
        # What stands at its bound and is pushed outwards stays there.
        moving = ~(((theta >= high) & (gradient < 0)) | ((theta <= low) & (gradient > 0)))
        both = moving[:, :, None] & moving[:, None, :]
        system = np.where(both, curvature.information + precision, np.eye(theta.shape[1]))
        diagonal = np.einsum("rkk->rk", system)[:, :, None] * np.eye(theta.shape[1])
        damped = system + DAMPING[:, None, None, None] * diagonal
        step = np.linalg.solve(
            damped, np.broadcast_to(np.where(moving, gradient, 0.0)[..., None], (*damped.shape[:-1], 1))
        )
        candidates = (theta - step[..., 0]).clip(low, high)
        values = likelihood.nll(candidates, active) + _penalty(candidates, population, precision)
        best = np.where(np.isfinite(values), values, np.inf).argmin(0)
        better = values[best, rows] < value
        going = np.flatnonzero(better & ((value - values[best, rows]) >= SMALLEST_GAIN))
        if not len(going):
            break
        theta = np.where(better[:, None], candidates[best, rows], theta)
        value = np.where(better, values[best, rows], value)
        curvature = likelihood.curvature(theta, active)
        if taken < steps and len(going) <= len(rows) / 2:
            # Most have arrived: only the others' choices are gone through from here.
            rest, left = likelihood.of_rows(going), curvature.select(going)
            theta[going], left = maximise(rest, theta[going], active[going], population, steps - taken, left)
            return theta, curvature.put(going, left)
    return theta, curvature


def maximise_from(
    likelihood: EquationLikelihood, starts: Sequence[Floats], active: Mask, population: Population, steps: int
) -> Floats:
    """The best of the modes that each row is led to from several starts: the posterior of a person may have some.

    Parameters
    ----------
    likelihood : EquationLikelihood
    starts : sequence of (R, K)
    active : (R, K)
        What is present.
    population : Population
        Prior of each row.
    steps : int
        Of `maximise`, at most.

    Returns
    -------
    theta (R, K)
    """
    found = [maximise(likelihood, start, active, population, steps) for start in starts]
    return best_of([theta for theta, _ in found], [curvature.nll for _, curvature in found], population)


def best_of(thetas: Sequence[Floats], nlls: Sequence[Floats], population: Population) -> Floats:
    """The most probable of several places, for each row.

    Parameters
    ----------
    thetas : sequence of (R, K)
    nlls : sequence of (R,)
        Negative log-likelihood of each row there.
    population : Population
        Prior of each row.

    Returns
    -------
    theta (R, K)
    """
    values = [nll + _penalty(theta, population, population.precision) for theta, nll in zip(thetas, nlls, strict=True)]
    best = np.argmin(np.where(np.isfinite(values), values, np.inf), axis=0)
    return np.asarray(np.stack(thetas)[best, np.arange(len(thetas[0]))])


def estimate_population(
    coordinates: Coordinates, quadratic: Quadratic, population: Population, weights: Floats | None = None,
    rounds: int = INNER_ROUNDS, apart: Mask | None = None,
) -> Population:  # fmt: skip
    """Mean and covariance over people, by EM on their likelihoods; maximum a posteriori.

    Parameters
    ----------
    coordinates : Coordinates
        Say what is usual.
    quadratic : Quadratic
        Of rows (R, ...).
    population : Population
        Start.
    weights : (R, ...), optional
        How probable each is of those of its row; they sum to 1 in each row.
    rounds : int
        Of EM, at most.
    apart : (K,), optional
        Coordinates that are held as `Population.held_apart` says.

    Returns
    -------
    Population
    """
    n_rows, k = len(quadratic.score), quadratic.score.shape[-1]
    # Parabolas with a slope and hardly any curvature could lead on to ever wider populations.
    widest = FARTHEST * np.hypot(coordinates.mean_sd, coordinates.spread)
    weights = np.ones(quadratic.score.shape[:-1]) if weights is None else weights
    flat = weights.reshape(-1)
    for _ in range(rounds):
        means, covariances = quadratic.posterior(population)
        means = means.reshape(-1, k)
        total = flat @ means
        of_mean = np.linalg.inv(n_rows * population.precision + np.diag(1 / coordinates.mean_sd**2))
        mean = of_mean @ (population.precision @ total + coordinates.mean / coordinates.mean_sd**2)
        away = means - mean
        spread = (away * flat[:, None]).T @ away + np.tensordot(flat, covariances.reshape(-1, k, k), 1)
        spread += PSEUDO_PEOPLE * np.diag(coordinates.spread**2)
        before, population = population, Population(mean, spread / (n_rows + PSEUDO_PEOPLE)).no_wider(widest)
        population = population if apart is None else population.held_apart(apart)
        if _change(before, population, coordinates.spread) < CLOSE_ENOUGH:
            break
    return population


def _change(before: Population, after: Population, usual: Floats) -> float:
    """The largest change of a mean or spread, in usual spreads."""
    spreads = np.sqrt(np.diag(after.covariance)) - np.sqrt(np.diag(before.covariance))
    return float(max(np.abs((after.mean - before.mean) / usual).max(), np.abs(spreads / usual).max()))


def _penalty(theta: Floats, population: Population, precision: Floats) -> Floats:
    deviation = theta - population.mean
    return np.asarray(0.5 * np.einsum("...k,kl,...l->...", deviation, precision, deviation))


def _evidence(
    likelihood: EquationLikelihood, theta: Floats, active: Mask, population: Population, curvature: Curvature
) -> float:
    """Log marginal likelihood of all rows (Laplace) less the price of the terms that any of them has."""
    price = int(active.any(0).sum()) * price_of_a_term(likelihood)
    if likelihood.n_rows == 1:
        return float(-curvature.nll.sum() - price)
    precision = population.precision
    shrunk = np.linalg.slogdet(precision)[1] - np.linalg.slogdet(curvature.information + precision)[1]
    found = -curvature.nll - _penalty(theta, population, precision) + 0.5 * shrunk
    return float(found.sum() - price)
