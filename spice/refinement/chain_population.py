"""Moves of populations, whose people are as they are: means, covariances and how many have what (Gibbs).

References
----------
Huang & Wand (2013), Simple marginally noninformative prior distributions for covariance matrices. Bayesian Anal 8.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln
from scipy.stats import invwishart

from spice.refinement.coordinates import Coordinates
from spice.refinement.population import Population
from spice.refinement.priors import ALL_OR_NOBODY, HALF, can_be, log_prior_of_population, log_prior_of_size

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

TRIES = 2
"""Draws of a covariance, of which each is taken as the prior of sizes asks for."""
STEP = 0.25
"""Of one coordinate of a population, in spreads of people, where these are few."""
MANY = 36.0
"""People from which a population is known so well that steps must be smaller."""


class PopulationMoves:
    """Moves of the populations of C chains.

    Parameters
    ----------
    coordinates : Coordinates
    present : (M, K)
        What people can have.
    apart : (K,)
        Coordinates that are held as `Population.held_apart` says.
    generator : Generator
    """

    def __init__(self, coordinates: Coordinates, present: Mask, apart: Mask, generator: np.random.Generator) -> None:
        self.coordinates, self.present, self.apart, self.rng = coordinates, present, apart, generator
        self.possible = can_be(coordinates, present)
        self.is_used = np.asarray(present.any(0))
        self.used = np.flatnonzero(self.is_used)

    def draw(self, population: Population, theta: Floats) -> Population:
        """Means and covariances, given everybody's coordinates.

        Parameters
        ----------
        population : Population
            As it is, (C, ...).
        theta : (C, R, K)

        Returns
        -------
        Population
        """
        used, usual, n = self.used, self.coordinates, theta.shape[1]
        k, of_used = len(used), theta[..., used]
        precision = self._precision(population)
        of_mean = np.linalg.inv(n * precision + np.diag(1 / usual.mean_sd[used] ** 2))
        pulled = np.einsum("ckl,cl->ck", precision, of_used.sum(1)) + usual.mean[used] / usual.mean_sd[used] ** 2
        noise = np.linalg.cholesky(of_mean) @ self.rng.normal(size=(len(theta), k, 1))
        mean = population.mean.copy()
        mean[:, used] = np.einsum("ckl,cl->ck", of_mean, pulled) + noise[..., 0]
        population = self._taken(Population(mean, population.covariance), population)
        away = of_used - population.mean[:, None, used]
        scatter = away.transpose(0, 2, 1) @ away
        for _ in range(TRIES):
            # Of Huang and Wand with two degrees of freedom: any correlation is as likely, spreads small or large.
            rate = 2.0 * np.einsum("ckk->ck", self._precision(population)) + 1.0 / usual.spread[used] ** 2
            scale = scatter + 4.0 * self.rng.gamma((2.0 + k) / 2, 1.0 / rate)[:, None] * np.eye(k)
            covariance = population.covariance.copy()
            covariance[:, used[:, None], used] = [
                np.atleast_2d(invwishart.rvs(1.0 + k + n, one, random_state=self.rng)) for one in scale
            ]
            population = self._taken(Population(population.mean, covariance), population)
        return population

    def step(self, population: Population, theta: Floats) -> Population:
        """Mean and spread of each coordinate some way from where they are, given everybody's coordinates.

        Parameters
        ----------
        population : Population
            As it is, (C, ...).
        theta : (C, R, K)

        Returns
        -------
        Population
        """
        size = usual_step(theta.shape[1])
        now = self._of_people(population, theta)
        for k in self.used:
            new, _, log_ratio = self.proposed(population, int(k), size)
            then = self._of_people(new, theta)
            taken = np.log(self.rng.random(len(now))) < log_ratio + then - now
            population, now = either(taken, new, population), np.where(taken, then, now)
        return population

    def proposed(self, population: Population, k: int, size: float) -> tuple[Population, Floats, Floats]:
        """Another mean and spread of one coordinate.

        Parameters
        ----------
        population : Population
            As it is, (C, ...).
        k : int
            Which coordinate.
        size : float
            Of the move, in spreads of people.

        Returns
        -------
        Population
        (C,)
            By what factor each is wider.
        (C,)
            Log ratio of the priors, and of the ways there and back; minus infinity where it may not be.
        """
        wider, away = self.rng.normal(size=(2, len(population.mean))) * size
        mean, covariance = population.mean.copy(), population.covariance.copy()
        factor = np.exp(wider)
        # What is held apart from nothing is larger and wider by the same factor. Else the step is in units of the
        # spread halfway between the old and the new one, so that the way back is as probable as the way there.
        halfway = np.sqrt(covariance[:, k, k] * factor)
        mean[:, k] = mean[:, k] * factor if self.apart[k] else mean[:, k] + away * halfway
        covariance[:, k, :] *= factor[:, None]
        covariance[:, :, k] *= factor[:, None]
        new = Population(mean, covariance)
        # Jacobian: one variance and its covariances with the others, and the mean where it is scaled too.
        log_ratio = (len(self.used) + 1 + self.apart[k]) * wider
        log_ratio += log_prior_of_population(self.coordinates, self.is_used, new)
        log_ratio -= log_prior_of_population(self.coordinates, self.is_used, population)
        return new, factor, np.where(new.is_apart(self.apart), log_ratio, -np.inf)

    def prevalence(self, prevalence: Floats, structure: NDArray[np.int_]) -> Floats:
        """Shares of people who have each coordinate, given who has: everybody, nobody, or some.

        Parameters
        ----------
        prevalence : (C, K)
            As it is.
        structure : (C, R) of int

        Returns
        -------
        (C, K)
        """
        n_present, n = self.present[structure].sum(1), self.possible[structure].sum(1)
        drawn = self.rng.beta(HALF + n_present, HALF + n - n_present)
        # That all have it, if it is in some only: a Beta distribution of what is known before is integrated over.
        some = np.exp(betaln(HALF + n, HALF) - betaln(HALF, HALF))
        odds = ALL_OR_NOBODY / ((1.0 - 2.0 * ALL_OR_NOBODY) * some)
        whole = (self.rng.random(n.shape) < odds / (1.0 + odds)) & (n > 0)
        drawn = np.where(whole & (n_present == n), 1.0, drawn)
        drawn = np.where(whole & (n_present == 0), 0.0, drawn)
        return np.where(self.coordinates.differs & self.is_used, drawn, prevalence)

    def _precision(self, population: Population) -> Floats:
        return np.asarray(np.linalg.inv(population.covariance[:, self.used[:, None], self.used]))

    def _of_people(self, population: Population, theta: Floats) -> Floats:
        """Log density (C,) of everybody."""
        precision = self._precision(population)
        away = theta[..., self.used] - population.mean[:, None, self.used]
        scatter = away.transpose(0, 2, 1) @ away
        return np.asarray(0.5 * (theta.shape[1] * np.linalg.slogdet(precision)[1] - (precision * scatter).sum((1, 2))))

    def _taken(self, drawn: Population, now: Population) -> Population:
        """What was drawn without the prior of sizes, as often as that prior asks for."""
        gain = log_prior_of_size(self.coordinates, drawn, self.is_used)
        gain -= log_prior_of_size(self.coordinates, now, self.is_used)
        return either(drawn.is_apart(self.apart) & (np.log(self.rng.random(len(gain))) < gain), drawn, now)


def usual_step(n_people: int) -> float:
    """How far a step of a population goes.

    Parameters
    ----------
    n_people : int

    Returns
    -------
    float
        In spreads of people.
    """
    return float(STEP * min(1.0, np.sqrt(MANY / n_people)))


def either(first: Mask, one: Population, other: Population) -> Population:
    """Of each chain the one or the other population.

    Parameters
    ----------
    first : (C,)
    one, other : Population
        (C, ...).

    Returns
    -------
    Population
    """
    return Population(
        np.where(first[:, None], one.mean, other.mean),
        np.where(first[:, None, None], one.covariance, other.covariance),
    )
