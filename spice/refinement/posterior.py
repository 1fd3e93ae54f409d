"""What the choices leave open: draws of people, their structures and their population, from the posterior.

Parabolas around the best points are a first answer. Here each person's coordinates are drawn from them, with heavier tails,
and weighed by the likelihood itself; nothing more need be run. A Gibbs sampler then goes back and forth between people,
who take one of their draws each, and the population: its mean, covariance and prevalences. So the uncertainty of
structure, and of the population, is in every number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import invwishart

from spice.equations.coefficients import N_DRAWS
from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population_fit import PSEUDO_PEOPLE, Population
from spice.refinement.presence import HALF, Mixture, can_be, log_prior

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

BURN_IN = 50
N_PARTICLES, FEWEST_PARTICLES, MOST_VALUES = 40, 16, 200_000
"""Draws of each person and structure, fewer where they were more than that many numbers in all."""
TAILS, WIDER = 7.0, 1.2
"""Degrees of freedom and scale of what is drawn from, a t distribution."""
RARE = 1e-3


@dataclass(frozen=True)
class Posterior:
    """Draws, and what follows from all of them.

    Attributes
    ----------
    theta, present : (R, D, K)
    mean : (D, K)
        Of the population.
    prevalence : (D, K)
    probability : (R, K)
        That a coordinate is present in a person.
    population : Population
        Mean of its draws.
    start : (R, K)
        About the middle of each person's draws.
    """

    theta: Floats
    present: Mask
    mean: Floats
    prevalence: Floats
    probability: Floats
    population: Population
    start: Floats


@dataclass(frozen=True)
class _Particles:
    """Draws of all people under one structure: coordinates (R, N, A), and their log weights (R, N) without a prior."""

    active: NDArray[np.int_]
    theta: Floats
    log_weight: Floats


def draw_posterior(likelihood: EquationLikelihood, mixture: Mixture, generator: np.random.Generator) -> Posterior:
    """Draw from the posterior around a mixture that was fitted.

    Parameters
    ----------
    likelihood : EquationLikelihood
    mixture : Mixture
    generator : Generator
    """
    coordinates, structures = likelihood.coordinates, mixture.structures
    kept = np.flatnonzero(mixture.weights.max(0) > RARE)
    n_particles = int(np.clip(MOST_VALUES / (likelihood.n_rows * len(kept)), FEWEST_PARTICLES, N_PARTICLES))
    present = structures.present[kept]
    particles = [_draw_particles(likelihood, mixture, m, n_particles, generator) for m in kept]
    sampler = _Sampler(coordinates, present, particles, mixture, generator)
    return sampler.run(is_alone=likelihood.n_rows == 1)


def _draw_particles(
    likelihood: EquationLikelihood, mixture: Mixture, m: int, n: int, generator: np.random.Generator
) -> _Particles:
    present = mixture.structures.present[m]
    active = np.flatnonzero(present)
    quadratic = mixture.structures.quadratic.one(m)
    means, covariances = quadratic.posterior(mixture.population)
    means, covariances = means[:, active], WIDER * covariances[:, active[:, None], active]
    factors = np.linalg.cholesky(covariances)
    shape = len(means), n, len(active)
    normal = generator.normal(size=shape)
    stretch = np.sqrt(TAILS / generator.chisquare(TAILS, size=shape[:2]))
    away = normal * stretch[..., None]
    theta = means[:, None] + np.einsum("rkl,rnl->rnk", factors, away)
    log_q = -0.5 * (TAILS + len(active)) * np.log1p((away**2).sum(-1) / TAILS)
    log_q -= np.log(np.einsum("rkk->rk", factors)).sum(-1)[:, None]
    full = np.tile(mixture.population.mean, (n, len(means), 1))
    full[..., active] = theta.transpose(1, 0, 2)
    nll = likelihood.nll(full, np.tile(present, (len(means), 1))).T
    low, high = likelihood.coordinates.low[active], likelihood.coordinates.high[active]
    usable = np.isfinite(nll) & ((theta >= 2 * low) & (theta <= 2 * high)).all(-1)
    # Densities of t and normal distributions differ by a constant that counts coordinates.
    constant = _log_t(len(active)) + 0.5 * len(active) * np.log(2 * np.pi)
    return _Particles(active, theta, np.where(usable, -np.where(usable, nll, 0.0) - log_q - constant, -np.inf))


def _log_t(k: int) -> float:
    """Logarithm of the constant of a t density of k dimensions."""
    from scipy.special import gammaln

    return float(gammaln((TAILS + k) / 2) - gammaln(TAILS / 2) - 0.5 * k * np.log(TAILS * np.pi))


class _Sampler:
    """Gibbs sampler over people, who take a particle each, and their population."""

    def __init__(
        self, coordinates: Coordinates, present: Mask, particles: list[_Particles], mixture: Mixture,
        generator: np.random.Generator,
    ) -> None:  # fmt: skip
        self.coordinates, self.present, self.particles, self.generator = coordinates, present, particles, generator
        self.population, self.prevalence = mixture.population, mixture.prevalence
        self.apart = mixture.apart
        self.used = np.flatnonzero(present.any(0))
        self.n_rows = len(particles[0].theta)
        self.possible = can_be(coordinates, present)

    def run(self, is_alone: bool) -> Posterior:
        theta, present, means, prevalences = [], [], [], []
        weight = np.zeros((self.n_rows, len(self.present)))
        covariance = np.zeros_like(self.population.covariance)
        for sweep in range(N_DRAWS + BURN_IN):
            structure, people, shares = self._people()
            if not is_alone:
                self._population(structure, people)
            if sweep >= BURN_IN:
                weight += shares / N_DRAWS
                covariance += self.population.covariance / N_DRAWS
                theta.append(people)
                present.append(self.present[structure])
                means.append(self.population.mean.copy())
                prevalences.append(self.prevalence.copy())
        middle = Population(np.mean(means, axis=0), covariance)
        draws = np.stack(theta, 1)
        return Posterior(
            draws, np.stack(present, 1), np.stack(means), np.stack(prevalences), weight @ self.present, middle,
            np.median(draws, axis=1),
        )  # fmt: skip

    def _people(self) -> tuple[NDArray[np.int_], Floats, Floats]:
        """Structure (R,) and coordinates (R, K) of each person, drawn, and the probability (R, M) of each structure."""
        mean, covariance = self.population.mean, self.population.covariance
        prior = log_prior(self.coordinates, self.present, self.prevalence)
        log_weights = []
        for m, particles in enumerate(self.particles):
            a = particles.active
            factor = np.linalg.inv(np.linalg.cholesky(covariance[np.ix_(a, a)]))
            z = (particles.theta - mean[a]) @ factor.T
            density = -0.5 * np.einsum("rnk,rnk->rn", z, z) + np.log(np.diag(factor)).sum()
            log_weights.append(particles.log_weight + density + prior[m] - np.log(z.shape[1]))
        found = np.concatenate(log_weights, axis=1)
        largest = found.max(1, keepdims=True)
        weights = np.exp(found - np.where(np.isfinite(largest), largest, 0.0))
        weights /= weights.sum(1, keepdims=True)
        drawn = (weights.cumsum(1) < self.generator.random((self.n_rows, 1))).sum(1).clip(max=weights.shape[1] - 1)
        n = self.particles[0].theta.shape[1]
        structure, which = np.divmod(drawn, n)
        people = np.zeros((self.n_rows, len(mean)))
        shares = weights.reshape(self.n_rows, -1, n)
        for m, particles in enumerate(self.particles):
            rows = np.flatnonzero(structure == m)
            if len(rows):
                people[rows] = self._impute(particles.active, particles.theta[rows, which[rows]])
        return structure, people, shares.sum(-1)

    def _impute(self, active: NDArray[np.int_], theta: Floats) -> Floats:
        """Coordinates (r, K) of people of whom those that are present (r, A) are known: the population says the rest."""
        mean, covariance = self.population.mean, self.population.covariance
        full = np.tile(mean, (len(theta), 1))
        full[:, active] = theta
        missing = np.setdiff1d(self.used, active)
        if len(missing):
            pull = covariance[np.ix_(missing, active)] @ np.linalg.inv(covariance[np.ix_(active, active)])
            rest = covariance[np.ix_(missing, missing)] - pull @ covariance[np.ix_(active, missing)]
            factor = np.linalg.cholesky(rest + 1e-10 * np.eye(len(missing)))
            drawn = self.generator.normal(size=(len(theta), len(missing))) @ factor.T
            full[:, missing] = mean[missing] + (theta - mean[active]) @ pull.T + drawn
        return full

    def _population(self, structure: NDArray[np.int_], people: Floats) -> None:
        """Mean, covariance and prevalences, drawn."""
        used, n, rng = self.used, self.n_rows, self.generator
        usual, k = self.coordinates, len(self.used)
        of_used = people[:, used]
        precision = np.linalg.inv(self.population.covariance[np.ix_(used, used)])
        of_mean = np.linalg.inv(n * precision + np.diag(1 / usual.mean_sd[used] ** 2))
        centre = of_mean @ (precision @ of_used.sum(0) + usual.mean[used] / usual.mean_sd[used] ** 2)
        mean = rng.multivariate_normal(centre, of_mean)
        away = of_used - mean
        scale = away.T @ away + PSEUDO_PEOPLE * np.diag(usual.spread[used] ** 2)
        covariance = invwishart.rvs(PSEUDO_PEOPLE + k + 1 + n, scale, random_state=rng)
        new_mean, new_covariance = self.population.mean.copy(), self.population.covariance.copy()
        new_mean[used] = mean
        new_covariance[np.ix_(used, used)] = np.atleast_2d(covariance)
        self.population = Population(new_mean, new_covariance).held_apart(self.apart)
        n_present, n_possible = self.present[structure].sum(0), self.possible[structure].sum(0)
        drawn = rng.beta(HALF + n_present, HALF + n_possible - n_present)
        differs = usual.differs & self.present.any(0)
        self.prevalence = np.where(differs, drawn, self.prevalence)
