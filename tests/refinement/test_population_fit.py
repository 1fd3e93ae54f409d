"""Coordinates of people, each lent strength by the others."""

import numpy as np
import pytest
from refinement.people import NormalLikelihood, likelihood_of, prepare, simulated
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from spice.precoded import ParticipantEmbeddingRNN
from spice.refinement.equation_likelihood import Curvature
from spice.refinement.population_fit import (
    FARTHEST,
    MIN_SD,
    Population,
    Quadratic,
    estimate_population,
    fit_rows,
    maximise,
)


@pytest.fixture(scope="module")
def people():
    return prepare(ParticipantEmbeddingRNN, degree=2)


def usual_people(rng, n_rows):
    usual = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
    return simulated(rng, rng.normal(usual.mean, usual.spread, (n_rows, len(usual))), 30.0)


def quadratics(rng, n_rows, k):
    half = rng.normal(size=(n_rows, k, k))
    information = half @ half.transpose(0, 2, 1) + 0.3 * np.eye(k)
    return Quadratic(rng.normal(size=n_rows), rng.normal(size=(n_rows, k)), information)


def test_evidence_is_the_integral_over_one_coordinate():
    rng = np.random.default_rng(0)
    quadratic = quadratics(rng, 3, 1)
    population = Population(np.array([0.4]), np.array([[0.6]]))
    found = quadratic.log_evidence(population)
    for row in range(3):

        def integrand(u, row=row):
            log = quadratic.constant[row] + quadratic.score[row, 0] * u - 0.5 * quadratic.information[row, 0, 0] * u**2
            return np.exp(log - 0.5 * (u - 0.4) ** 2 / 0.6) / np.sqrt(2 * np.pi * 0.6)

        assert found[row] == pytest.approx(np.log(quad(integrand, -12, 12)[0]), abs=1e-7)


def test_evidence_and_posterior_are_those_of_a_grid_of_two():
    rng = np.random.default_rng(1)
    quadratic = quadratics(rng, 2, 2)
    population = Population(np.array([0.2, -0.5]), np.array([[0.5, 0.2], [0.2, 0.4]]))
    axis = np.linspace(-6, 6, 401)
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), -1).reshape(-1, 2)
    means, covariances = quadratic.posterior(population)
    for row in range(2):
        log = quadratic.constant[row] + points @ quadratic.score[row]
        log -= 0.5 * np.einsum("nk,kl,nl->n", points, quadratic.information[row], points)
        weights = np.exp(log) * multivariate_normal(population.mean, population.covariance).pdf(points)
        total = weights.sum()
        assert quadratic.log_evidence(population)[row] == pytest.approx(
            np.log(total * (axis[1] - axis[0]) ** 2), abs=1e-6
        )
        np.testing.assert_allclose(weights @ points / total, means[row], atol=1e-6)
        away = points - means[row]
        np.testing.assert_allclose((away * weights[:, None]).T @ away / total, covariances[row], atol=1e-6)


def test_what_is_absent_is_no_part_of_the_evidence():
    quadratic = quadratics(np.random.default_rng(2), 4, 3)
    population = Population(np.array([0.1, 0.2, 0.3]), np.diag([0.5, 0.4, 0.3]))
    without = quadratic.without(np.array([1]))
    kept = [0, 2]
    alone = Quadratic(quadratic.constant, quadratic.score[:, kept], quadratic.information[:, kept][:, :, kept])
    of_kept = Population(population.mean[kept], population.covariance[np.ix_(kept, kept)])
    np.testing.assert_allclose(without.log_evidence(population), alone.log_evidence(of_kept))
    # The population alone says what it would be.
    mean, covariance = without.posterior(population)
    np.testing.assert_allclose(mean[:, 1], 0.2)
    np.testing.assert_allclose(covariance[:, 1, 1], 0.4)


def test_parabolas_have_the_value_and_slope_of_the_likelihood():
    rng = np.random.default_rng(3)
    likelihood = usual_people(rng, 5)
    theta = likelihood.best + 0.1 * rng.normal(size=likelihood.best.shape)
    active = np.ones(theta.shape, dtype=bool)
    curvature = likelihood.curvature(theta, active)
    quadratic = Quadratic.of(theta, curvature, likelihood.coordinates)
    at = quadratic.constant + (quadratic.score * theta).sum(-1)
    at -= 0.5 * np.einsum("rk,rkl,rl->r", theta, quadratic.information, theta)
    np.testing.assert_allclose(at, -curvature.nll)
    slope = quadratic.score - np.einsum("rkl,rl->rk", quadratic.information, theta)
    # Close to that of the likelihood where choices say much more than what is usual.
    np.testing.assert_allclose(slope, -curvature.gradient, rtol=0.05, atol=0.05)


@pytest.mark.parametrize(("slope", "information"), [(1e5, 100.0), (50.0, 1e-6)])
def test_parabolas_lead_nowhere_that_people_cannot_be(slope, information):
    """Where values grow without end, a steep slope comes with little curvature."""
    coordinates = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
    k = len(coordinates)
    theta = np.zeros((1, k))
    gradient = np.zeros((1, k))
    gradient[0, 0] = slope
    curvature = Curvature(np.zeros(1), gradient, information * np.eye(k)[None])
    quadratic = Quadratic.of(theta, curvature, coordinates)
    far = FARTHEST * np.hypot(coordinates.mean_sd, coordinates.spread)
    best = np.linalg.solve(quadratic.information, quadratic.score[..., None])[0, :, 0]
    assert (np.abs(best) <= far + 1e-9).all()
    mean, _ = quadratic.posterior(Population.usual(coordinates, of_one=True))
    assert (np.abs(mean - coordinates.mean) <= far + np.abs(coordinates.mean)).all()


def test_mean_and_spread_of_people_are_found():
    rng = np.random.default_rng(4)
    usual = usual_people(rng, 1).coordinates
    k = len(usual)
    mean = usual.mean + 0.8 * usual.spread
    correlation = np.eye(k)
    correlation[0, 1] = correlation[1, 0] = 0.6
    spread = 1.4 * usual.spread
    truth = rng.multivariate_normal(mean, correlation * spread[:, None] * spread, 300)
    likelihood = simulated(rng, truth, 2.0)
    theta = likelihood.best.clip(usual.low, usual.high)
    active = np.ones(theta.shape, dtype=bool)
    quadratic = Quadratic.of(theta, likelihood.curvature(theta, active), usual)
    found = estimate_population(usual, quadratic, Population.usual(usual), rounds=200)
    assert (np.abs(found.mean - mean) < 4 * spread / np.sqrt(300)).all()
    sds = np.sqrt(np.diag(found.covariance))
    np.testing.assert_allclose(sds, spread, rtol=0.15)
    assert found.covariance[0, 1] / (sds[0] * sds[1]) == pytest.approx(0.6, abs=0.12)


def test_people_count_by_their_weights():
    """Under two structures of equal parabolas, weights split a person in two halves of the same."""
    rng = np.random.default_rng(5)
    likelihood = usual_people(rng, 20)
    theta, active = likelihood.best, np.ones(likelihood.best.shape, dtype=bool)
    quadratic = Quadratic.of(theta, likelihood.curvature(theta, active), likelihood.coordinates)
    twice = Quadratic(*(np.stack([v, v], 1) for v in (quadratic.constant, quadratic.score, quadratic.information)))
    usual = Population.usual(likelihood.coordinates)
    alone = estimate_population(likelihood.coordinates, quadratic, usual)
    halves = estimate_population(likelihood.coordinates, twice, usual, np.tile([0.3, 0.7], (20, 1)))
    np.testing.assert_allclose(halves.mean, alone.mean)
    np.testing.assert_allclose(halves.covariance, alone.covariance)


def test_the_mode_is_found_within_bounds():
    rng = np.random.default_rng(6)
    likelihood = usual_people(rng, 6)
    coordinates = likelihood.coordinates
    rate = list(coordinates.kinds).index("rate")
    likelihood.best[0, rate] = 50.0
    active = np.ones(likelihood.best.shape, dtype=bool)
    population = Population.usual(coordinates, of_one=True)
    theta, curvature = maximise(likelihood, np.zeros(active.shape), active, population, 30)
    np.testing.assert_allclose(curvature.nll, likelihood.nll(theta, active))
    expected = np.einsum("rkl,rl->rk", likelihood.information, likelihood.best) + population.precision @ population.mean
    expected = np.linalg.solve(likelihood.information + population.precision, expected[..., None])[..., 0]
    np.testing.assert_allclose(theta[1:], expected[1:], atol=0.02)
    assert theta[0, rate] == coordinates.high[rate]


def test_spreads_that_would_hold_those_who_lack_something_are_held():
    population = Population(
        np.array([1.0, 0.1, 0.001]), np.array([[1.0, 0.1, 0.0], [0.1, 0.25, 0.0], [0.0, 0.0, 0.04]])
    )
    held = population.held_apart(np.array([True, False, True]))
    sds = np.sqrt(np.diag(held.covariance))
    np.testing.assert_allclose(sds, [1.0 / 2.5, 0.5, MIN_SD])
    np.testing.assert_array_equal(held.mean, population.mean)
    # Correlations are as they were.
    assert held.covariance[0, 1] / (sds[0] * sds[1]) == pytest.approx(0.1 / 0.5)
    narrow = Population(np.array([1.0]), np.array([[0.01]]))
    np.testing.assert_array_equal(narrow.held_apart(np.array([True])).covariance, narrow.covariance)


def test_slopes_stay_within_one(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    rates = np.isin(likelihood.coordinates.kinds, ("rate", "change"))
    theta[:, rates] = 40.0
    fit = fit_rows(likelihood, theta, active, Population.usual(likelihood.coordinates), rounds=3)
    table = likelihood.as_coefficients(likelihood.coordinates.parameters(fit.theta, fit.active))
    for name, values in table.values.items():
        assert (np.abs(values[:, table.terms[name].names.index(name)]) <= 1).all()


def test_people_lend_each_other_strength():
    """With a narrow population everybody gets its mean; with a wide one each keeps an own estimate."""
    agent, data, _ = prepare(ParticipantEmbeddingRNN, n_participants=6, n_trials=60)
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    spreads = []
    for sd in (1e-3, 1.0):
        population = Population(theta.mean(0), np.eye(theta.shape[1]) * sd**2)
        fit = fit_rows(likelihood, theta, active, population, rounds=0)
        spreads.append(fit.theta.std(0))
        np.testing.assert_array_equal(fit.population.mean, theta.mean(0))
    assert (spreads[0] < 5e-3).all()
    assert (spreads[1] > 0.05).any()


def test_slopes_without_curvature_do_not_widen_the_population_without_end():
    """Half the people lead to one side without end, half to the other."""
    usual = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
    information = np.zeros((40, len(usual), len(usual)))
    information[:, 0, 0] = 1e-9
    score = np.zeros((40, len(usual)))
    score[:, 0] = np.where(np.arange(40) % 2, 1.0, -1.0)
    start = Population.usual(usual)
    found = estimate_population(usual, Quadratic(np.zeros(40), score, information), start, rounds=500)
    assert np.isfinite(found.mean).all()
    widest = np.hypot(usual.mean_sd, usual.spread)[0]
    assert widest < np.sqrt(found.covariance[0, 0]) <= FARTHEST * widest * (1 + 1e-9)
