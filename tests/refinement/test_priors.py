"""What is expected before choices are seen, and what it costs that the population is not known."""

import numpy as np
import pytest
from refinement.people import NormalLikelihood
from scipy.stats import norm

from spice.refinement.population import FARTHEST, Population, Quadratic
from spice.refinement.priors import (
    UNUSUAL,
    log_prior_of_population,
    log_prior_of_size,
    price_of_a_population,
)

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
K = len(COORDINATES)
TRACE = [entry.parameter for entry in COORDINATES.entries].index(("betas", "x_value_choice", "1"))
ONLY = np.arange(K) == TRACE


def of_trace(mean: float, sd: float) -> Population:
    population = Population.usual(COORDINATES)
    population.mean[TRACE] = mean
    population.covariance[TRACE, TRACE] = sd**2
    return population


def known(n_people: int, error: float) -> Quadratic:
    """People of whom the trace's inverse temperature is known, 1 each, up to an error."""
    information = np.zeros((n_people, 1, K, K))
    information[..., TRACE, TRACE] = error**-2.0
    score = np.zeros((n_people, 1, K))
    score[..., TRACE] = error**-2.0
    return Quadratic(np.zeros((n_people, 1)), score, information)


def price(n_people: int, error: float, mean: float = 1.0, sd: float = 0.5) -> float:
    weights = np.ones((n_people, 1))
    return price_of_a_population(COORDINATES, ONLY, known(n_people, error), of_trace(mean, sd), weights)


def test_the_price_of_a_mean_is_that_of_laplace() -> None:
    """One number with a normal prior: the likelihood at its best point against its average under the prior."""
    n_people, error, mean = 400, 0.01, 0.5
    sd_of_mean = np.sqrt((0.5**2 + error**2) / n_people)
    prior_sd = COORDINATES.mean_sd[TRACE]
    laplace = 0.5 * (mean / prior_sd) ** 2 + np.log(np.hypot(sd_of_mean, prior_sd) / sd_of_mean)
    spread = 0.5 * (np.log(0.5 / COORDINATES.spread[TRACE]) ** 2 + np.log1p(2 * n_people))
    size = np.log((mean**2 + 0.5**2) / (prior_sd**2 + COORDINATES.spread[TRACE] ** 2))
    assert price(n_people, error, mean) == pytest.approx(laplace + spread - size, rel=1e-3)


def test_what_nobody_tells_costs_no_width() -> None:
    """All that is left is how far it is from what is usual, and how small what could not be told may be."""
    assert price(20, 1e6) < price(20, 1.0) < price(200, 1.0)


def test_one_person_alone_pays_for_what_is_unusual_only() -> None:
    assert price(1, 0.1) == 0.0
    target = np.isin(COORDINATES.kinds, ("term", "target"))
    found = price_of_a_population(COORDINATES, target, known(1, 0.1), of_trace(1.0, 0.5), np.ones((1, 1)))
    assert found == pytest.approx(UNUSUAL * target.sum())


def test_small_effects_are_improbable_and_those_told_from_nothing_are_the_least() -> None:
    sizes = [log_prior_of_size(COORDINATES, of_trace(mean, 0.02), ONLY) for mean in (0.02, 0.2, 1.0)]
    assert sizes == sorted(sizes)
    assert sizes[1] - sizes[0] > 3
    least = np.full(K, 0.04)
    assert log_prior_of_size(COORDINATES, of_trace(0.02, 0.02), ONLY, least) == pytest.approx(
        log_prior_of_size(COORDINATES, of_trace(0.2, 0.0), ONLY)
    )


def test_the_prior_of_sizes_leaves_spreads_a_distribution() -> None:
    """A half-t distribution with two degrees of freedom has no second moment: sizes count up to a bound."""
    wide, wider = (log_prior_of_size(COORDINATES, of_trace(1.0, sd), ONLY) for sd in (1e2, 1e4))
    assert wide == wider == pytest.approx(2 * np.log(FARTHEST))


def test_spreads_are_those_of_a_half_t_distribution() -> None:
    """For one coordinate Huang and Wand's prior is a half-t with two degrees of freedom on its standard deviation."""
    scale = COORDINATES.spread[TRACE]
    found = []
    for sd in (0.3, 1.5):
        population = of_trace(1.0, sd)
        of_size = log_prior_of_size(COORDINATES, population, ONLY)
        of_mean = norm.logpdf(1.0, COORDINATES.mean[TRACE], COORDINATES.mean_sd[TRACE])
        # Density of the variance, in that of the standard deviation.
        density = log_prior_of_population(COORDINATES, ONLY, population) - of_size - of_mean + np.log(2 * sd)
        found.append(density + 1.5 * np.log1p((sd / scale) ** 2 / 2))
    assert found[0] == pytest.approx(found[1])
