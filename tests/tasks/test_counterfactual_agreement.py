"""Rewards of 1 and -1 with counterfactual feedback mean the same to whoever reads them."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from spice.agents.agent import Agent
from spice.agents.agent_q import AgentQ
from spice.data.trials import read_conditions
from spice.declaration.mechanisms import Mechanism
from spice.estimator import SpiceEstimator
from spice.model.base import BaseRNN
from spice.tasks.environments import BanditsFlip, BanditsStandard
from spice.tasks.simulation import create_dataset, get_update_dynamics

Floats = NDArray[np.float64]


class CounterfactualRNN(BaseRNN):
    """Learns from the rewards of all arms that were shown."""

    init_values = {"x_value_reward": 0.5}
    mechanisms = (
        Mechanism("x_value_reward_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
        Mechanism("x_value_reward_not_chosen", state="x_value_reward", applies_to="not_chosen", inputs=("c_reward",)),
    )


class WinOrLose(BanditsFlip):
    """Pays 1 or -1, and shows both."""

    def step(self, choice: ArrayLike) -> Floats:
        return 2 * super().step(choice) - 1


def arrays(n_people: int = 3, n_trials: int = 40) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(0)
    actions = np.eye(2)[rng.integers(2, size=(n_people, n_trials))]
    rewards = rng.choice([-1.0, 1.0], size=actions.shape)
    ids = np.zeros((n_people, n_trials, 3))
    ids[..., -1] = np.arange(n_people)[:, None]
    ys = np.full(actions.shape, np.nan)
    ys[:, :-1] = actions[:, 1:]
    return np.concatenate([actions, rewards, ids], axis=-1), ys


@pytest.fixture(scope="module")
def fitted() -> SpiceEstimator:
    return SpiceEstimator(CounterfactualRNN, epochs=2, random_state=0).fit(*arrays())


def test_predict_and_a_trial_at_a_time_are_the_same(fitted: SpiceEstimator) -> None:
    xs, _ = arrays()
    for p, agent in zip(fitted.predict(xs), (fitted.rnn_agent, fitted.spice_agent), strict=True):
        for session, of_session in zip(xs, p, strict=True):
            _, probabilities, _ = get_update_dynamics(session, agent)
            np.testing.assert_allclose(probabilities[1:], of_session[:-1], atol=1e-5)


def all_lost(xs: Floats) -> Floats:
    """A session in which every arm that was not chosen paid -1."""
    xs = xs[:1, :6].copy()
    xs[..., 2:4] = np.where(xs[..., :2] > 0, 1.0, -1.0)
    return xs


def test_a_fit_remembers_that_minus_one_was_a_reward(fitted: SpiceEstimator) -> None:
    session = all_lost(arrays()[0])
    assert fitted.rnn_agent.counterfactual
    alone, _ = fitted.predict(session)
    among_others, _ = fitted.predict(np.concatenate([session, arrays()[0][1:, :6]]))
    np.testing.assert_allclose(alone[0], among_others[0], atol=1e-6)
    _, probabilities, _ = get_update_dynamics(session[0], fitted.rnn_agent)
    np.testing.assert_allclose(probabilities[1:], alone[0, :-1], atol=1e-5)


def test_rewards_of_0_and_1_leave_minus_one_for_nothing_shown() -> None:
    xs, ys = arrays()
    xs[..., 2:4] = np.clip(xs[..., 2:4], 0, 1)
    estimator = SpiceEstimator(CounterfactualRNN, epochs=1, random_state=0).fit(xs, ys)
    assert not estimator.rnn_agent.counterfactual
    hidden = all_lost(arrays()[0])
    told = hidden.copy()
    told[..., 2:4][hidden[..., 2:4] == -1] = np.nan
    np.testing.assert_array_equal(estimator.predict(hidden)[0], estimator.predict(told)[0])


def test_a_file_remembers_too(fitted: SpiceEstimator, tmp_path: object) -> None:
    paths = f"{tmp_path}/network.pkl", f"{tmp_path}/equations.pkl"
    fitted.save_spice(*paths)
    loaded = SpiceEstimator(CounterfactualRNN).load_spice(*paths)
    assert loaded.rnn_agent.counterfactual
    assert loaded.spice_agent.counterfactual
    assert SpiceEstimator(CounterfactualRNN).load_spice(None, paths[1]).spice_agent.counterfactual


def test_what_an_agent_was_told_is_what_the_data_say() -> None:
    told: list[Floats] = []

    class Listener(AgentQ):
        def update(self, choice: ArrayLike, reward: ArrayLike, **kwargs: object) -> None:
            told.append(np.array(reward, dtype=float))
            super().update(choice, reward)

    agent = Listener(alpha_counterfactual_reward=0.4, alpha_counterfactual_penalty=0.3, random_state=1)
    dataset, sessions, _ = create_dataset(agent, WinOrLose(counterfactual=True), 30, 1, random_state=1)
    trials, reward_range = read_conditions(dataset.xs, 2)
    assert (trials.shown == 1).all()
    assert dataset.reward_range == (-1.0, 1.0)
    assert reward_range == (0.0, 1.0)
    np.testing.assert_array_equal(sessions[0].rewards, told)
    np.testing.assert_array_equal(dataset.xs[0, :, 2:4], (np.array(told) + 1) / 2)
    # So replaying the session comes to the values of the one who played it.
    _, _, after = get_update_dynamics(sessions[0], AgentQ(
        alpha_counterfactual_reward=0.4, alpha_counterfactual_penalty=0.3
    ))  # fmt: skip
    values = np.full(2, 0.5)
    for reward, choice in zip(told, sessions[0].choices, strict=True):
        own = np.arange(2) == choice
        rate = np.where(own, 0.2, np.where(reward > 0.5, 0.4, 0.3))
        values = values + rate * (reward - values)
    np.testing.assert_allclose(after.get_state_value("x_value_reward", multiply_with_beta=False), values)


def updated_by(agent: Agent, reward: list[float]) -> Floats:
    agent.new_sess()
    agent.update(0, reward)
    return agent.q


@pytest.fixture(params=["q", "network"])
def agent(request: pytest.FixtureRequest) -> Iterator[Agent]:
    if request.param == "q":
        yield AgentQ(alpha_counterfactual_reward=0.3, alpha_counterfactual_penalty=0.3)
    else:
        yield request.getfixturevalue("fitted").rnn_agent


def test_by_hand_an_agent_is_told_what_minus_one_is(agent: Agent) -> None:
    before = agent.counterfactual
    try:
        agent.counterfactual = False
        np.testing.assert_array_equal(updated_by(agent, [1.0, -1.0]), updated_by(agent, [1.0, np.nan]))
        agent.counterfactual = True
        assert (updated_by(agent, [1.0, -1.0]) != updated_by(agent, [1.0, np.nan])).any()
    finally:
        agent.counterfactual = before


def test_environments_mark_what_they_do_not_show() -> None:
    agent = AgentQ(alpha_counterfactual_reward=0.3, forget_rate=0.1, random_state=0)
    dataset, _, _ = create_dataset(agent, BanditsStandard(), 20, 2, random_state=0)
    assert (np.asarray(dataset.xs[..., 2:4])[np.asarray(dataset.xs[..., :2]) == 0] == -1).all()
