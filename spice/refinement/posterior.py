"""What the choices leave open: draws of people, their structures and their population, from the posterior.

Parabolas around the best points are a first answer. From there some chains go back and forth between people, who leap
to what the parabolas and the population suggest and stay where their choices are likely, and the population: its mean,
covariance and prevalences. So the uncertainty of structure, and of the population, is in every number.

Where choices tell little of each person, people and their population hang together too closely to be drawn in turn
alone: a spread stays small as long as people are alike, who are alike as long as it is small. So both are also
stretched at once, which leaves each person at the same place in the population.

References
----------
Carlin & Chib (1995), Bayesian model choice via Markov chain Monte Carlo methods. J R Stat Soc B 57 (structures: what
is absent is drawn from the population). Yu & Meng (2011), To center or not to center. J Comput Graph Stat 20.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spice.equations.coefficients import N_DRAWS
from spice.refinement.chain_people import PeopleMoves
from spice.refinement.chain_population import PopulationMoves, either, usual_step
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population
from spice.refinement.presence import RARE, Mixture

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

CHAINS = ((5_000, 8), (200_000, 4), (float("inf"), 2))
"""How many go side by side, up to so many choices: fewer where one run through the choices is long enough."""
MANY_PEOPLE = 300
"""People from which there are two chains, for memory."""
WORK, FEWEST_SWEEPS, MOST_SWEEPS, WARM_UP = 16_000_000, 80, 250, 0.3
"""Choices that are gone through by a kind of move, which says how many sweeps count; those before, as a share of
them."""
WORST = 100.0
"""R-hat of chains each of which stays in a place of its own."""
STRETCHES = 2
"""Coordinates of which people and population are stretched at once, in a sweep."""
OFTEN, LEARNING = 0.4, 0.3
"""How often a stretch is to be taken, and how quickly its size is made to fit that."""


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
    r_hat : float
        Of the population's means, spreads and prevalences, or of one person's coordinates: how much wider all halves of
        chains are than one of them, at most (Gelman & Rubin); 1 where they agree.
    """

    theta: Floats
    present: Mask
    mean: Floats
    prevalence: Floats
    probability: Floats
    population: Population
    start: Floats
    r_hat: float = 1.0


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
    has = np.concatenate([np.tile(one.present.any((0, 1)), (len(some), 1)) for one, some in pairs])
    mean = np.concatenate([one.mean[some] for one, some in pairs])
    for k in np.flatnonzero(has.any(0)):
        # What a structure lacks has a prevalence of 0 there, and no mean.
        mean[~has[:, k], k] = np.resize(mean[has[:, k], k], (~has[:, k]).sum())
    return replace(
        best,
        theta=np.concatenate([one.theta[:, some] for one, some in pairs], axis=1),
        present=np.concatenate([one.present[:, some] for one, some in pairs], axis=1),
        mean=mean,
        prevalence=np.concatenate([one.prevalence[some] for one, some in pairs]),
        probability=np.tensordot(shares, [one.probability for one in posteriors], 1).clip(max=1.0),
        r_hat=max(one.r_hat for one in posteriors),
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
    chains = _Chains(likelihood, mixture, generator)
    for _ in range(int(np.ceil(WARM_UP * chains.n_sweeps))):
        chains.sweep(is_warm_up=True)
    return chains.run()


class _Chains:
    """Chains, side by side."""

    def __init__(self, likelihood: EquationLikelihood, mixture: Mixture, generator: np.random.Generator) -> None:
        self.coordinates = likelihood.coordinates
        kept = mixture.weights.max(0) > RARE
        self.structures = mixture.structures.select(kept)
        self.rng = generator
        n_choices, n_people = float(likelihood.n_choices.sum()), likelihood.n_rows
        fewest = CHAINS[-1][1]
        of_choices = next(n for most, n in CHAINS if n_choices <= most)
        self.n_chains = fewest if n_people > MANY_PEOPLE else of_choices
        self.n_sweeps = int(np.clip(WORK / (n_choices * self.n_chains), FEWEST_SWEEPS, MOST_SWEEPS))
        self.of_people = PeopleMoves(likelihood, self.structures, generator)
        self.of_population = PopulationMoves(self.coordinates, self.structures.present, mixture.apart, generator)
        self.people = self.of_people.start(mixture.weights[:, kept], self.n_chains)
        start = mixture.population
        self.population = Population(
            np.tile(start.mean, (self.n_chains, 1)), np.tile(start.covariance, (self.n_chains, 1, 1))
        )
        self.prevalence = np.tile(mixture.prevalence, (self.n_chains, 1))
        self.is_estimated = n_people > 1 and bool(len(self.of_population.used))
        self.stretch_size = np.full(len(self.coordinates), usual_step(n_people))

    def run(self) -> Posterior:
        """Draws, and the mean of more of them."""
        wanted = np.linspace(0, self.n_sweeps * self.n_chains - 1, N_DRAWS).astype(int)
        theta, present, means, prevalences, gone_through = [], [], [], [], []
        often = np.zeros(self.people.theta.shape[1:])
        covariance = np.zeros_like(self.population.covariance[0])
        for sweep in range(self.n_sweeps):
            self.sweep()
            has, sign = (of[self.people.structure] for of in (self.structures.present, self.structures.sign))
            often += has.mean(0)
            # Where some have the opposite of what others have, all of them together are around what is between.
            leaning = (1.0 + (sign * has).sum(1)) / (1.0 + has.sum(1))
            population = self.population.leaning(leaning)
            covariance += population.covariance.mean(0) / self.n_sweeps
            gone_through.append(self._numbers(population))
            for c in map(int, wanted[wanted // self.n_chains == sweep] % self.n_chains):
                theta.append(self.people.theta[c] * sign[c])
                present.append(has[c])
                means.append(population.mean[c])
                prevalences.append(self.prevalence[c].copy())
        draws = np.stack(theta, 1)
        middle = Population(np.mean(means, axis=0), covariance)
        typical, agreement = np.median(draws, axis=1), r_hat(np.stack(gone_through))
        return Posterior(
            draws,
            np.stack(present, 1),
            np.stack(means),
            np.stack(prevalences),
            often / self.n_sweeps,
            middle,
            typical,
            agreement,
        )

    def _numbers(self, population: Population) -> Floats:
        """What chains (C, ...) must agree in."""
        used = self.of_population.used
        if not self.is_estimated:
            has = self.structures.present[self.people.structure[:, 0]][:, used]
            return np.hstack([self.people.theta[:, 0, used], has])
        spreads = np.log(population.variance[:, used])
        return np.hstack([population.mean[:, used], spreads, self.prevalence[:, used]])

    def sweep(self, is_warm_up: bool = False) -> None:
        """People, then their population, then both together."""
        self.people = self.of_people.leap(self.people, self.population, self.prevalence)
        self.people = self.of_people.step(self.people, self.population)
        if not self.is_estimated:
            return
        moves, people = self.of_population, self.people
        self.population = moves.step(moves.draw(self.population, people.theta), people.theta)
        self.prevalence = moves.prevalence(self.prevalence, people.structure)
        for k in self.rng.choice(moves.used, min(STRETCHES, len(moves.used)), replace=False):
            self._stretch(int(k), is_warm_up)

    def _stretch(self, k: int, is_warm_up: bool) -> None:
        """One coordinate of the population, and of everybody with it."""
        before, theta = self.population, self.people.theta.copy()
        after, factor, log_ratio = self.of_population.proposed(before, k, float(self.stretch_size[k]))
        theta[..., k] = after.mean[:, [k]] + (theta[..., k] - before.mean[:, [k]]) * factor[:, None]
        moved = self.of_people.moved(self.people, theta)
        gain = (moved.log_likelihood - self.people.log_likelihood).sum(1) + log_ratio
        taken = np.log(self.rng.random(self.n_chains)) < gain
        self.population = either(taken, after, before)
        self.people.theta[taken] = moved.theta[taken]
        self.people.log_likelihood[taken] = moved.log_likelihood[taken]
        if is_warm_up:
            self.stretch_size[k] *= np.exp(LEARNING * (taken.mean() - OFTEN))


def r_hat(values: Floats) -> float:
    """How much wider all halves of chains are than one of them.

    Parameters
    ----------
    values : (S, C, N)
        Of N numbers, after each of S sweeps of C chains.

    Returns
    -------
    float
        Of the number in which they agree least; 1 where there is none, and no more than that of chains that are stuck.
    """
    half = len(values) // 2
    halves = np.concatenate([values[:half], values[half : 2 * half]], axis=1)
    within, between = halves.var(0, ddof=1).mean(0), halves.mean(0).var(0, ddof=1)
    moving = (within > 0) | (between > 0)
    ratio = (half - 1) / half + between[moving] / np.maximum(within[moving], between[moving] / WORST**2)
    return float(np.sqrt(ratio.max(initial=1.0)))
