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
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from spice.refinement.coordinates import NONE, Coordinates
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population_fit import Population, Quadratic, RowFit, estimate_population, maximise

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

HALF = 0.5
"""Pseudo-counts of the prior of prevalences, Beta(1/2, 1/2): that everybody has something, or nobody, is likely."""
IN_DOUBT, MOST_IN_DOUBT = 0.3, 5
"""Probability of absence in some person from which a coordinate is combined with others; how many are at most."""
CLEARLY = 10.0
"""Nats by which a population that is not apart must be better: one with people on both sides of what others lack."""
RARE = 1e-3
"""Probability that a structure must have in somebody to be looked at again."""
ROUNDS, STEPS = 60, 2


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


@dataclass(frozen=True)
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
    log_evidence : float
        Of all people.
    apart : (K,)
        Coordinates in which the population is held as `Population.held_apart` says.
    """

    structures: Structures
    population: Population
    prevalence: Floats
    weights: Floats
    log_evidence: float
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
    optional = [k for k in range(len(coordinates)) if base[k] and coordinates.differs[k]]
    singles = [base, *(_without(coordinates, base, [k]) for k in optional)]
    prevalence = np.where(coordinates.differs & base, 0.5, 1.0)
    # A normal distribution of those who have something and those who do not would be wide enough to hold both.
    apart = fit.population.as_usual(Population.usual(coordinates, of_one=True), optional)
    structures = look_at(likelihood, fit.theta, apart, singles)
    weights, _ = _weigh(coordinates, structures, apart, prevalence)
    absent = (1.0 - weights @ structures.present)[:, optional]
    doubtful = [optional[k] for k in np.argsort(-absent.sum(0)) if absent[:, k].max() > IN_DOUBT][:MOST_IN_DOUBT]
    known = {one.tobytes() for one in structures.present}
    more: list[Mask] = []
    for size in range(2, len(doubtful) + 1):
        for some in combinations(doubtful, size):
            one = _without(coordinates, base, some)
            if one.tobytes() not in known:
                known.add(one.tobytes())
                more.append(one)
    if more:
        structures = structures.joined(look_at(likelihood, fit.theta, apart, more, 1))
    free = np.zeros_like(base)
    mixtures = [
        estimate_mixture(coordinates, structures, start, prevalence, held)
        for start, held in ((apart, base & coordinates.can_be_apart), (apart, free), (fit.population, free))
    ]
    mixture = max(mixtures, key=lambda one: one.log_evidence + (CLEARLY if one.apart.any() else 0.0))
    # Once more from where the population is now.
    structures = mixture.structures.select(mixture.weights.max(0) > RARE)
    structures = look_at(likelihood, structures.theta, mixture.population, structures.present)
    return estimate_mixture(coordinates, structures, mixture.population, mixture.prevalence, mixture.apart)


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
    for _ in range(ROUNDS):
        weights, _ = _weigh(coordinates, structures, population, prevalence)
        before, prevalence = prevalence, _prevalence(coordinates, structures.present, weights)
        population = estimate_population(coordinates, structures.quadratic, population, weights, rounds=3, apart=apart)
        if np.abs(prevalence - before).max() < 1e-3:
            break
    weights, log_evidence = _weigh(coordinates, structures, population, prevalence)
    return Mixture(structures, population, prevalence, weights, float(log_evidence.sum()), apart)


def _weigh(
    coordinates: Coordinates, structures: Structures, population: Population, prevalence: Floats
) -> tuple[Floats, Floats]:
    """Probability (R, M) of each structure in each person, and log evidence (R,)."""
    found = structures.quadratic.log_evidence(population) + log_prior(coordinates, structures.present, prevalence)
    largest = found.max(1, keepdims=True)
    weights = np.exp(found - largest)
    total = weights.sum(1, keepdims=True)
    return weights / total, (largest + np.log(total))[:, 0]


def log_prior(coordinates: Coordinates, present: Mask, prevalence: Floats) -> Floats:
    """Log probability of structures: what hangs on something absent counts neither way.

    Parameters
    ----------
    coordinates : Coordinates
    present : (M, K)
        The structures.
    prevalence : (K,)
        Share of people who have each coordinate, of those who have what it hangs on.

    Returns
    -------
    (M,)
    """
    possible = can_be(coordinates, present)
    p = prevalence.clip(1e-9, 1 - 1e-9)
    terms = np.where(present, np.log(p), np.log1p(-p))
    return np.asarray(np.where(possible & coordinates.differs, terms, 0.0).sum(-1))


def can_be(coordinates: Coordinates, present: Mask) -> Mask:
    """Whether what each coordinate hangs on is present.

    Parameters
    ----------
    coordinates : Coordinates
    present : (..., K)

    Returns
    -------
    (..., K)
    """
    parents = coordinates.parents
    return np.where(parents == NONE, True, present[..., np.where(parents == NONE, 0, parents)])


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
