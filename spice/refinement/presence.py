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
from spice.refinement.population import Population
from spice.refinement.population_fit import RowFit, estimate_population, maximise_from
from spice.refinement.priors import HALF, can_be, log_prior, price_of_a_population
from spice.refinement.structures import STEPS, Structures, look_at, with_signs

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_IN_DOUBT, LIKELY, MOST_STRUCTURES = 8, 0.02, 32
"""Coordinates that are combined with others, at most; probability in somebody from which a structure is looked at."""
CLEARLY = 10.0
"""Nats by which a population that is not apart must be better: those who have something blend into those who do not."""
OPPOSITE, MOST_MIRRORED = 0.1, 2
"""Share of the squares of an effect that are of the rarer sign, from which it may be of both; how many may be."""
RARE = 1e-3
"""Probability that a structure must have in somebody to be looked at again."""
ROUNDS, LOOKS = 60, 2
ALL_THE_WAY = 20
"""Steps of Fisher scoring from a start that may be far off."""
TINY = 1e-12
MUCH = 1.6
"""How large effects are where the search for those who have them starts, in standard deviations of what is usual."""


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
        return _mixture_around(likelihood, base, alone, (alone.mean[None],), free, free)
    # One normal distribution of those who have something and those who do not would be wide enough to hold both. But
    # people may be of no usual kind, and what all of them have was fitted to each already.
    typical = _typical(coordinates, fit.population, held)

    def around(population: Population, apart: Mask, mirrored: Mask) -> Mixture:
        starts = fit.theta, np.tile(population.mean, (len(fit.theta), 1))
        return _mixture_around(likelihood, base, population, starts, apart, mirrored)

    found = max((around(typical, held, free), around(fit.population, free, free)), key=_worth)
    mirrored = _of_both_signs(found, held)
    if not mirrored.any():
        return found
    mean = np.where(mirrored, np.abs(typical.mean), typical.mean)
    return max(found, around(Population(mean, typical.covariance), held, mirrored), key=_worth)


def _worth(mixture: Mixture) -> float:
    return mixture.evidence + (CLEARLY if mixture.apart.any() else 0.0)


def _of_both_signs(mixture: Mixture, held: Mask) -> Mask:
    """Those of some coordinates (K,) of which a population that is not apart has people of the one and of the other."""
    structures = mixture.structures
    squares = structures.theta**2 * structures.present * mixture.weights[..., None]
    of_sign = [np.where(structures.theta * sign > 0, squares, 0.0).sum((0, 1)) for sign in (1, -1)]
    rarer = np.where(held & ~mixture.apart, np.minimum(*of_sign) / np.maximum(sum(of_sign), TINY), 0.0)
    often = np.argsort(-rarer)[:MOST_MIRRORED]
    return np.asarray(np.isin(np.arange(len(rarer)), often) & (rarer > OPPOSITE))


def _mixture_around(
    likelihood: EquationLikelihood, base: Mask, population: Population, starts: Sequence[Floats], apart: Mask,
    mirrored: Mask,
) -> Mixture:  # fmt: skip
    """The mixture that EM leads to from a population, and people (R, K) with all of `base` (K,) from the best start."""
    coordinates = likelihood.coordinates
    everything = np.tile(base, (likelihood.n_rows, 1))
    around = population.leaning(np.where(mirrored, 0.0, 1.0))
    theta = maximise_from(likelihood, starts, everything, around, ALL_THE_WAY)
    theta = np.where(mirrored, np.abs(theta), theta)
    optional = [k for k in range(len(coordinates)) if base[k] and coordinates.differs[k]]
    singles = [base, *(_without(coordinates, base, [k]) for k in optional)]
    structures = look_at(likelihood, theta, population, *with_signs(singles, mirrored), steps=STEPS + 1)
    more = _likely(coordinates, structures, population, singles, optional)
    if more:
        structures = structures.joined(look_at(likelihood, theta, population, *with_signs(more, mirrored)))
    prevalence = np.where(coordinates.differs, HALF, 1.0) * base
    return _look_again(likelihood, estimate_mixture(coordinates, structures, population, prevalence, apart))


def _look_again(likelihood: EquationLikelihood, mixture: Mixture) -> Mixture:
    """The mixture, with likelihoods as they are around where the population is now."""
    for _ in range(LOOKS):
        structures = mixture.structures.select(mixture.weights.max(0) > RARE)
        structures = look_at(
            likelihood, structures.theta, mixture.population, structures.present, structures.sign, structures.log_share
        )
        mixture = estimate_mixture(
            likelihood.coordinates, structures, mixture.population, mixture.prevalence, mixture.apart
        )
    return mixture


def _likely(
    coordinates: Coordinates, looked_at: Structures, population: Population, singles: Sequence[Mask],
    optional: Sequence[int],
) -> list[Mask]:  # fmt: skip
    """Structures (K,) that somebody is likely to have, as far as is seen where one thing at a time is absent."""
    of_signs = looked_at.quadratic.log_evidence(population) + looked_at.log_share
    found = np.stack(
        [np.logaddexp.reduce(of_signs[:, (looked_at.present == one).all(1)], axis=1) for one in singles], axis=1
    )
    # Of those with most doubt, all that can be.
    gain = found[:, :1] - found[:, 1:]
    order = np.argsort(-np.exp(-np.abs(gain)).mean(0))[:MOST_IN_DOUBT]
    log_there, log_absent = (-np.logaddexp(0.0, sign * gain[:, order]) for sign in (-1.0, 1.0))
    known = {one.tobytes() for one in singles}
    mass: dict[bytes, Floats] = {}
    for there in product((True, False), repeat=len(order)):
        one = _without(coordinates, singles[0], [optional[k] for k, has in zip(order, there, strict=True) if not has])
        share = np.exp(np.where(there, log_there, log_absent).sum(-1))
        mass[one.tobytes()] = mass.get(one.tobytes(), 0.0) + share
    likely = sorted(
        (one for one, share in mass.items() if share.max() > LIKELY and one not in known),
        key=lambda one: -mass[one].sum(),
    )
    return [np.frombuffer(one, dtype=bool) for one in likely[:MOST_STRUCTURES]]


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
    evidence = structures.quadratic.log_evidence(population)
    # Choices that have no likelihood under any structure tell nothing of it.
    evidence = np.where(np.isfinite(evidence).any(1, keepdims=True), evidence, 0.0)
    found = evidence + structures.log_share + log_prior(coordinates, structures.present, prevalence)
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
