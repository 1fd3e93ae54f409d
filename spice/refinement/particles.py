"""Draws of people's coordinates, weighed by the likelihood of their choices: what a posterior is sampled from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population, Quadratic
from spice.refinement.presence import Mixture

Floats = NDArray[np.float64]

AT_ONCE = 80
"""Draws whose likelihood is found at a time."""

TAILS, WIDER, WIDE = 7.0, 1.2, 3.0
"""Degrees of freedom and scale of what is drawn from, a t distribution; how much wider the other population is."""


@dataclass(frozen=True)
class Particles:
    """Draws of all people under one structure: coordinates (R, N, A), and their log weights (R, N) without a prior."""

    active: NDArray[np.int_]
    theta: Floats
    log_weight: Floats

    @cached_property
    def by_coordinate(self) -> Floats:
        """Coordinates (A, R N): a sampler goes through them hundreds of times, a coordinate after the other."""
        return np.ascontiguousarray(self.theta.reshape(self.log_weight.size, len(self.active)).T)


def draw_particles(
    likelihood: EquationLikelihood, mixture: Mixture, m: int, n: int, generator: np.random.Generator
) -> Particles:
    """Draw from the parabola of each person with the population as it was found, and with one that is much wider.

    Parameters
    ----------
    likelihood : EquationLikelihood
    mixture : Mixture
    m : int
        Which of its structures.
    n : int
        Draws of each person.
    generator : Generator

    Returns
    -------
    Particles
    """
    present, population = mixture.structures.present[m], mixture.population
    active = np.flatnonzero(present)
    quadratic = mixture.structures.quadratic.one(m)
    usual = np.diag(likelihood.coordinates.spread**2)
    wide = Population(population.mean, WIDE * (population.covariance + usual))
    proposals = [_proposal(quadratic, one, active) for one in (population, wide)]
    shares = n - n // 4, n // 4
    theta = np.concatenate([one.draw(k, generator) for one, k in zip(proposals, shares, strict=True)], axis=1)
    near, far = (one.log_density(theta) + np.log(k / n) for one, k in zip(proposals, shares, strict=True))
    log_q = np.logaddexp(near, far)
    full = np.tile(population.mean, (theta.shape[1], likelihood.n_rows, 1))
    full[..., active] = theta.transpose(1, 0, 2)
    everybody = np.tile(present, (likelihood.n_rows, 1))
    # All at once would take memory for all draws of all trials.
    nll = np.concatenate([likelihood.nll(some, everybody) for some in np.array_split(full, -(-n // AT_ONCE))]).T
    low, high = likelihood.coordinates.low[active], likelihood.coordinates.high[active]
    usable = np.isfinite(nll) & ((theta >= 2 * low) & (theta <= 2 * high)).all(-1)
    # Priors are normal densities without their constant, which counts coordinates.
    constant = 0.5 * len(active) * np.log(2 * np.pi)
    return Particles(active, theta, np.where(usable, -np.where(usable, nll, 0.0) - log_q - constant, -np.inf))


@dataclass(frozen=True)
class _Proposal:
    """A t distribution of each person: mean (R, A) and factor (R, A, A) of its scale."""

    mean: Floats
    factor: Floats

    def draw(self, n: int, generator: np.random.Generator) -> Floats:
        """Coordinates (R, n, A)."""
        half = len(self.mean), (n + 1) // 2, self.mean.shape[1]
        stretch = np.sqrt(TAILS / generator.chisquare(TAILS, size=half[:2]))
        one_side = generator.normal(size=half) * stretch[..., None]
        # Pairs around the middle: few draws are as wide as many.
        away = np.concatenate([one_side, -one_side], axis=1)[:, :n]
        return np.asarray(self.mean[:, None] + np.einsum("rkl,rnl->rnk", self.factor, away))

    def log_density(self, theta: Floats) -> Floats:
        """Of coordinates (R, n, A)."""
        k = theta.shape[-1]
        z = np.linalg.solve(self.factor, (theta - self.mean[:, None]).transpose(0, 2, 1))
        constant = gammaln((TAILS + k) / 2) - gammaln(TAILS / 2) - 0.5 * k * np.log(TAILS * np.pi)
        size = np.log(np.einsum("rkk->rk", self.factor)).sum(-1)[:, None]
        return np.asarray(constant - size - 0.5 * (TAILS + k) * np.log1p((z**2).sum(1) / TAILS))


def _proposal(quadratic: Quadratic, population: Population, active: NDArray[np.int_]) -> _Proposal:
    means, covariances = quadratic.posterior(population)
    factors = np.linalg.cholesky(WIDER * covariances[:, active[:, None], active])
    return _Proposal(means[:, active], np.asarray(factors))
