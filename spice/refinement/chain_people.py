"""Moves of people, by Metropolis and Hastings: what each has, and how much, as their choices and the population say.

Several chains go side by side, so that one run through the choices serves a move of all of them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population, Quadratic
from spice.refinement.priors import log_prior
from spice.refinement.structures import Structures

Floats = NDArray[np.float64]

FLATTER = 0.8
"""Of parabolas that leaps are drawn from: likelihoods have heavier tails than they say."""
ANYWHERE = 0.05
"""Share of leaps to any structure, however little is known for it."""
STRIDE = 0.7
"""Of steps within a structure, in standard deviations of what the parabola leaves open."""


@dataclass
class People:
    """Where C chains have the R people.

    Attributes
    ----------
    structure : (C, R) of int
    theta : (C, R, K)
        Coordinates, mirrored by the signs of the structure. What a person lacks is what it would be.
    log_likelihood : (C, R)
    """

    structure: NDArray[np.int_]
    theta: Floats
    log_likelihood: Floats


@dataclass(frozen=True)
class _Leaps:
    """What each person (C, R) leaps to, as if likelihoods were the parabolas, flatter.

    Attributes
    ----------
    log_evidence : (C, R, M)
    log_share : (C, R, M)
        How probable each structure is as the end of a leap.
    log_prior : (C, M)
    whitened_mean, factor : (C, R, M, U), (C, R, M, U, U)
        Of the normal distribution in each structure, in what is used: its mean times the factor, and the factor of its
        precision.
    """

    log_evidence: Floats
    log_share: Floats
    log_prior: Floats
    whitened_mean: Floats
    factor: Floats


class PeopleMoves:
    """Moves of people whose choices are at hand.

    Parameters
    ----------
    likelihood : EquationLikelihood
    structures : Structures
        What a person can have, and the parabola of each person under each.
    generator : Generator
    """

    def __init__(self, likelihood: EquationLikelihood, structures: Structures, generator: np.random.Generator) -> None:
        self.likelihood, self.structures, self.rng = likelihood, structures, generator
        self.present, self.coordinates = structures.present, likelihood.coordinates
        self.used = np.flatnonzero(self.present.any(0))
        q, at = structures.quadratic, structures.theta[..., self.used]
        q = Quadratic(q.constant, q.score[..., self.used], q.information[..., self.used[:, None], self.used])
        self.quadratic = q
        curved = np.einsum("rmk,rmkl,rml->rm", at, q.information, at)
        # Flatter, but at its top, or where it was looked at, as it was.
        rest = (1.0 - FLATTER) * ((q.score * at).sum(-1) - 0.5 * curved)
        self.flat = replace(q, constant=q.constant + rest, score=FLATTER * q.score, information=FLATTER * q.information)
        self.silent: NDArray[np.bool_] = np.zeros(likelihood.n_rows, dtype=bool)

    def start(self, weights: Floats, n_chains: int) -> People:
        """Everybody at the best point of a structure that is drawn.

        Parameters
        ----------
        weights : (R, M)
            Probability of each structure in each person.
        n_chains : int

        Returns
        -------
        People
        """
        rows = np.arange(len(weights))
        sums = weights.cumsum(1)[None] / weights.sum(1)[:, None]
        structure = (sums < self.rng.random((n_chains, len(rows), 1))).sum(-1).clip(max=weights.shape[1] - 1)
        theta = self.structures.theta[rows, structure]
        # Of a person whose choices have no likelihood where the others start, all is as likely.
        found = self._log_likelihood(theta, structure)
        self.silent = np.asarray(~np.isfinite(found).all(0))
        return People(structure, theta, np.where(self.silent, 0.0, found))

    def leap(self, people: People, population: Population, prevalence: Floats) -> People:
        """Each person to any structure, and anywhere in it.

        Parameters
        ----------
        people : People
        population : Population
            (C, ...).
        prevalence : (C, K)

        Returns
        -------
        People
        """
        leaps = self._leaps(population, prevalence)
        sums = np.exp(leaps.log_share).cumsum(-1)
        structure = (sums < self.rng.random((*sums.shape[:2], 1)) * sums[..., -1:]).sum(-1)
        factor = _of(leaps.factor, structure)
        mean = _of(leaps.whitened_mean, structure)
        noise = self.rng.normal(size=mean.shape)
        theta = people.theta.copy()
        theta[..., self.used] = np.linalg.solve(factor.transpose(0, 1, 3, 2), (mean + noise)[..., None])[..., 0]
        found = self._log_likelihood(theta, structure)
        gain = self._log_weight(leaps, structure, theta, found)
        gain -= self._log_weight(leaps, people.structure, people.theta, people.log_likelihood)
        return self._accept(people, People(structure, theta, found), gain)

    def step(self, people: People, population: Population) -> People:
        """Each person some way from where they are, with what they have.

        Parameters
        ----------
        people : People
        population : Population
            (C, ...).

        Returns
        -------
        People
        """
        rows = np.arange(people.theta.shape[1])
        mean, precision = (values[:, None] for values in self._of_used(population))
        system = self.quadratic.information[rows, people.structure] + precision
        upper = np.linalg.cholesky(system).transpose(0, 1, 3, 2)
        theta = people.theta.copy()
        noise = self.rng.normal(size=(*theta.shape[:-1], len(self.used), 1))
        theta[..., self.used] += STRIDE * np.linalg.solve(upper, noise)[..., 0]
        found = self._log_likelihood(theta, people.structure)
        gain = found - people.log_likelihood
        for sign, at in ((-0.5, theta), (0.5, people.theta)):
            away = at[..., self.used] - mean
            gain = gain + sign * np.einsum("crk,crkl,crl->cr", away, precision, away)
        return self._accept(people, People(people.structure, theta, found), gain)

    def moved(self, people: People, theta: Floats) -> People:
        """Everybody elsewhere.

        Parameters
        ----------
        people : People
        theta : (C, R, K)

        Returns
        -------
        People
        """
        return People(people.structure, theta, self._log_likelihood(theta, people.structure))

    def _leaps(self, population: Population, prevalence: Floats) -> _Leaps:
        mean, precision = self._of_used(population)
        pulled = np.einsum("ckl,cl->ck", precision, mean)
        factor = np.linalg.cholesky(self.flat.information + precision[:, None, None])
        middle = np.linalg.solve(factor, (self.flat.score + pulled[:, None, None])[..., None])[..., 0]
        size = np.log(np.einsum("crmkk->crmk", factor)).sum(-1)
        of_population = (mean * pulled).sum(-1) - np.linalg.slogdet(precision)[1]
        evidence = self.flat.constant + 0.5 * ((middle**2).sum(-1) - of_population[:, None, None]) - size
        prior = np.stack([log_prior(self.coordinates, self.present, p) for p in prevalence])
        prior += self.structures.log_share
        share = evidence + prior[:, None]
        share -= np.logaddexp.reduce(share, axis=-1, keepdims=True)
        share = np.logaddexp(share + np.log1p(-ANYWHERE), np.log(ANYWHERE / share.shape[-1]))
        return _Leaps(evidence, share, prior, middle, np.asarray(factor, dtype=np.float64))

    def _of_used(self, population: Population) -> tuple[Floats, Floats]:
        """Means (C, U) and precisions (C, U, U) of what is used."""
        covariance = population.covariance[:, self.used[:, None], self.used]
        return population.mean[:, self.used], np.asarray(np.linalg.inv(covariance))

    def _log_weight(self, leaps: _Leaps, structure: NDArray[np.int_], theta: Floats, found: Floats) -> Floats:
        """Log weight (C, R): how much more probable people are than leaps make them."""
        rows = np.arange(theta.shape[1])
        theta = theta[..., self.used]
        score, information = self.flat.score[rows, structure], self.flat.information[rows, structure]
        parabola = (score * theta).sum(-1) - 0.5 * np.einsum("crk,crkl,crl->cr", theta, information, theta)
        parabola += self.flat.constant[rows, structure]
        prior = np.take_along_axis(leaps.log_prior, structure, 1)
        return np.asarray(
            prior + found - parabola + _of(leaps.log_evidence, structure) - _of(leaps.log_share, structure)
        )

    def _log_likelihood(self, theta: Floats, structure: NDArray[np.int_]) -> Floats:
        present = self.present[structure]
        nll = self.likelihood.nll(theta * self.structures.sign[structure], present)
        low, high = 2 * self.coordinates.low, 2 * self.coordinates.high
        usable = np.isfinite(nll) & (((theta >= low) & (theta <= high)) | ~present).all(-1)
        return np.asarray(np.where(self.silent, 0.0, np.where(usable, -nll, -np.inf)), dtype=np.float64)

    def _accept(self, now: People, new: People, gain: Floats) -> People:
        taken = np.log(self.rng.random(gain.shape)) < gain
        return People(
            np.where(taken, new.structure, now.structure),
            np.where(taken[..., None], new.theta, now.theta),
            np.where(taken, new.log_likelihood, now.log_likelihood),
        )


def _of(values: Floats, structure: NDArray[np.int_]) -> Floats:
    """Values (C, R, ...) of one of the structures (C, R, M, ...) of each person."""
    where = structure.reshape(*structure.shape, *(1,) * (values.ndim - 2))
    return np.asarray(np.take_along_axis(values, where, 2)[:, :, 0])
