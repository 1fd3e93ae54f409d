"""Maximum likelihood of the Rescorla-Wagner model, against a general optimiser and agents that are known."""

import numpy as np
import pytest
from maximum_likelihood import q_learning_nll

from spice.exceptions import DataError
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset, fit_rescorla_wagner, get_update_dynamics


def simulated(alpha, beta, n_trials=400, n_sessions=1, **tasks):
    agent = AgentQ(alpha_reward=alpha, beta_reward=beta)
    dataset, _, _ = create_dataset(agent, BanditsDrift(0.1), n_trials, n_sessions, random_state=1, **tasks)
    xs = np.asarray(dataset.xs)
    choices = xs[..., :2].argmax(-1)
    return dataset.xs, choices, np.take_along_axis(xs[..., 2:4], choices[..., None], -1)[..., 0]


@pytest.mark.parametrize(("alpha", "beta"), [(0.3, 3.0), (0.1, 8.0), (0.8, 2.0), (0.05, 12.0)])
def test_no_other_parameters_are_more_likely(alpha, beta):
    sessions, choices, rewards = simulated(alpha, beta)
    found = fit_rescorla_wagner(sessions, 2).parameters
    nll = q_learning_nll(choices, rewards, found["alpha_reward"], 0.0, found["beta_reward"])
    others = [
        q_learning_nll(choices, rewards, a, 0.0, b)
        for a in np.linspace(0.01, 1.0, 34)
        for b in np.geomspace(0.2, 20.0, 34)
    ]
    assert nll < min(others) + 1e-6
    assert nll <= q_learning_nll(choices, rewards, alpha, 0.0, beta)
    for a, b in ((1.01, 1.0), (0.99, 1.0), (1.0, 1.01), (1.0, 0.99)):
        near = q_learning_nll(choices, rewards, min(found["alpha_reward"] * a, 1.0), 0.0, found["beta_reward"] * b)
        assert nll < near + 0.01


def test_many_choices_give_the_parameters_back():
    sessions, _, _ = simulated(0.3, 4.0, n_trials=1_000, n_sessions=8)
    found = fit_rescorla_wagner(sessions, 2).parameters
    assert found["alpha_reward"] == pytest.approx(0.3, abs=0.04)
    assert found["beta_reward"] == pytest.approx(4.0, abs=0.4)


def test_a_person_who_is_sure_gets_the_largest_temperature():
    always = np.tile([1.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0], (50, 1))
    found = fit_rescorla_wagner([always], 2).parameters
    assert found["beta_reward"] == pytest.approx(20.0, abs=1e-3)


def test_a_person_who_avoids_rewards_gets_none():
    # Every other choice: away from what has just been rewarded.
    rows = np.zeros((60, 7))
    rows[::2, 0] = rows[1::2, 1] = 1.0
    rows[::2, 2] = rows[1::2, 3] = 1.0
    found = fit_rescorla_wagner([rows], 2).parameters
    _, p, _ = get_update_dynamics(rows, fit_rescorla_wagner([rows], 2))
    assert found["beta_reward"] < 1e-3
    np.testing.assert_allclose(p, 0.5, atol=1e-3)


def test_missed_trials_and_unknown_rewards_teach_nothing():
    sessions, _, _ = simulated(0.3, 4.0)
    rows = np.asarray(sessions[0], dtype=float)
    missed = np.insert(rows, 7, np.nan, axis=0)
    missed[7, -3:] = 0.0
    assert fit_rescorla_wagner([missed], 2).parameters == fit_rescorla_wagner([rows], 2).parameters
    unknown = rows.copy()
    unknown[:, 2:4] = np.nan
    assert fit_rescorla_wagner([unknown], 2).parameters["beta_reward"] >= 0.0


def test_three_arms_and_sessions_of_several_lengths():
    agent = AgentQ(3, alpha_reward=0.5, beta_reward=5.0)
    dataset, _, _ = create_dataset(agent, BanditsDrift(0.1, n_actions=3), 300, 4, random_state=0)
    sessions = [xs[: 300 - 40 * k] for k, xs in enumerate(dataset.xs)]
    found = fit_rescorla_wagner(sessions, 3).parameters
    assert found["alpha_reward"] == pytest.approx(0.5, abs=0.1)
    assert found["beta_reward"] == pytest.approx(5.0, abs=1.0)


def test_other_numbers_of_arms_are_refused():
    with pytest.raises(DataError, match="features"):
        fit_rescorla_wagner([np.zeros((4, 5))], 3)


@pytest.mark.parametrize("n_trials", [100, 1_000])
def test_few_evaluations_of_the_likelihood_are_enough(monkeypatch, n_trials):
    sessions, _, _ = simulated(0.3, 4.0, n_trials)
    evaluated = []
    monkeypatch.setattr(np, "exp", lambda x, exp=np.exp: evaluated.append(x.shape) or exp(x))
    fit_rescorla_wagner(sessions, 2)
    # Of all trials, arms and learning rates at once; bisection would take three times as many.
    assert {shape[:2] for shape in evaluated} == {(n_trials, 2)}
    assert len(evaluated) < 45
