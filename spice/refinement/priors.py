"""What is expected of people before their choices are seen, and what it costs that the population is not known.

Structures are as probable as their parts are frequent. Means of the population are normal around what is usual, its
covariance is that of Huang and Wand with two degrees of freedom: any correlation is as likely, spreads may be small or
large. What is present is sizeable.

References
----------
Huang & Wand (2013), Simple marginally noninformative prior distributions for covariance matrices. Bayesian Anal 8.
Johnson & Rossell (2010), On the use of non-local prior densities in Bayesian hypothesis tests. J R Stat Soc B 72.
"""

import numpy as np
from numpy.typing import NDArray

from spice.refinement.coordinate import NONE
from spice.refinement.coordinates import Coordinates
from spice.refinement.population import FARTHEST, Population, Quadratic

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

HALF = 0.5
"""Pseudo-counts of the prior of prevalences of what some have, Beta(1/2, 1/2)."""
ALL_OR_NOBODY = 0.1
"""Probability that everybody has something, and as much that nobody has it; EM leaves that to Beta(1/2, 1/2)."""
UNUSUAL = float(np.log(50.0))
"""Price of what no rule that people are known by has, nats: one in fifty is there."""


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


def log_prior_of_population(coordinates: Coordinates, used: Mask, population: Population) -> Floats:
    """Log density of a mean and a covariance, but for a constant.

    Parameters
    ----------
    coordinates : Coordinates
    used : (K,)
        What somebody may have.
    population : Population

    Returns
    -------
    ([C],)
    """
    which = np.flatnonzero(used)
    covariance = population.covariance[..., which[:, None], which]
    away = (population.mean[..., which] - coordinates.mean[which]) / coordinates.mean_sd[which]
    precisions = np.einsum("...kk->...k", np.linalg.inv(covariance))
    rates = 2.0 * precisions + 1.0 / coordinates.spread[which] ** 2
    n_used = len(which)
    spread = -(1.0 + n_used) * np.linalg.slogdet(covariance)[1] - (1.0 + 0.5 * n_used) * np.log(rates).sum(-1)
    return np.asarray(spread - 0.5 * (away**2).sum(-1) + log_prior_of_size(coordinates, population, used))


def log_prior_of_size(
    coordinates: Coordinates, population: Population, used: Mask, least: Floats | float = 0.0
) -> Floats:
    """Log prior of how large effects are in those who have them, beside that of their mean and spread.

    Those who have next to nothing and those who have nothing cannot be told apart, so what is present is sizeable.

    Parameters
    ----------
    coordinates : Coordinates
    population : Population
    used : (K,)
        What somebody may have.
    least : (K,), optional
        Squares of sizes below which smaller ones are not told from it.

    Returns
    -------
    ([C],)
    """
    usual = coordinates.mean_sd**2 + coordinates.spread**2
    size = np.maximum(population.mean**2 + population.variance, least)
    # Spreads have no second moment: times a size without bound their prior would have no mass to share out.
    size = np.minimum(size, FARTHEST**2 * usual)
    return np.asarray(np.log(size / usual)[..., coordinates.can_be_apart & used].sum(-1))


def price_of_a_population(
    coordinates: Coordinates, used: Mask, quadratic: Quadratic, population: Population, weights: Floats
) -> float:
    """What is lost because the mean and the spreads of the population are not known, nats (Laplace).

    Those of what hardly anybody has are known to nobody, and cost nothing. One person alone is of people in general.

    Parameters
    ----------
    coordinates : Coordinates
    used : (K,)
        What somebody may have.
    quadratic : Quadratic
        Of each person under each structure (R, M, ...).
    population : Population
    weights : (R, M)
        Probability of each structure in each person.

    Returns
    -------
    float
    """
    unusual = UNUSUAL * float((np.isin(coordinates.kinds, ("term", "target")) & used).sum())
    if len(weights) == 1:
        return unusual
    base = np.flatnonzero(used)
    at = np.ix_(base, base)
    precision = population.precision
    covariance = np.linalg.inv(quadratic.information + precision)
    told = np.einsum("rm,rmkl->kl", weights, precision - precision @ covariance @ precision)[at]
    sd = coordinates.mean_sd[base]
    away = (population.mean[base] - coordinates.mean[base]) / sd
    of_mean = 0.5 * (away @ away + np.linalg.slogdet(np.eye(len(base)) + sd[:, None] * told * sd)[1])
    spread = np.diag(population.covariance)[base]
    shrunk = 1.0 - np.einsum("rmkk->rmk", covariance)[..., base] / spread
    ratio = 0.5 * np.log(spread) - np.log(coordinates.spread[base])
    of_spread = 0.5 * (ratio @ ratio + np.log1p(2.0 * np.einsum("rm,rmk->k", weights, shrunk**2)).sum())
    # The prior of sizes keeps a mean that is not told from zero off it: at its mode the square is twice the variance.
    least = np.zeros(len(coordinates))
    least[base] = 2.0 * np.diag(np.linalg.inv(told + np.diag(1.0 / sd**2)))
    size = log_prior_of_size(coordinates, population, used, least)
    return float(of_mean + of_spread - size) + unusual
