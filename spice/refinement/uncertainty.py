"""How uncertain the coefficients of people and of their population are.

A person's posterior holds the population for known, and as narrow as it was when fitting stopped; intervals made of it
are far too narrow. Here the spread of people is estimated for itself, from what everybody's choices alone say of the
coefficients, and each coefficient's expected squared error follows: what shrinkage towards the population misses of a
person, what few choices leave open, and what the population's mean is off by.

References
----------
Morris (1983), Parametric empirical Bayes inference: theory and applications. J Am Stat Assoc 78.
"""

import numpy as np
from numpy.typing import NDArray

from spice.refinement.equation_likelihood import Curvature
from spice.refinement.population_fit import RowFit

Floats = NDArray[np.float64]

WIDE, USUAL_SPREAD = 0.3, 0.1
"""Standard deviations over people: where the estimate starts, and of one pseudo-observation that keeps it above 0."""
MOST_ROUNDS, CLOSE_ENOUGH = 300, 1e-4
NOTHING = 1e-10
"""Share of the largest information below which nobody's choices say anything."""


def covariance_of_rows(fit: RowFit, curvature: Curvature) -> Floats:
    """Covariance of each row's coefficients, and of the population's mean as the last row where there are several.

    Parameters
    ----------
    fit : RowFit
    curvature : Curvature
        Of the likelihood at its coefficients.

    Returns
    -------
    (R + 1, K, K), or (1, K, K) where there is one row
        Zero for terms that are not part of the equations.
    """
    both = fit.active[:, :, None] & fit.active[:, None, :]
    posterior = np.where(both, fit.covariance, 0.0)
    terms = np.flatnonzero(fit.active.any(0))
    if len(posterior) == 1:
        return posterior
    found = np.zeros((len(both) + 1, *both.shape[1:]))
    if not len(terms):
        return found
    among = np.ix_(np.arange(len(both)), terms, terms)
    information = np.where(both, curvature.information, 0.0)[among]
    gradient = np.where(fit.active, curvature.gradient, 0.0)[:, terms]
    score = np.einsum("rkl,rl->rk", information, fit.theta[:, terms]) - gradient
    spread = spread_of_people(information, score)
    precision = np.where(both, fit.population.precision(fit.active), 0.0)[among]
    found[np.ix_(np.arange(len(found)), terms, terms)] = _expected_errors(
        posterior[among], information, precision, np.where(both[among], spread, 0.0)
    )
    return found


def spread_of_people(information: Floats, score: Floats) -> Floats:
    """Covariance (K, K) of coefficients over people, whose likelihoods are normal around their best values (EM).

    Parameters
    ----------
    information : (R, K, K)
        May be singular, as where a person's choices say nothing of a coefficient.
    score : (R, K)
        Information times best values.
    """
    n_rows, k = score.shape
    spread = WIDE**2 * np.eye(k)
    for _ in range(MOST_ROUNDS):
        precision = np.linalg.inv(spread)
        posterior = np.linalg.inv(information + precision)
        pull = posterior @ precision
        # The mean that weighs people by what they say of it, and how uncertain it is.
        of_mean = np.linalg.pinv((precision - precision @ pull).sum(0), rcond=NOTHING, hermitian=True)
        mean = of_mean @ np.einsum("rkl,rl->k", pull.transpose(0, 2, 1), score)
        deviation = np.einsum("rkl,rl->rk", posterior, score + precision @ mean) - mean
        uncertain = posterior + pull @ of_mean @ pull.transpose(0, 2, 1)
        total = deviation.T @ deviation + uncertain.sum(0) + USUAL_SPREAD**2 * np.eye(k)
        before, spread = spread, total / (n_rows + 1)
        if np.abs(spread - before).max() < CLOSE_ENOUGH * np.abs(spread).max():
            break
    return spread


def _expected_errors(posterior: Floats, information: Floats, precision: Floats, spread: Floats) -> Floats:
    """Expected products of errors (R + 1, K, K) of shrunk coefficients, and of the mean of the population.

    With people b away from the mean, and choices that lead e away from them, a person's coefficients are off by
    -pull b + own e + pull (the error of the mean), which is a weighted sum of all b + e.
    """
    pull, own = posterior @ precision, posterior @ information
    noise = posterior @ information @ posterior
    weight = np.linalg.pinv(own.sum(0), rcond=NOTHING)
    of_mean = weight @ (own @ spread @ own.transpose(0, 2, 1) + noise).sum(0) @ weight.T
    errors = pull @ spread @ pull.transpose(0, 2, 1) + noise
    shared = (noise - pull @ spread @ own.transpose(0, 2, 1)) @ weight.T @ pull.transpose(0, 2, 1)
    errors = errors + shared + shared.transpose(0, 2, 1) + pull @ of_mean @ pull.transpose(0, 2, 1)
    return np.concatenate([errors, of_mean[None]])
