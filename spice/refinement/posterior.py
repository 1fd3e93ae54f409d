"""What the choices leave open: draws of people, their structures and their population, from the posterior.

Parabolas around the best points are a first answer. Here each person's coordinates are drawn from them, with heavier
tails, and weighed by the likelihood itself; nothing more need be run. A Gibbs sampler then goes back and forth
between people, who take one of their draws each, and the population: its mean, covariance and prevalences. So the
uncertainty of structure, and of the population, is in every number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import invwishart

from spice.equations.coefficients import N_DRAWS
from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.particles import Particles, draw_particles
from spice.refinement.population import Population
from spice.refinement.presence import RARE, Mixture
from spice.refinement.priors import HALF, can_be, log_prior, log_prior_of_population, log_prior_of_size

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WARM_UP, FEWEST_SWEEPS, MOST_SWEEPS, SWEEP_WORK = 100, 400, 1000, 40_000_000
"""Sweeps of the sampler before any counts, and of those that count; the more, the fewer people and draws there are."""
MOST_PARTICLES, FEWEST_PARTICLES, WORK = 640, 64, 24_000_000
"""Draws of each person and structure; as many as choices are few, since each runs over all choices of the person."""
STEP = 0.25
"""Of a move of the population, in spreads of people."""
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


def average(posteriors: Sequence[Posterior], weights: Sequence[float]) -> Posterior:
    """The posterior where the structure of the population is one of several.

    Parameters
    ----------
    posteriors : sequence of Posterior
        Of each structure, with the same number of draws; the most probable first, which says where people are about.
    weights : sequence of float
        How probable each structure is, in any unit.

    Returns
    -------
    Posterior
    """
    best, shares = posteriors[0], np.asarray(weights) / np.sum(weights)
    n_draws = best.theta.shape[1]
    ends = np.rint(n_draws * np.cumsum(shares)).astype(int)
    # A share of each, from all of its draws.
    which = [np.linspace(0, n_draws - 1, n).astype(int) for n in np.diff(ends, prepend=0)]
    pairs = list(zip(posteriors, which, strict=True))
    return replace(
        best,
        theta=np.concatenate([one.theta[:, some] for one, some in pairs], axis=1),
        present=np.concatenate([one.present[:, some] for one, some in pairs], axis=1),
        mean=np.concatenate([one.mean[some] for one, some in pairs]),
        prevalence=np.concatenate([one.prevalence[some] for one, some in pairs]),
        probability=np.tensordot(shares, [one.probability for one in posteriors], 1),
    )


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
        particles = [draw_particles(likelihood, mixture, int(m), n_particles, generator) for m in kept]
        sampler = _Sampler(coordinates, present, particles, mixture, generator)
        population = sampler.warm_up()
        if sampler.is_well_covered():
            break
        # The population is elsewhere than it was when people's draws were made.
        mixture = replace(mixture, population=population)
    return sampler.run()


class _Sampler:
    """Gibbs sampler over people, who take a particle each, and their population."""

    def __init__(
        self, coordinates: Coordinates, present: Mask, particles: list[Particles], mixture: Mixture,
        generator: np.random.Generator,
    ) -> None:  # fmt: skip
        self.coordinates, self.present, self.particles, self.generator = coordinates, present, particles, generator
        self.population, self.prevalence = mixture.population, mixture.prevalence
        self.apart = mixture.apart
        self.is_used = np.asarray(present.any(0))
        self.used = np.flatnonzero(self.is_used)
        self.n_rows = len(particles[0].theta)
        self.possible = can_be(coordinates, present)
        self.effective = np.full(self.n_rows, float(ENOUGH))

    def warm_up(self) -> Population:
        """Go where the population is likely to be: the mean of what is gone through."""
        mean, covariance = np.zeros_like(self.population.mean), np.zeros_like(self.population.covariance)
        for _ in range(WARM_UP):
            self._sweep()
            mean += self.population.mean / WARM_UP
            covariance += self.population.covariance / WARM_UP
        return Population(mean, covariance)

    def run(self) -> Posterior:
        """Draws, and the mean of more of them."""
        theta, present, means, prevalences = [], [], [], []
        weight = np.zeros((self.n_rows, len(self.present)))
        covariance = np.zeros_like(self.population.covariance)
        n_particles = sum(particles.log_weight.size for particles in self.particles)
        n_sweeps = int(np.clip(SWEEP_WORK / n_particles, FEWEST_SWEEPS, MOST_SWEEPS))
        kept = np.linspace(0, n_sweeps - 1, N_DRAWS).astype(int)
        for sweep in range(n_sweeps):
            structure, people, shares = self._sweep()
            weight += shares / n_sweeps
            covariance += self.population.covariance / n_sweeps
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

    def _sweep(self) -> tuple[NDArray[np.int_], Floats, Floats]:
        """People, then the population; structure (R,), coordinates (R, K), probability (R, M) of each structure."""
        structure, people, shares = self._people()
        if self.n_rows > 1:
            self._population(people)
            self._prevalence(structure)
        return structure, people, shares

    def is_well_covered(self) -> bool:
        """Whether each person's draws still stand for enough of them, as the population is now."""
        return bool(np.quantile(self.effective, FEW) > ENOUGH)

    def _people(self) -> tuple[NDArray[np.int_], Floats, Floats]:
        """Structure (R,) and coordinates (R, K) of each person, drawn, and the probability (R, M) of each structure."""
        weights = self._move(*self._marginal(self.population, self.prevalence))
        self.effective += 0.1 * (1.0 / (weights**2).sum(1) - self.effective)
        drawn = (weights.cumsum(1) < self.generator.random((self.n_rows, 1))).sum(1).clip(max=weights.shape[1] - 1)
        n = self.particles[0].theta.shape[1]
        structure, which = np.divmod(drawn, n)
        people = np.zeros((self.n_rows, len(self.population.mean)))
        shares = weights.reshape(self.n_rows, -1, n)
        for m, particles in enumerate(self.particles):
            rows = np.flatnonzero(structure == m)
            if len(rows):
                people[rows] = self._impute(particles.active, particles.theta[rows, which[rows]])
        return structure, people, shares.sum(-1)

    def _marginal(self, population: Population, prevalence: Floats) -> tuple[Floats, float]:
        """Probability (R, M N) of each person's draws, and how likely the population is, whoever has what."""
        prior = log_prior(self.coordinates, self.present, prevalence)
        found = np.empty((self.n_rows, len(self.particles), self.particles[0].theta.shape[1]))
        for m, particles in enumerate(self.particles):
            a = particles.active
            factor = np.linalg.inv(np.linalg.cholesky(population.covariance[np.ix_(a, a)]))
            z = factor @ particles.by_coordinate
            z -= (factor @ population.mean[a])[:, None]
            found[:, m] = -0.5 * np.einsum("kn,kn->n", z, z).reshape(particles.log_weight.shape) + particles.log_weight
            found[:, m] += np.log(np.diag(factor)).sum() + prior[m] - np.log(found.shape[-1])
        weights = found.reshape(self.n_rows, -1)
        largest = weights.max(1, keepdims=True)
        usable = np.isfinite(largest)[:, 0]
        # Of a person none of whose draws has a likelihood, any is as good.
        weights[~usable] = 0.0
        weights -= np.where(usable[:, None], largest, 0.0)
        np.exp(weights, out=weights)
        total = weights.sum(1, keepdims=True)
        weights /= total
        return weights, float((largest + np.log(total))[usable].sum())

    def _move(self, weights: Floats, log_likelihood: float) -> Floats:
        """Another mean, spread and prevalence of one coordinate, whoever has it (Metropolis).

        Who has something, and how much those have who have it, hang together too closely to be drawn in turn alone.
        """
        rng, now, held = self.generator, self.population, self.apart
        if self.n_rows == 1 or not len(self.used):
            return weights
        k = int(rng.choice(self.used))
        wider, away, more = rng.normal(size=3) * STEP
        mean, covariance, prevalence = now.mean.copy(), now.covariance.copy(), self.prevalence.copy()
        # What is held apart from nothing is larger and wider by the same factor. Else the step is in units of the
        # spread halfway between the old and the new one, so that the way back is as probable as the way there.
        halfway = np.sqrt(covariance[k, k]) * np.exp(0.5 * wider)
        mean[k] = mean[k] * np.exp(wider) if held[k] else mean[k] + away * halfway
        covariance[k, :] *= np.exp(wider)
        covariance[:, k] *= np.exp(wider)
        # Jacobian: one variance and its covariances with the others, and the mean where it is scaled too.
        log_ratio = (len(self.used) + 1 + held[k]) * wider
        if self.coordinates.differs[k]:
            p = prevalence[k].clip(1e-9, 1 - 1e-9)
            prevalence[k] = expit(logit(p) + 4 * more)
            log_ratio += HALF * np.log(prevalence[k] * (1 - prevalence[k]) / (p * (1 - p)))
        new = Population(mean, covariance)
        if not new.is_apart(held):
            return weights
        log_ratio += log_prior_of_population(self.coordinates, self.is_used, new)
        log_ratio -= log_prior_of_population(self.coordinates, self.is_used, now)
        moved, log_new = self._marginal(new, prevalence)
        if np.log(rng.random()) < log_ratio + log_new - log_likelihood:
            self.population, self.prevalence = new, prevalence
            return moved
        return weights

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
        mean = self.population.mean.copy()
        mean[used] = rng.multivariate_normal(centre, of_mean)
        self._accept(Population(mean, self.population.covariance))
        away = of_used - self.population.mean[used]
        # Of Huang and Wand with two degrees of freedom: any correlation is as likely, spreads may be small or large.
        rate = 2.0 * np.diag(precision) + 1.0 / usual.spread[used] ** 2
        scale = away.T @ away + 4.0 * np.diag(rng.gamma((2.0 + k) / 2, 1.0 / rate))
        covariance = self.population.covariance.copy()
        covariance[np.ix_(used, used)] = np.atleast_2d(invwishart.rvs(1.0 + k + n, scale, random_state=rng))
        self._accept(Population(self.population.mean, covariance))

    def _accept(self, drawn: Population) -> None:
        """Take a population that was drawn without the prior of sizes, as often as that prior asks for."""
        gain = log_prior_of_size(self.coordinates, drawn, self.is_used)
        gain -= log_prior_of_size(self.coordinates, self.population, self.is_used)
        if drawn.is_apart(self.apart) and np.log(self.generator.random()) < gain:
            self.population = drawn

    def _prevalence(self, structure: NDArray[np.int_]) -> None:
        """Share of people who have each coordinate, drawn."""
        n_present, n_possible = self.present[structure].sum(0), self.possible[structure].sum(0)
        drawn = self.generator.beta(HALF + n_present, HALF + n_possible - n_present)
        differs = self.coordinates.differs & self.present.any(0)
        self.prevalence = np.where(differs, drawn, self.prevalence)
