"""The likelihood of choices as a function of all coefficients."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from refinement.people import likelihood_of, prepare
from tasks import RULES, maximum_likelihood, play

from spice.agents.agent_spice import AgentSpice
from spice.estimator import SpiceEstimator
from spice.precoded import LearningRateRNN, ParticipantEmbeddingRNN, Weinhardt2025RNN
from spice.refinement.population import Population
from spice.refinement.population_fit import fit_rows


@pytest.fixture(scope="module")
def people():
    return prepare(ParticipantEmbeddingRNN, degree=2)


@pytest.mark.parametrize(
    ("model", "config", "free"),
    [
        (ParticipantEmbeddingRNN, None, ("x_value_reward",)),
        (LearningRateRNN, None, ("x_value_reward",)),
        (OwnForwardRNN, OWN_FORWARD_CONFIG, ()),
    ],
)
def test_gradient_and_value_agree(model, config, free):
    agent, data, _ = prepare(model, config, n_trials=20)
    likelihood = likelihood_of(agent, data, free)
    # Away from bounds of states, where one-sided derivatives differ.
    theta = likelihood.start()[0] * 0.9 + 0.01
    active = np.ones(theta.shape, dtype=bool)
    curvature = likelihood.curvature(theta, active)
    np.testing.assert_allclose(curvature.nll, likelihood.nll(theta, active), rtol=1e-9)
    for k in range(theta.shape[1]):
        step = np.zeros_like(theta)
        step[:, k] = 1e-5
        slope = (likelihood.nll(theta + step, active) - likelihood.nll(theta - step, active)) / 2e-5
        np.testing.assert_allclose(curvature.gradient[:, k], slope, rtol=1e-3, atol=2e-4)


def test_information_is_the_expected_curvature():
    """At the fitted point of many choices the Fisher information is close to the second derivative."""
    agent, data, _ = prepare(ParticipantEmbeddingRNN, n_participants=1, n_trials=3000)
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    fit = fit_rows(likelihood, theta, active, Population.usual(likelihood.coordinates, of_one=True), rounds=1)
    information = likelihood.curvature(fit.theta, active).information[0]
    k = list(likelihood.coordinates.kinds).index("rate")
    step = np.zeros_like(theta)
    step[:, k] = 1e-3
    up, middle, down = (likelihood.nll(fit.theta + s * step, active)[0] for s in (1, 0, -1))
    assert information[k, k] == pytest.approx((up - 2 * middle + down) / 1e-6, rel=0.1)


def test_likelihood_is_that_of_the_agent(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    # Equations as the likelihood completes them: the constant of a start that is fixed follows from the rest.
    theta, active = likelihood.start()
    parameters = likelihood.coordinates.parameters(theta, active)
    table = likelihood.as_coefficients(np.vstack([parameters, parameters.mean(0)]))
    agent = AgentSpice(agent, replace(agent.equations, coefficients=table))
    logits = agent.run(data.trials).logits.double()
    expected = -(torch.log_softmax(logits, -1) * data.targets).sum((0, 2)).numpy()
    np.testing.assert_allclose(likelihood.nll(theta, active), expected, rtol=1e-5)


def test_several_points_at_once_are_each_alone(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    many = theta + 0.1 * np.random.default_rng(0).normal(size=(3, *theta.shape))
    found = likelihood.nll(many, active)
    assert found.shape == (3, 4)
    np.testing.assert_allclose(found, [likelihood.nll(one, active) for one in many], rtol=1e-12)


def test_what_is_absent_has_no_part_in_the_likelihood(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    k = list(likelihood.coordinates.kinds).index("asymmetry")
    active[:, k] = False
    curvature = likelihood.curvature(theta, active)
    assert not curvature.gradient[:, k].any()
    assert not curvature.information[:, k].any()
    elsewhere = theta.copy()
    elsewhere[:, k] += 1.0
    np.testing.assert_allclose(likelihood.nll(elsewhere, active), curvature.nll, rtol=1e-9)


def test_choices_of_all_as_those_of_one(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    together = likelihood.pooled()
    assert together.n_choices == likelihood.n_choices.sum()
    everybody = np.repeat(theta[:1], 4, axis=0), np.repeat(active[:1], 4, axis=0)
    assert together.nll(theta[:1], active[:1])[0] == pytest.approx(likelihood.nll(*everybody).sum())


def test_some_people_are_those_people(people):
    """A part of the people with choices enough, evenly picked, each with the likelihood that they had."""
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta, active = likelihood.start()
    assert likelihood.of_some(1e6, 2) is likelihood
    some = likelihood.of_some(1.0, 2)
    assert some.n_rows == 2
    np.testing.assert_allclose(some.nll(theta[[0, 3]], active[[0, 3]]), likelihood.nll(theta, active)[[0, 3]])


def test_an_inverse_temperature_that_choices_do_not_tell_does_not_run_away():
    """Choice values of one person can stand in for reward values: without a bound one temperature became e^37."""
    rules, free = RULES["weinhardt-2025"]
    played = play("drift", rules, 1, 200, seed=2)
    xs, ys = played.arrays
    estimator = SpiceEstimator(Weinhardt2025RNN, random_state=2).fit(xs, ys)
    betas = estimator.equations_.inverse_temperatures(0)
    # That of choice values may be 0: one person's choices need not tell a trace.
    assert betas["x_value_reward"] > 1e-3
    assert all(abs(beta) < 1e3 for beta in betas.values())
    assert -estimator.score(xs, ys) < maximum_likelihood(played, free)[1] + 0.01
