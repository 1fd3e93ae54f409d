"""What the choices leave open: draws of people, their structures and their population, from the posterior.

Parabolas around the best points are a first answer. Here each person's coordinates are drawn from them, with heavier
tails, and weighed by the likelihood itself; nothing more need be run. A Gibbs sampler then goes back and forth
between people, who take one of their draws each, and the population: its mean, covariance and prevalences. So the
uncertainty of structure, and of the population, is in every number.

References
----------
Huang & Wand (2013), Simple marginally noninformative prior distributions for covariance matrices. Bayesian Anal 8.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import invwishart

from spice.equations.coefficients import N_DRAWS
from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population_fit import Population, Quadratic
from spice.refinement.presence import HALF, RARE, Mixture, can_be, log_prior

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEWEST_SWEEPS, MOST_SWEEPS, SWEEP_WORK = 250, 1000, 10_000_000
"""Sweeps of the sampler; as many as there are few people and draws of them. A fifth is burn-in."""
MOST_PARTICLES, FEWEST_PARTICLES, WORK = 240, 64, 12_000_000
"""Draws of each person and structure; as many as choices are few, since each runs over all choices of the person."""
TAILS, WIDER, WIDE = 7.0, 1.2, 3.0
"""Degrees of freedom and scale of what is drawn from, a t distribution; how much wider the other population is."""
MOST_PASSES, FEW, ENOUGH = 2, 0.1, 30
"""How often draws are made anew where they stand for fewer than that many, in so many people."""


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

    Returns
    -------
    Posterior
    """
    coordinates, structures = likelihood.coordinates, mixture.structures
    kept = np.flatnonzero(mixture.weights.max(0) > RARE)
    n_choices = float(likelihood.n_choices.sum())
    n_particles = int(np.clip(WORK / (n_choices * len(kept)), FEWEST_PARTICLES, MOST_PARTICLES))
    present = structures.present[kept]
    for _ in range(MOST_PASSES):
        particles = [_draw_particles(likelihood, mixture, int(m), n_particles, generator) for m in kept]
        sampler = _Sampler(coordinates, present, particles, mixture, generator)
        found = sampler.run(is_alone=likelihood.n_rows == 1)
        if sampler.is_well_covered():
            break
        # The population is elsewhere than it was when people's draws were made.
        mixture = replace(mixture, population=found.population)
    return found


def _draw_particles(
    likelihood: EquationLikelihood, mixture: Mixture, m: int, n: int, generator: np.random.Generator
) -> _Particles:
    """From the parabola of each person with the population as it was found, and with one that is much wider."""
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
    nll = likelihood.nll(full, np.tile(present, (likelihood.n_rows, 1))).T
    low, high = likelihood.coordinates.low[active], likelihood.coordinates.high[active]
    usable = np.isfinite(nll) & ((theta >= 2 * low) & (theta <= 2 * high)).all(-1)
    # Priors are normal densities without their constant, which counts coordinates.
    constant = 0.5 * len(active) * np.log(2 * np.pi)
    return _Particles(active, theta, np.where(usable, -np.where(usable, nll, 0.0) - log_q - constant, -np.inf))


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
        self.effective = np.full(self.n_rows, float(ENOUGH))

    def run(self, is_alone: bool) -> Posterior:
        theta, present, means, prevalences = [], [], [], []
        weight = np.zeros((self.n_rows, len(self.present)))
        covariance = np.zeros_like(self.population.covariance)
        n_particles = sum(particles.log_weight.size for particles in self.particles)
        n_sweeps = int(np.clip(SWEEP_WORK / n_particles, FEWEST_SWEEPS, MOST_SWEEPS))
        kept = np.linspace(n_sweeps // 5, n_sweeps - 1, N_DRAWS).astype(int)
        for sweep in range(n_sweeps):
            structure, people, shares = self._people()
            if not is_alone:
                self._population(people)
                self._prevalence(structure)
            if sweep >= kept[0]:
                weight += shares / (n_sweeps - kept[0])
                covariance += self.population.covariance / (n_sweeps - kept[0])
            if sweep in kept:
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

    def is_well_covered(self) -> bool:
        """Whether each person's draws still stand for enough of them, as the population is now."""
        return bool(np.quantile(self.effective, FEW) > ENOUGH)

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
        # Of a person none of whose draws has a likelihood, any is as good.
        weights = np.where(np.isfinite(largest), np.exp(found - np.where(np.isfinite(largest), largest, 0.0)), 1.0)
        weights /= weights.sum(1, keepdims=True)
        self.effective += 0.1 * (1.0 / (weights**2).sum(1) - self.effective)
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
        """Coordinates (r, K) of people of whom some (r, A) are known: the population says the rest."""
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

    def _population(self, people: Floats) -> None:
        """Mean and covariance, drawn."""
        used, n, rng = self.used, self.n_rows, self.generator
        if not len(used):
            return
        usual, k = self.coordinates, len(self.used)
        of_used = people[:, used]
        precision = np.linalg.inv(self.population.covariance[np.ix_(used, used)])
        of_mean = np.linalg.inv(n * precision + np.diag(1 / usual.mean_sd[used] ** 2))
        centre = of_mean @ (precision @ of_used.sum(0) + usual.mean[used] / usual.mean_sd[used] ** 2)
        mean = rng.multivariate_normal(centre, of_mean)
        away = of_used - mean
        # Of Huang and Wand with two degrees of freedom: any correlation is as likely, spreads may be small or large.
        rate = 2.0 * np.diag(precision) + 1.0 / usual.spread[used] ** 2
        scale = away.T @ away + 4.0 * np.diag(rng.gamma((2.0 + k) / 2, 1.0 / rate))
        covariance = invwishart.rvs(1.0 + k + n, scale, random_state=rng)
        new_mean, new_covariance = self.population.mean.copy(), self.population.covariance.copy()
        new_mean[used] = mean
        new_covariance[np.ix_(used, used)] = np.atleast_2d(covariance)
        self.population = Population(new_mean, new_covariance).held_apart(self.apart)

    def _prevalence(self, structure: NDArray[np.int_]) -> None:
        """Share of people who have each coordinate, drawn."""
        n_present, n_possible = self.present[structure].sum(0), self.possible[structure].sum(0)
        drawn = self.generator.beta(HALF + n_present, HALF + n_possible - n_present)
        differs = self.coordinates.differs & self.present.any(0)
        self.prevalence = np.where(differs, drawn, self.prevalence)
