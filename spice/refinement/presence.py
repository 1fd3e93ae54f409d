"""Who has which mechanism: structures of single people, in a population that may lack any of them.

Each optional coordinate has a prevalence and, in those who have it, a normal distribution over people: spike and slab
at the level of terms. A person's structure says what is present. Structures are compared by their marginal
likelihoods, given the population, and the population is estimated from all people, each weighed by what the
structures are worth.

References
----------
Kuo & Mallick (1998), Variable selection for regression models. Sankhya B 60. Stephan et al. (2009), Bayesian model
selection for group studies. NeuroImage 46 (structures as random effects).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population, Quadratic
from spice.refinement.population_fit import RowFit, estimate_population, maximise, maximise_from
from spice.refinement.priors import HALF, can_be, log_prior, price_of_a_population

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_IN_DOUBT, LIKELY, MOST_STRUCTURES = 8, 0.02, 32
"""Coordinates that are combined with others, at most; probability in somebody from which a structure is looked at."""
CLEARLY = 10.0
"""Nats by which a population that is not apart must be better: one with people on both sides of what others lack."""
RARE = 1e-3
"""Probability that a structure must have in somebody to be looked at again."""
ROUNDS, STEPS, LOOKS = 60, 2, 2
ALL_THE_WAY = 20
"""Steps of Fisher scoring from a start that may be far off."""
MUCH = 1.6
"""How large effects are where the search for those who have them starts, in standard deviations of what is usual."""


@dataclass(frozen=True)
class Structures:
    """M structures, with the likelihood of each person under each.

    Attributes
    ----------
    present : (M, K)
    theta : (R, M, K)
    quadratic : Quadratic
        (R, M, ...).
    """

    present: Mask
    theta: Floats
    quadratic: Quadratic

    def select(self, some: Mask) -> "Structures":
        """Some of them.

        Parameters
        ----------
        some : (M,)
            Which to keep.

        Returns
        -------
        Structures
        """
        q = self.quadratic
        return Structures(
            self.present[some], self.theta[:, some],
            Quadratic(q.constant[:, some], q.score[:, some], q.information[:, some]),
        )  # fmt: skip

    def joined(self, other: "Structures") -> "Structures":
        """These and others.

        Parameters
        ----------
        other : Structures
            Of the same people.

        Returns
        -------
        Structures
        """
        mine, theirs = self.quadratic, other.quadratic
        pairs = zip((mine.constant, mine.score, mine.information),
                    (theirs.constant, theirs.score, theirs.information), strict=True)  # fmt: skip
        return Structures(
            np.concatenate([self.present, other.present]), np.concatenate([self.theta, other.theta], axis=1),
            Quadratic(*(np.concatenate(pair, axis=1) for pair in pairs)),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Mixture:
    """A population whose people differ in structure.

    Attributes
    ----------
    structures : Structures
    population : Population
    prevalence : (K,)
        Share of people in whom a coordinate is present, of those who have what it hangs on.
    weights : (R, M)
        Probability of each structure in each person.
    evidence : float
        Log marginal likelihood of all people, whatever the population's mean and spread are.
    apart : (K,)
        Coordinates in which the population is held as `Population.held_apart` says.
    """

    structures: Structures
    population: Population
    prevalence: Floats
    weights: Floats
    evidence: float
    apart: Mask


def fit_mixture(likelihood: EquationLikelihood, fit: RowFit) -> Mixture:
    """Find the structures that people can have, and how probable each is in whom.

    Parameters
    ----------
    likelihood : EquationLikelihood
    fit : RowFit
        Everybody with everything that anybody has.

    Returns
    -------
    Mixture
    """
    coordinates = likelihood.coordinates
    base = coordinates.closed(np.asarray(fit.active.any(0)))
    held, free = base & coordinates.can_be_apart, np.zeros_like(base)
    if likelihood.n_rows == 1:
        alone = Population.usual(coordinates, of_one=True)
        return _mixture_around(likelihood, base, alone, (alone.mean[None],), free)
    # One normal distribution of those who have something and those who do not would be wide enough to hold both. But
    # people may be of no usual kind, and what all of them have was fitted to each already.
    mixtures = (
        _mixture_around(likelihood, base, population, (fit.theta, np.tile(population.mean, (len(fit.theta), 1))), apart)
        for population, apart in ((_typical(coordinates, fit.population, held), held), (fit.population, free))
    )
    return max(mixtures, key=lambda one: one.evidence + (CLEARLY if one.apart.any() else 0.0))


def _mixture_around(
    likelihood: EquationLikelihood, base: Mask, population: Population, starts: Sequence[Floats], apart: Mask
) -> Mixture:
    """The mixture that EM leads to from a population, and people (R, K) with all of `base` (K,) from the best start."""
    coordinates = likelihood.coordinates
    theta = maximise_from(likelihood, starts, np.tile(base, (likelihood.n_rows, 1)), population, ALL_THE_WAY)
    optional = [k for k in range(len(coordinates)) if base[k] and coordinates.differs[k]]
    singles = [base, *(_without(coordinates, base, [k]) for k in optional)]
    structures = look_at(likelihood, theta, population, singles, STEPS + 1)
    more = _likely(coordinates, structures, population, optional)
    if more:
        structures = structures.joined(look_at(likelihood, theta, population, more))
    prevalence = np.where(coordinates.differs, HALF, 1.0) * base
    return _look_again(likelihood, estimate_mixture(coordinates, structures, population, prevalence, apart))


def _look_again(likelihood: EquationLikelihood, mixture: Mixture) -> Mixture:
    """The mixture, with likelihoods as they are around where the population is now."""
    for _ in range(LOOKS):
        structures = mixture.structures.select(mixture.weights.max(0) > RARE)
        structures = look_at(likelihood, structures.theta, mixture.population, structures.present)
        mixture = estimate_mixture(
            likelihood.coordinates, structures, mixture.population, mixture.prevalence, mixture.apart
        )
    return mixture


def _likely(
    coordinates: Coordinates, singles: Structures, population: Population, optional: Sequence[int]
) -> list[Mask]:  # fmt: skip
    """Structures (K,) that somebody is likely to have, as far as is seen where one thing at a time is absent."""
    found = singles.quadratic.log_evidence(population)
    # Of those with most doubt, all that can be.
    gain = found[:, :1] - found[:, 1:]
    order = np.argsort(-np.exp(-np.abs(gain)).mean(0))[:MOST_IN_DOUBT]
    log_there, log_absent = (-np.logaddexp(0.0, sign * gain[:, order]) for sign in (-1.0, 1.0))
    known = {one.tobytes() for one in singles.present}
    mass: dict[bytes, Floats] = {}
    for there in product((True, False), repeat=len(order)):
        one = _without(
            coordinates, singles.present[0], [optional[k] for k, has in zip(order, there, strict=True) if not has]
        )
        share = np.exp(np.where(there, log_there, log_absent).sum(-1))
        mass[one.tobytes()] = mass.get(one.tobytes(), 0.0) + share
    likely = sorted(
        (one for one, share in mass.items() if share.max() > LIKELY and one not in known),
        key=lambda one: -mass[one].sum(),
    )
    return [np.frombuffer(one, dtype=bool) for one in likely[:MOST_STRUCTURES]]


def look_at(
    likelihood: EquationLikelihood, theta: Floats, population: Population, present: Sequence[Mask] | Mask,
    steps: int = STEPS,
) -> Structures:  # fmt: skip
    """The likelihood of each person under each structure, around its posterior mode.

    Parameters
    ----------
    likelihood : EquationLikelihood
    theta : (R, K) or (R, M, K)
        Where to start.
    population : Population
    present : (M, K), or a sequence of (K,)
        The structures.
    steps : int
        Of Fisher scoring.

    Returns
    -------
    Structures
    """
    found = []
    for m, one in enumerate(present):
        active = np.tile(one, (likelihood.n_rows, 1))
        start = theta if theta.ndim == 2 else theta[:, m]
        at, curvature = maximise(likelihood, start, active, population, steps)
        found.append((at, Quadratic.of(at, curvature, likelihood.coordinates)))
    quadratic = Quadratic(
        *(np.stack([getattr(q, name) for _, q in found], 1) for name in ("constant", "score", "information"))
    )
    return Structures(np.array(present), np.stack([at for at, _ in found], 1), quadratic)


def estimate_mixture(
    coordinates: Coordinates, structures: Structures, population: Population, prevalence: Floats, apart: Mask
) -> Mixture:
    """Population, prevalences and probabilities of structures, by EM on the likelihoods as they were looked at.

    One person alone tells nothing of a population; the start stays.

    Parameters
    ----------
    coordinates : Coordinates
    structures : Structures
    population : Population
        Start.
    prevalence : (K,)
        Start.
    apart : (K,)
        Coordinates in which the population is held as `Population.held_apart` says.

    Returns
    -------
    Mixture
    """
    for _ in range(ROUNDS if len(structures.theta) > 1 else 0):
        weights, _ = _weigh(coordinates, structures, population, prevalence)
        before, prevalence = prevalence, _prevalence(coordinates, structures.present, weights)
        population = estimate_population(coordinates, structures.quadratic, population, weights, rounds=3, apart=apart)
        if np.abs(prevalence - before).max() < 1e-3:
            break
    weights, log_evidence = _weigh(coordinates, structures, population, prevalence)
    used = np.asarray(structures.present.any(0))
    price = price_of_a_population(coordinates, used, structures.quadratic, population, weights)
    evidence = float(log_evidence.sum()) - price
    return Mixture(structures, population, prevalence, weights, evidence, apart)


def _typical(coordinates: Coordinates, found: Population, held: Mask) -> Population:
    """What people usually are like who have all of it, and much: from there those who have little are found too.

    An effect has the sign that it has in everybody; what no rule has is as it was found.
    """
    known = ~np.isin(coordinates.kinds, ("term", "target", "change"))
    typical = found.as_usual(Population.usual(coordinates), np.flatnonzero(known))
    mean, large = typical.mean, held & known
    mean[large] = np.where(found.mean[large] < 0, -MUCH, MUCH) * coordinates.mean_sd[large]
    return typical.held_apart(held)


def _weigh(
    coordinates: Coordinates, structures: Structures, population: Population, prevalence: Floats
) -> tuple[Floats, Floats]:
    """Probability (R, M) of each structure in each person, and log evidence (R,)."""
    found = structures.quadratic.log_evidence(population) + log_prior(coordinates, structures.present, prevalence)
    largest = found.max(1, keepdims=True)
    weights = np.exp(found - largest)
    total = weights.sum(1, keepdims=True)
    return weights / total, (largest + np.log(total))[:, 0]


def _prevalence(coordinates: Coordinates, present: Mask, weights: Floats) -> Floats:
    possible = can_be(coordinates, present)
    n_present, n_possible = (weights @ present).sum(0), (weights @ possible).sum(0)
    base = present.any(0)
    found = (n_present + HALF) / (n_possible + 2 * HALF)
    return np.where(coordinates.differs & base, found, base.astype(float))


def _without(coordinates: Coordinates, base: Mask, absent: Sequence[int]) -> Mask:
    one = base.copy()
    one[list(absent)] = False
    return coordinates.closed(one)
