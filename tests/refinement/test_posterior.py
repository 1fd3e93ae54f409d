"""Draws from posteriors that are known."""

from dataclasses import replace

import numpy as np
import pytest
from refinement.people import NormalLikelihood, simulated

from spice.equations.coefficients import N_DRAWS
from spice.refinement.population import Population, Quadratic
from spice.refinement.population_fit import fit_rows
from spice.refinement.posterior import Posterior, average, draw_posterior, r_hat
from spice.refinement.presence import Mixture, fit_mixture
from spice.refinement.structures import look_at

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
K = len(COORDINATES)
TRACE = [entry.parameter for entry in COORDINATES.entries].index(("betas", "x_value_choice", "1"))
EVERYTHING = np.ones(K, dtype=bool)


def posterior_of(likelihood: NormalLikelihood, seed: int = 0) -> Posterior:
    active = np.tile(EVERYTHING, (likelihood.n_rows, 1))
    start = np.tile(COORDINATES.mean, (likelihood.n_rows, 1))
    fit = fit_rows(likelihood, start, active, Population.usual(COORDINATES), 6)  # type: ignore[arg-type]
    mixture = fit_mixture(likelihood, fit)  # type: ignore[arg-type]
    return draw_posterior(likelihood, mixture, np.random.default_rng(seed))  # type: ignore[arg-type]


def everything(likelihood: NormalLikelihood, population: Population) -> Mixture:
    """A population in which everybody has everything."""
    structures = look_at(likelihood, likelihood.best, population, [EVERYTHING])  # type: ignore[arg-type]
    return Mixture(structures, population, np.ones(K), np.ones((likelihood.n_rows, 1)), 0.0, ~EVERYTHING)


def test_one_person_alone_is_drawn_from_the_normal_posterior() -> None:
    """With a population that stays as it is, the posterior is a formula; whatever the parabolas are."""
    rng = np.random.default_rng(0)
    truth = rng.normal(COORDINATES.mean, COORDINATES.spread, (1, K))
    likelihood = simulated(rng, truth, 4.0)
    population = Population.usual(COORDINATES, of_one=True)
    mixture = everything(likelihood, population)
    mean, covariance = mixture.structures.quadratic.one(0).posterior(population)
    found = [draw_posterior(likelihood, mixture, np.random.default_rng(seed)) for seed in range(12)]  # type: ignore[arg-type]
    draws = np.concatenate([one.theta[0] for one in found])
    sds = np.sqrt(np.diag(covariance[0]))
    np.testing.assert_allclose((draws.mean(0) - mean[0]) / sds, 0.0, atol=0.12)
    np.testing.assert_allclose(draws.std(0) / sds, 1.0, atol=0.12)
    for one in found:
        np.testing.assert_allclose(one.population.mean, population.mean)
    # Shares are shares: no rounding takes them beyond 1.
    assert all((one.probability == 1.0).all() for one in found)
    assert found[0].present.all()


def test_chains_go_by_the_likelihood_itself() -> None:
    """A parabola that is off leads to the posterior all the same."""
    rng = np.random.default_rng(1)
    likelihood = simulated(rng, rng.normal(COORDINATES.mean, COORDINATES.spread, (1, K)), 4.0)
    population = Population.usual(COORDINATES, of_one=True)
    right = everything(likelihood, population)
    q = right.structures.quadratic
    flat = Quadratic(q.constant, 0.6 * q.score, 0.6 * q.information)
    off = replace(right, structures=replace(right.structures, quadratic=flat))
    mean, covariance = q.one(0).posterior(population)
    found = [draw_posterior(likelihood, off, np.random.default_rng(seed)) for seed in range(12)]  # type: ignore[arg-type]
    draws = np.concatenate([one.theta[0] for one in found])
    sds = np.sqrt(np.diag(covariance[0]))
    np.testing.assert_allclose((draws.mean(0) - mean[0]) / sds, 0.0, atol=0.15)
    np.testing.assert_allclose(draws.std(0) / sds, 1.0, atol=0.15)


def test_the_population_is_as_sure_as_its_people_are_many() -> None:
    rng = np.random.default_rng(2)
    mean, spread = COORDINATES.mean + 0.5 * COORDINATES.spread, COORDINATES.spread
    truth = rng.normal(mean, spread, (80, K))
    likelihood = simulated(rng, truth, 10.0)
    found = draw_posterior(likelihood, everything(likelihood, Population.usual(COORDINATES)), rng)  # type: ignore[arg-type]
    assert found.theta.shape == (80, N_DRAWS, K)
    error = np.sqrt((spread**2 + spread**2 / 10) / 80)
    centre = likelihood.best.mean(0)
    assert (np.abs(found.mean.mean(0) - centre) < 0.6 * error).all()
    np.testing.assert_allclose(found.mean.std(0) / error, 1.0, atol=0.3)
    np.testing.assert_allclose(np.sqrt(np.diag(found.population.covariance)) / truth.std(0), 1.0, atol=0.2)
    inside = (np.quantile(found.theta, 0.025, axis=1) < truth) & (truth < np.quantile(found.theta, 0.975, axis=1))
    assert 0.92 < inside.mean() < 0.98


def test_prevalences_and_who_has_what() -> None:
    """30 of 60 people have a trace of choices; what nobody asks of is certain."""
    rng = np.random.default_rng(3)
    truth = rng.normal(COORDINATES.mean + 0.5 * COORDINATES.spread, 0.5 * COORDINATES.spread, (60, K))
    has = np.arange(60) < 30
    truth[:, TRACE] = rng.normal(1.5, 0.4, 60)
    truth[~has] *= COORDINATES.closed(np.arange(K) != TRACE)
    truth[~has, TRACE] = 0.0
    found = posterior_of(simulated(rng, truth, 8.0))
    shares = found.prevalence[:, TRACE]
    assert shares.mean() == pytest.approx(0.5, abs=0.06)
    # As sure as a Beta distribution of 60 people is.
    assert shares.std() == pytest.approx(np.sqrt(0.25 / 62), rel=0.35)
    assert ((found.probability[:, TRACE] > 0.5) == has).sum() >= 58
    # Probabilities are shares of the draws in which it is present, but for chance.
    np.testing.assert_allclose(found.present.mean(1), found.probability, atol=0.12)
    assert np.allclose(found.probability[:, ~COORDINATES.differs & (COORDINATES.parents < 0)], 1.0)


def test_probabilities_are_calibrated() -> None:
    """Choices that tell little: of those with a probability of p a share of p have it."""
    probability, has = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        truth = rng.normal(COORDINATES.mean + 0.5 * COORDINATES.spread, 0.5 * COORDINATES.spread, (80, K))
        truth[:, TRACE] = rng.normal(1.5, 0.45, 80)
        own = rng.random(80) < 0.5
        truth[~own] *= COORDINATES.closed(np.arange(K) != TRACE)
        truth[~own, TRACE] = 0.0
        probability.append(posterior_of(simulated(rng, truth, 0.7), seed).probability[:, TRACE])
        has.append(own)
    p, own = np.concatenate(probability), np.concatenate(has)
    assert ((p > 0.2) & (p < 0.8)).sum() > 20
    for low in (0.0, 1 / 3, 2 / 3):
        of_third = (p >= low) & (p <= low + 1 / 3)
        # A third holds some 50 people, whose share has a standard error of .07; those in doubt are told too little of.
        assert own[of_third].mean() == pytest.approx(p[of_third].mean(), abs=0.18)


def test_where_nothing_is_left_there_is_still_an_answer() -> None:
    """Nobody has anything: prevalences as of nobody, probabilities of 0, coordinates as usual."""
    likelihood = simulated(np.random.default_rng(4), np.zeros((3, K)), 1.0)
    nothing = ~EVERYTHING
    structures = look_at(likelihood, likelihood.best, Population.usual(COORDINATES), [nothing])  # type: ignore[arg-type]
    mixture = Mixture(structures, Population.usual(COORDINATES), np.zeros(K), np.ones((3, 1)), 0.0, nothing)
    found = draw_posterior(likelihood, mixture, np.random.default_rng(0))  # type: ignore[arg-type]
    assert not found.probability.any()
    assert not found.present.any()
    assert np.isfinite(found.theta).all()


def test_a_person_without_any_likelihood_is_drawn_as_the_others_say() -> None:
    """Values that overflow: finite numbers, and people beside that person as without."""
    rng = np.random.default_rng(5)
    likelihood = simulated(rng, rng.normal(COORDINATES.mean, COORDINATES.spread, (5, K)), 10.0)
    mixture = everything(likelihood, Population.usual(COORDINATES))
    as_it_is = likelihood.nll

    def overflowing(theta: np.ndarray, active: np.ndarray) -> np.ndarray:
        found = as_it_is(theta, active)
        found[..., 2] = np.nan
        return found

    likelihood.nll = overflowing  # type: ignore[method-assign]
    found = draw_posterior(likelihood, mixture, np.random.default_rng(0))  # type: ignore[arg-type]
    assert np.isfinite(found.theta).all()
    assert np.isfinite(found.probability).all()
    assert found.theta[2].std(0).min() > 0


def test_chains_apart_are_wider_together_than_one() -> None:
    rng = np.random.default_rng(6)
    together = rng.normal(size=(400, 4, 3))
    assert r_hat(together) == pytest.approx(1.0, abs=0.02)
    apart = together.copy()
    apart[:, 0, 1] += 3.0
    # The variance of eight means of halves, of which two are 3 away, is 13.5 / 7.
    assert r_hat(apart) == pytest.approx(np.sqrt(1 + 13.5 / 7), rel=0.1)
    drifting = together + np.linspace(0, 4, 400)[:, None, None]
    assert r_hat(drifting) > 1.3
    assert r_hat(np.ones((10, 2, 3))) == 1.0
    # Each stays in a place of its own.
    assert r_hat(np.tile(np.array([[[0.0], [1.0]]]), (10, 1, 1))) > 50


def test_what_a_structure_lacks_is_no_part_of_the_mean() -> None:
    """A structure of the population without a trace says nothing of how large traces are."""
    draws = N_DRAWS, K
    present = np.ones((2, *draws), dtype=bool)
    population = Population.usual(COORDINATES)
    rest = {"population": population, "start": np.zeros((2, K))}
    everything = Posterior(np.zeros((2, *draws)), present, np.ones(draws), np.ones(draws), np.ones((2, K)), **rest)
    without = replace(
        everything, present=present & (np.arange(K) != TRACE), mean=np.zeros(draws),
        prevalence=np.where(np.arange(K) == TRACE, 0.0, np.ones(draws)), r_hat=1.3,
    )  # fmt: skip
    both = average([everything, without], [0.7, 0.3])
    assert (both.mean[:, TRACE] == 1.0).all()
    assert both.mean[:, 0].mean() == pytest.approx(0.7, abs=0.01)
    assert both.prevalence[:, TRACE].mean() == pytest.approx(0.7, abs=0.01)
    assert both.r_hat == 1.3
