"""Coordinates of people, each lent strength by the others."""

from dataclasses import replace

import numpy as np
import pytest
from refinement.people import NormalLikelihood, likelihood_of, prepare, simulated, usual_people

from spice.precoded import ParticipantEmbeddingRNN
from spice.refinement.population import FARTHEST, Population, Quadratic
from spice.refinement.population_fit import estimate_population, fit_rows, maximise, maximise_from


@pytest.fixture(scope="module")
def people():
    return prepare(ParticipantEmbeddingRNN, degree=2)


def quadratics(rng, n_rows, k):
    half = rng.normal(size=(n_rows, k, k))
    information = half @ half.transpose(0, 2, 1) + 0.3 * np.eye(k)
    return Quadratic(rng.normal(size=n_rows), rng.normal(size=(n_rows, k)), information)


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


def test_each_person_is_led_as_far_as_alone(people):
    """Those who arrive early wait for nobody, and nobody is left where others arrive."""
    likelihood = likelihood_of(*people[:2])
    theta, present = likelihood.start()
    usual, rng = Population.usual(likelihood.coordinates), np.random.default_rng(7)
    theta = theta + rng.normal(size=theta.shape) * np.linspace(0.0, 2.0, len(theta))[:, None]
    together, curvature = maximise(likelihood, theta, present, usual, 30)
    for person in range(likelihood.n_rows):
        one = slice(person, person + 1)
        own = likelihood.of_rows(np.array([person]))
        alone, own_curvature = maximise(own, theta[one], present[one], usual, 30)
        # Steps of less than a thousandth of a nat are not taken, alone or with others.
        assert curvature.nll[person] == pytest.approx(own_curvature.nll[0], abs=0.05)
        found = own.curvature(together[one], present[one])
        assert found.nll[0] == pytest.approx(curvature.nll[person])
        np.testing.assert_allclose(found.information[0], curvature.information[person])
        assert alone.shape == (1, theta.shape[1])


def test_the_better_of_several_modes_is_each_persons_own():
    """Starts that each lead half of the people astray."""
    rng = np.random.default_rng(8)
    right = usual_people(rng, 10)
    astray = NormalLikelihood(right.best + 3.0, right.information)

    class TwoModes(NormalLikelihood):
        """Of what leads from 2 above one's best there is a mode that is 5 nats worse."""

        def nll(self, theta, active):
            return np.minimum(right.nll(theta, active), astray.nll(theta, active) + 5.0)

        def curvature(self, theta, active):
            ours, others = right.curvature(theta, active), astray.curvature(theta, active)
            there = np.flatnonzero(others.nll + 5.0 < ours.nll)
            return ours.put(there, replace(others.select(there), nll=others.nll[there] + 5.0))

        def of_rows(self, rows):
            raise AssertionError("all of them arrive at once")

    likelihood, active = TwoModes(right.best, right.information), np.ones(right.best.shape, dtype=bool)
    flat = Population(right.coordinates.mean, 1e4 * np.eye(len(right.coordinates)))
    even = (np.arange(10) % 2 == 0)[:, None]
    starts = [np.where(turn, right.best, right.best + 3.0) for turn in (even, ~even)]
    for start in starts:
        assert (maximise(likelihood, start, active, flat, 5)[1].nll > 4.0).sum() == 5
    found = maximise_from(likelihood, starts, active, flat, 5)
    np.testing.assert_allclose(found, right.best, atol=0.01)


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
