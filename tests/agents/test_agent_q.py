from typing import Any

import numpy as np
import pytest

from spice.exceptions import ConfigError, DataError
from spice.resources.bandits import AgentQ

NAN = np.nan


def value(agent: AgentQ, name: str = "x_value_reward") -> np.ndarray:
    return agent.get_state_value(name, multiply_with_beta=False)


def test_defaults_by_hand() -> None:
    agent = AgentQ()
    assert agent.states == ("x_value_reward", "x_learning_rate_reward", "x_value_choice")
    np.testing.assert_allclose(agent.q, [1.5, 1.5])
    agent.update(0, [1.0, -1.0])
    # 0.5 + 0.2 (1 - 0.5) = 0.6, then 0.6 + 0.2 (0 - 0.6) = 0.48
    np.testing.assert_allclose(value(agent), [0.6, 0.5])
    agent.update(0, [0.0, -1.0])
    np.testing.assert_allclose(value(agent), [0.48, 0.5])
    np.testing.assert_allclose(agent.q, [1.44, 1.5])
    np.testing.assert_allclose(agent.get_choice_probs(), [1 / (1 + np.exp(0.06)), 1 / (1 + np.exp(-0.06))])
    agent.new_sess()
    np.testing.assert_allclose(value(agent), [0.5, 0.5])


def test_asymmetric_rates_split_at_one_half() -> None:
    agent = AgentQ(alpha_reward=0.8, alpha_penalty=0.1)
    agent.update(0, [0.6, -1.0])
    np.testing.assert_allclose(value(agent), [0.58, 0.5])
    agent.update(0, [0.5, -1.0])
    np.testing.assert_allclose(value(agent), [0.572, 0.5])


def test_arms_not_chosen_are_forgotten_toward_one_half() -> None:
    agent = AgentQ(n_actions=3, alpha_reward=1.0, forget_rate=0.25)
    agent.update(0, [1.0, -1.0, -1.0])
    agent.update(1, [-1.0, 0.0, -1.0])
    np.testing.assert_allclose(value(agent), [0.875, 0.0, 0.5])
    agent.update(2, [NAN, NAN, 1.0])
    np.testing.assert_allclose(value(agent), [0.78125, 0.125, 1.0])


def test_shown_rewards_of_other_arms_are_learned_from_and_not_forgotten() -> None:
    agent = AgentQ(
        n_actions=4,
        forget_rate=0.5,
        alpha_counterfactual_reward=0.4,
        alpha_counterfactual_penalty=0.1,
    )
    agent.update(0, [1.0, 1.0, 0.0, NAN])
    np.testing.assert_allclose(value(agent), [0.6, 0.7, 0.45, 0.5])
    np.testing.assert_allclose(value(agent, "x_learning_rate_reward"), [0.2, 0.4, 0.1, 0.0])
    agent.update(0, [1.0, -1.0, -1.0, 0.0])
    np.testing.assert_allclose(value(agent), [0.68, 0.6, 0.475, 0.45])


def test_one_counterfactual_rate_is_enough_to_stop_forgetting_of_shown_arms() -> None:
    agent = AgentQ(alpha_reward=1.0, forget_rate=0.5, alpha_counterfactual_reward=0.5)
    agent.update(0, [1.0, 1.0])
    agent.update(1, [0.0, 0.0])
    # The penalty is shown on arm 0, whose rate for penalties is 0: it stays.
    np.testing.assert_allclose(value(agent), [1.0, 0.0])


def test_without_counterfactual_rates_shown_rewards_are_ignored() -> None:
    agent = AgentQ(forget_rate=0.5, alpha_reward=1.0)
    agent.update(1, [0.0, 1.0])
    agent.update(0, [0.0, 1.0])
    np.testing.assert_allclose(value(agent), [0.0, 0.75])


def test_choice_values_by_hand() -> None:
    agent = AgentQ(n_actions=3, beta_reward=0.0, beta_choice=-2.0, alpha_choice=0.25)
    agent.update(1, [-1.0, 0.0, -1.0])
    agent.update(2, [-1.0, -1.0, 0.0])
    np.testing.assert_allclose(value(agent, "x_value_choice"), [0.0, 0.1875, 0.25])
    np.testing.assert_allclose(agent.q, [0.0, -0.375, -0.5])
    np.testing.assert_allclose(agent.get_state_value("x_value_choice"), [0.0, -0.375, -0.5])


def test_beta_counterfactual_weighs_a_memory_of_missed_rewards() -> None:
    agent = AgentQ(
        beta_counterfactual=2.0,
        alpha_counterfactual_reward=0.4,
        alpha_counterfactual_penalty=0.2,
        forget_rate=0.5,
    )
    assert agent.states[-1] == "x_value_counterfactual"
    agent.update(0, [1.0, 1.0])
    np.testing.assert_allclose(value(agent, "x_value_counterfactual"), [0.5, 0.7])
    np.testing.assert_allclose(agent.q, [3 * 0.6 + 2 * 0.5, 3 * 0.7 + 2 * 0.7])
    agent.update(1, [0.0, 1.0])
    np.testing.assert_allclose(value(agent, "x_value_counterfactual"), [0.4, 0.6])


def test_learning_rate_shows_what_the_last_trial_used() -> None:
    agent = AgentQ(alpha_reward=0.7, alpha_penalty=0.3)
    np.testing.assert_allclose(value(agent, "x_learning_rate_reward"), [0.0, 0.0])
    agent.update(0, [1.0, -1.0])
    np.testing.assert_allclose(agent.get_state_value("x_learning_rate_reward"), [0.7, 0.0])
    agent.update(1, [-1.0, 0.0])
    np.testing.assert_allclose(agent.get_state_value("x_learning_rate_reward"), [0.0, 0.3])


@pytest.mark.parametrize("reward", [[NAN, NAN], [-1.0, -1.0], [1.0, 1.0]])
def test_a_missed_trial_changes_nothing(reward: list[float]) -> None:
    agent = AgentQ(
        forget_rate=0.5,
        beta_choice=1.0,
        alpha_choice=0.5,
        alpha_counterfactual_reward=0.5,
        beta_counterfactual=1,
    )
    agent.update(0, [1.0, 0.0])
    before = [value(agent, name) for name in agent.states]
    agent.update(-1, reward)
    np.testing.assert_array_equal([value(agent, name) for name in agent.states], before)


def test_a_chosen_arm_without_a_known_reward_keeps_its_value() -> None:
    agent = AgentQ(beta_choice=1.0)
    agent.update(0, [NAN, NAN])
    np.testing.assert_allclose(value(agent), [0.5, 0.5])
    np.testing.assert_allclose(value(agent, "x_value_choice"), [1.0, 0.0])


def test_a_reward_of_minus_one_on_the_chosen_arm_is_a_reward() -> None:
    agent = AgentQ(alpha_reward=0.5)
    agent.update(0, [-1.0, -1.0])
    np.testing.assert_allclose(value(agent), [-0.25, 0.5])


@pytest.mark.parametrize("n_actions", [2, 16])
def test_a_batch_is_its_sessions(n_actions: int) -> None:
    rng = np.random.default_rng(0)
    n_sessions, n_trials = 5, 40
    settings: dict[str, Any] = {
        "n_actions": n_actions,
        "alpha_reward": 0.6,
        "alpha_penalty": 0.3,
        "alpha_counterfactual_penalty": 0.2,
        "beta_counterfactual": 0.5,
        "beta_choice": 1.0,
        "alpha_choice": 0.3,
        "forget_rate": 0.1,
    }
    choices = rng.integers(-1, n_actions, (n_trials, n_sessions))
    rewards = rng.choice([0.0, 1.0, -1.0, NAN], (n_trials, n_sessions, n_actions))
    batch = AgentQ(**settings)
    batch.new_sess(n_sessions=n_sessions)
    for choice, reward in zip(choices, rewards, strict=True):
        batch.update(choice, reward)
    for i in range(n_sessions):
        single = AgentQ(**settings)
        for choice, reward in zip(choices[:, i], rewards[:, i], strict=True):
            single.update(int(choice), reward)
        np.testing.assert_allclose(batch.q[i], single.q, rtol=1e-12)
        assert np.ptp(single.q) > 0
        for name in single.states:
            np.testing.assert_allclose(batch.get_state_value(name)[i], single.get_state_value(name))


def test_parameters_can_be_given_for_each_session() -> None:
    agent = AgentQ(alpha_reward=0.1)
    agent.new_sess(n_sessions=2, parameters={"alpha_reward": [0.2, 0.6], "beta_reward": np.array([1.0, 2.0])})
    agent.update(np.array([0, 0]), np.array([[1.0, -1.0], [0.0, -1.0]]))
    np.testing.assert_allclose(value(agent)[:, 0], [0.6, 0.2])  # alpha_penalty follows alpha_reward
    np.testing.assert_allclose(agent.q, [[0.6, 0.5], [0.4, 1.0]])
    agent.new_sess()
    assert agent.parameters["alpha_reward"] == agent.parameters["alpha_penalty"] == 0.1


def test_parameters_rebuild_the_agent() -> None:
    agent = AgentQ(alpha_reward=0.3, forget_rate=0.2, parameter_variance=0.1, random_state=0)
    agent.new_sess(sample_parameters=True)
    assert 0.3 != agent.parameters["alpha_reward"] == agent.parameters["alpha_penalty"]
    twin = AgentQ(**agent.parameters)
    for choice, reward in ((0, [1.0, -1.0]), (1, [-1.0, 0.0])):
        agent.update(choice, reward)
        twin.update(choice, reward)
    np.testing.assert_array_equal(agent.q, twin.q)


def test_sampled_parameters_have_mean_and_deviation_and_stay_in_bounds() -> None:
    variance = {"alpha_reward": 0.05, "beta_reward": -1.0, "forget_rate": 0.5, "beta_choice": 2.0}
    agent = AgentQ(
        alpha_reward=0.5,
        forget_rate=0.9,
        beta_reward=2.0,
        beta_choice=-1.0,
        parameter_variance=variance,
        random_state=0,
    )
    agent.new_sess(n_sessions=20_000, sample_parameters=True)
    drawn = agent.parameters
    assert drawn["alpha_reward"].mean() == pytest.approx(0.5, abs=0.002)
    assert drawn["alpha_reward"].std() == pytest.approx(0.05, rel=0.03)
    np.testing.assert_array_equal(drawn["alpha_penalty"], drawn["alpha_reward"])
    assert (drawn["beta_reward"].min(), np.median(drawn["beta_reward"])) == pytest.approx((0.0, 2.0), abs=0.06)
    # A normal of standard deviation 2 around 2 is below 0 in 15.9 % of all draws.
    assert (drawn["beta_reward"] == 0).mean() == pytest.approx(0.159, abs=0.01)
    assert (drawn["forget_rate"].min(), drawn["forget_rate"].max()) == (0.0, 1.0)
    assert drawn["beta_choice"].max() == 0.0
    assert np.ptp(drawn["alpha_choice"]) == 0.0
    agent.new_sess(n_sessions=3)
    np.testing.assert_array_equal(agent.parameters["alpha_reward"], [0.5, 0.5, 0.5])


def test_one_variance_for_all_switches_nothing_on() -> None:
    agent = AgentQ(parameter_variance=0.1, random_state=0)
    agent.new_sess(n_sessions=100, sample_parameters=True)
    varying = {name for name, values in agent.parameters.items() if np.ptp(values) > 0}
    assert varying == {"beta_reward", "alpha_reward", "alpha_penalty", "alpha_choice"}
    assert agent.states == AgentQ().states


def test_a_tied_penalty_rate_varies_alone_if_named() -> None:
    agent = AgentQ(alpha_reward=0.4, parameter_variance={"alpha_penalty": 0.1}, random_state=0)
    agent.new_sess(n_sessions=5_000, sample_parameters=True)
    assert agent.parameters["alpha_penalty"].mean() == pytest.approx(0.4, abs=0.01)
    assert np.ptp(agent.parameters["alpha_reward"]) == 0.0


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"alpha_reward": 1.1}, "alpha_reward"),
        ({"alpha_reward": -1}, "alpha_reward"),
        ({"alpha_penalty": -0.5}, "alpha_penalty"),
        ({"alpha_counterfactual_reward": NAN}, "alpha_counterfactual_reward"),
        ({"alpha_counterfactual_penalty": 2}, "alpha_counterfactual_penalty"),
        ({"alpha_choice": -0.1}, "alpha_choice"),
        ({"forget_rate": 1.0001}, "forget_rate"),
        ({"beta_reward": np.inf}, "beta_reward"),
        ({"beta_choice": "high"}, "beta_choice"),
        ({"alpha_reward": [0.1, 0.2]}, "alpha_reward"),
        ({"parameter_variance": -0.1}, "parameter_variance"),
        ({"parameter_variance": {"alpha": 0.1}}, "parameter_variance"),
        ({"n_actions": 0}, "n_actions"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], argument: str) -> None:
    with pytest.raises(ConfigError) as caught:
        AgentQ(**settings)
    assert caught.value.argument == argument


def test_bad_parameters_of_a_session_are_named() -> None:
    agent = AgentQ()
    with pytest.raises(ConfigError, match=r"alpha_reward.*one number or an array of shape"):
        agent.new_sess(n_sessions=3, parameters={"alpha_reward": [0.1, 0.2]})
    with pytest.raises(ConfigError, match="'alpha'"):
        agent.new_sess(parameters={"alpha": 0.1})


@pytest.mark.parametrize(
    ("choice", "reward", "argument"),
    [(2, [0, 0], "choice"), (0.0, [0, 0], "choice"), ([0], [0, 0], "choice"), (0, 1.0, "reward")],
)
def test_bad_trials_are_named(choice: Any, reward: Any, argument: str) -> None:
    with pytest.raises(DataError) as caught:
        AgentQ().update(choice, reward)
    assert caught.value.argument == argument
