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
from spice.refinement.population_fit import fit_rows, start_population


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
    theta = likelihood.start() * 0.9 + 0.01
    active = np.ones(theta.shape, dtype=bool)
    curvature = likelihood.curvature(theta, active)
    np.testing.assert_allclose(curvature.nll, likelihood.nll(theta), rtol=1e-9)
    for k in range(theta.shape[1]):
        step = np.zeros_like(theta)
        step[:, k] = 1e-5
        slope = (likelihood.nll(theta + step) - likelihood.nll(theta - step)) / 2e-5
        np.testing.assert_allclose(curvature.gradient[:, k], slope, rtol=1e-3, atol=2e-4)


def test_information_is_the_expected_curvature():
    """At the fitted point of many choices the Fisher information is close to the second derivative."""
    agent, data, _ = prepare(ParticipantEmbeddingRNN, n_participants=1, n_trials=3000)
    likelihood = likelihood_of(agent, data)
    theta = likelihood.start()
    active = np.ones(theta.shape, dtype=bool)
    fit = fit_rows(likelihood, theta, active, start_population(theta, active, 0.1), rounds=1)
    information = likelihood.curvature(fit.theta, active).information[0]
    k = 1
    step = np.zeros_like(theta)
    step[:, k] = 1e-3
    up, middle, down = (likelihood.nll(fit.theta + s * step)[0] for s in (1, 0, -1))
    assert information[k, k] == pytest.approx((up - 2 * middle + down) / 1e-6, rel=0.1)


def test_likelihood_is_that_of_the_agent(people):
    agent, data, _ = people
    start = likelihood_of(agent, data)
    # Equations as the likelihood completes them: the constant of a start that is fixed follows from the rest.
    theta = start.start()
    table = start.as_coefficients(np.vstack([theta, theta.mean(0)]))
    agent = AgentSpice(agent, replace(agent.equations, coefficients=table))
    likelihood = likelihood_of(agent, data)
    logits = agent.run(data.trials).logits.double()
    expected = -(torch.log_softmax(logits, -1) * data.targets).sum((0, 2)).numpy()
    np.testing.assert_allclose(likelihood.nll(likelihood.start()), expected, rtol=1e-5)


def test_an_inverse_temperature_that_choices_do_not_tell_does_not_run_away():
    """Choice values of one person can stand in for reward values: without a bound one temperature became e^37."""
    rules, free = RULES["weinhardt-2025"]
    played = play("drift", rules, 1, 200, seed=2)
    xs, ys = played.arrays
    estimator = SpiceEstimator(Weinhardt2025RNN, random_state=2).fit(xs, ys)
    betas = np.array(list(estimator.equations_.inverse_temperatures(0).values()))
    assert (betas > 1e-3).all()
    assert (betas < 1e3).all()
    assert -estimator.score(xs, ys) < maximum_likelihood(played, free)[1] + 0.01
