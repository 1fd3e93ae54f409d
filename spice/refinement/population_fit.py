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
from spice.refinement.prices import price_of_a_term

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

PSEUDO_PEOPLE = 3.0
"""Weight of the usual spread, in people."""
APART = 2.5
"""Standard deviations that lie between those who have something, in the middle, and those who do not."""
FARTHEST = 5.0
"""Standard deviations of what people can be that a parabola leads on to, at most."""
MIN_SD = 0.02
"""Spread of a coordinate over people that is never taken to be too wide."""
ROUNDING = 1e-9
DAMPING = np.array([1e-3, 0.1, 1.0, 10.0, 100.0])
"""Of Levenberg and Marquardt, in parts of the diagonal."""
SMALLEST_GAIN = 1e-3
"""Nats below which a step is not worth while."""
INNER_ROUNDS, CLOSE_ENOUGH = 20, 3e-3
"""Rounds of EM between two looks at the choices; change of the mean and spread, in usual spreads, that ends them."""


@dataclass(frozen=True)
class Population:
    """Normal distribution of coordinates over people: mean (K,) and covariance (K, K)."""

    mean: Floats
    covariance: Floats

    @classmethod
    def usual(cls, coordinates: Coordinates, of_one: bool = False) -> "Population":
        """What is usual; of one person alone, with all that people in general can be."""
        spread = coordinates.spread**2 + (coordinates.mean_sd**2 if of_one else 0.0)
        return cls(coordinates.mean.copy(), np.diag(spread))

    def as_usual(self, usual: "Population", some: Sequence[int] | NDArray[np.int_]) -> "Population":
        """With some coordinates as they usually are, and of no correlation with others."""
        mean, covariance = self.mean.copy(), self.covariance.copy()
        mean[some] = usual.mean[some]
        covariance[some, :] = covariance[:, some] = 0.0
        covariance[some, some] = np.diag(usual.covariance)[some]
        return Population(mean, covariance)

    def held_apart(self, which: Mask) -> "Population":
        """No wider, in some coordinates (K,), than leaves those who have them apart from those who lack them."""
        return self.no_wider(self._widest_apart(which))

    def is_apart(self, which: Mask) -> bool:
        """Whether it is as `held_apart` leaves it."""
        return bool((np.diag(self.covariance) <= (1.0 + ROUNDING) * self._widest_apart(which) ** 2).all())

    def _widest_apart(self, which: Mask) -> Floats:
        return np.maximum(np.where(which, np.abs(self.mean) / APART, np.inf), MIN_SD)

    def no_wider(self, widest: Floats) -> "Population":
        """With standard deviations (K,) that large at most, and correlations as they are."""
        shrink = np.minimum(1.0, widest / np.sqrt(np.diag(self.covariance)))
        return Population(self.mean, self.covariance * shrink[:, None] * shrink)

    @property
    def precision(self) -> Floats:
        """Inverse of the covariance (K, K)."""
        return np.asarray(np.linalg.inv(self.covariance))


@dataclass(frozen=True)
class Quadratic:
    """Log-likelihoods of rows as normal ones: constant + score u - u information u / 2.

    Attributes
    ----------
    constant : (...,)
    score : (..., K)
    information : (..., K, K)
        Zero for coordinates that are absent.
    """

    constant: Floats
    score: Floats
    information: Floats

    @classmethod
    def of(cls, theta: Floats, curvature: Curvature, coordinates: Coordinates) -> "Quadratic":
        """Around coordinates (R, K).

        A parabola with a slope and hardly any curvature would put people anywhere, and so would one on a slope that no
        parabola has, as where values grow without end. So it slopes only as far as it would lead to what people can be.
        """
        information = curvature.information
        usual = coordinates.mean_sd**2 + coordinates.spread**2
        step = np.linalg.solve(information + np.diag(1.0 / usual), curvature.gradient[..., None])
        farthest = np.abs(step[..., 0] / np.sqrt(usual)).max(-1)
        step *= np.minimum(1.0, FARTHEST / np.maximum(farthest, FARTHEST))[:, None, None]
        gradient = (information @ step)[..., 0]
        score = np.einsum("rkl,rl->rk", information, theta) - gradient
        at_point = (score * theta).sum(-1) - 0.5 * np.einsum("rk,rkl,rl->r", theta, information, theta)
        return cls(-curvature.nll - at_point, score, information)

    def one(self, m: int) -> "Quadratic":
        """Of one of several for each row."""
        return Quadratic(self.constant[:, m], self.score[:, m], self.information[:, m])

    def without(self, absent: NDArray[np.int_]) -> "Quadratic":
        """With coordinates at zero and of no influence."""
        kept = np.ones(self.score.shape[-1], dtype=bool)
        kept[absent] = False
        return Quadratic(self.constant, self.score * kept, self.information * (kept[:, None] & kept))

    def posterior(self, population: Population) -> tuple[Floats, Floats]:
        """Mean and covariance of rows that come from a population.

        Parameters
        ----------
        population : Population

        Returns
        -------
        mean (..., K), covariance (..., K, K)
        """
        precision = population.precision
        covariance = np.linalg.inv(self.information + precision)
        mean = np.einsum("...kl,...l->...k", covariance, self.score + precision @ population.mean)
        return mean, np.asarray(covariance)

    def log_evidence(self, population: Population) -> Floats:
        """Log marginal likelihood of each row.

        Parameters
        ----------
        population : Population

        Returns
        -------
        (...,)
            Nats.
        """
        precision = population.precision
        pulled = precision @ population.mean
        system = self.information + precision
        both = self.score + pulled
        explained = (both * np.linalg.solve(system, both[..., None])[..., 0]).sum(-1)
        shrunk = np.linalg.slogdet(precision)[1] - np.linalg.slogdet(system)[1]
        return np.asarray(self.constant + 0.5 * (explained - population.mean @ pulled + shrunk))


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
    for _ in range(steps):
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
        gained = np.where(better, value - values[best, rows], 0.0)
        if gained.max() < SMALLEST_GAIN:
            break
        theta = np.where(better[:, None], candidates[best, rows], theta)
        value = np.where(better, values[best, rows], value)
        curvature = likelihood.curvature(theta, active)
    return theta, curvature


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
