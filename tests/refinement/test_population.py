"""Populations, and what choices say of people as parabolas."""

import numpy as np
import pytest
from refinement.people import NormalLikelihood, usual_people
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from spice.refinement.equation_likelihood import Curvature
from spice.refinement.population import FARTHEST, MIN_SD, Population, Quadratic


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
