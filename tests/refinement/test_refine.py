import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from tasks import Rules, play

from spice.agents.agent_spice import AgentSpice
from spice.data.ids import rows_of
from spice.datasets import simulate_individual_differences
from spice.equations.canonical import common_gauge, is_free
from spice.estimator import SpiceEstimator
from spice.model.hold_out import first_choices, hold_out
from spice.precoded import ChoiceRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population_fit import Population, fit_rows, start_population
from spice.refinement.refine import refine_coefficients
from spice.training.fit_data import Expected, read_fit_data


def prepare(model, config=None, n_participants=4, n_trials=40, degree=1):
    dataset, truth = simulate_individual_differences(n_participants, n_trials, random_state=3)
    estimator = SpiceEstimator(
        model, config, epochs=3, n_trials_off_policy=100, spice_library_polynomial_degree=degree,
        spice_refine=False, random_state=0,
    )  # fmt: skip
    agent = estimator.fit(dataset.xs, dataset.ys).spice_agent
    data = read_fit_data(Expected(model, 2), dataset.xs, dataset.ys).training
    return agent, data, truth


def likelihood_of(agent, data, free=()):
    rows = agent.coefficients.rows(torch.as_tensor(rows_of(data.trials.participants, agent.equation_ids)))
    model = copy.deepcopy(agent.model).double()
    return EquationLikelihood(model, agent.coefficients, data.to(torch.float64), rows, free)


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


def test_refined_equations_fit_better_and_stay_sparse(people):
    agent, data, _ = people
    control = FitControl()
    refined = refine_coefficients(agent.model, agent.equations, data, control)
    likelihood = likelihood_of(agent, data)
    before = likelihood.nll(likelihood.start()).sum()
    after = likelihood_of_table(agent, data, refined)
    assert after < before
    chosen = refined.values["x_value_reward_chosen"]
    names = refined.terms["x_value_reward_chosen"].names
    for name in ("x_value_reward_chosen^2", "x_value_reward_chosen c_reward"):
        assert (chosen[:, names.index(name)] == 0).all()
    errors = refined.standard_errors()[:, : len(names)]
    assert refined.parameters[0] == ("values", "x_value_reward_chosen", "1")
    assert np.isnan(errors[chosen == 0]).all()
    assert (errors[chosen != 0] > 0).all()


def likelihood_of_table(agent, data, table):
    rows = table.rows(torch.as_tensor(rows_of(data.trials.participants, agent.equation_ids)))
    model = copy.deepcopy(agent.model).double()
    likelihood = EquationLikelihood(model, table, data.to(torch.float64), rows, ())
    return likelihood.nll(likelihood.start()).sum()


def test_slopes_stay_within_one(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta = likelihood.start()
    own = [k for k, (mechanism, term) in enumerate(likelihood.names) if mechanism == term]
    theta[:, own] = 1.7
    active = np.tile(likelihood.allowed(), (likelihood.n_rows, 1))
    theta = np.where(active, theta, 0.0)
    fit = fit_rows(likelihood, theta, active, start_population(theta, active, 0.1), rounds=3, spread=True)
    assert (np.abs(fit.theta[:, own]) <= 1).all()


def test_people_lend_each_other_strength():
    """With a narrow population everybody gets its mean; with a wide one each keeps an own estimate."""
    agent, data, _ = prepare(ParticipantEmbeddingRNN, n_participants=6, n_trials=60)
    likelihood = likelihood_of(agent, data)
    theta = likelihood.start()
    active = np.ones(theta.shape, dtype=bool)
    n = theta.shape[1]
    spreads = []
    for sd in (1e-3, 1.0):
        population = Population(theta.mean(0), np.eye(n) * sd**2)
        fit = fit_rows(likelihood, theta, active, population, rounds=0)
        spreads.append(fit.theta.std(0))
        np.testing.assert_array_equal(fit.population.mean, theta.mean(0))
    assert (spreads[0] < 5e-3).all()
    assert (spreads[1] > 0.05).any()


def test_gauge_of_people_is_made_common(people):
    agent, _, _ = people
    table = agent.coefficients
    assert len(np.unique(table.betas["x_value_reward"].round(9))) > 1
    common = common_gauge(table, ("x_value_reward",))
    assert np.ptp(common.betas["x_value_reward"]) == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(common.initial["x_value_reward"], table.initial["x_value_reward"])


def test_a_given_equation_fixes_the_scale():
    for model, config in ((LearningRateRNN, None), (OwnForwardRNN, OWN_FORWARD_CONFIG)):
        agent, data, _ = prepare(model, config, n_participants=1)
        assert not is_free(agent.coefficients, "x_value_reward")
        refined = refine_coefficients(agent.model, agent.equations, data, FitControl())
        # So its inverse temperature is fitted, not held.
        before, after = (table.betas["x_value_reward"][0] for table in (agent.coefficients, refined))
        assert abs(after - before) > 0.05


class TestHoldOut:
    def test_share(self, people):
        _, data, _ = people
        first, last = first_choices(data, 0.75)
        np.testing.assert_array_equal((first.targets + last.targets).numpy(), data.targets.numpy())
        counts = first.targets.sum((0, 2))
        np.testing.assert_array_equal(counts.numpy(), np.ceil(0.75 * data.targets.sum((0, 2)).numpy()))
        # The held-out ones come last.
        trials = np.arange(data.targets.shape[0])[:, None]
        last_trained = (trials * (first.targets.sum(-1) > 0).numpy()).max(0)
        first_held_out = np.where(last.targets.sum(-1).numpy() > 0, trials, 10**6).min(0)
        assert (last_trained < first_held_out).all()

    def test_positions(self):
        dataset, _ = simulate_individual_differences(3, 20, n_sessions=3, random_state=0)
        data = read_fit_data(Expected(ParticipantEmbeddingRNN, 2), dataset.xs, dataset.ys).training
        first, last = hold_out(data, [2])
        held_out = last.targets.sum((0, 2)).numpy() > 0
        blocks = dataset.xs[:, 0, -3].numpy()
        np.testing.assert_array_equal(held_out, blocks == 1)
        assert float(first.targets.sum()) == 2 * float(last.targets.sum())


def test_a_state_without_any_effect_has_no_terms():
    """A trace that starts at 0 and is drawn to 0 stays there, whatever its rates."""
    xs, ys = play("reversal", Rules(), 6, 60, seed=1).arrays
    equations = SpiceEstimator(ChoiceRNN, random_state=0).fit(xs, ys).equations_
    for name in ("x_value_choice_chosen", "x_value_choice_not_chosen"):
        values, terms = equations.coefficients.values[name], equations.coefficients.terms[name].names
        moved = equations.coefficients.values["x_value_choice_chosen"][:, terms.index("1")] != 0
        assert (values[~moved] == 0).all()
    assert not equations.without_canonical_form()
