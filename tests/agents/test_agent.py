from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from spice.exceptions import ConfigError
from spice.resources.bandits import Agent


class Rater(Agent):
    """Two states in the logits and one that is not."""

    def __init__(self, **options: Any) -> None:
        super().__init__(3, {"a": 1.0, "b": 2.0, "rate": 0.4}, {"a": 3.0, "b": -0.5}, **options)

    def update(self, choice: ArrayLike, reward: ArrayLike, **kwargs: Any) -> None:
        self._state["a"] = self._state["a"] + np.asarray(reward)


def test_logits_are_the_betas_times_the_states() -> None:
    agent = Rater()
    agent.update(0, [0.0, 1.0, 2.0])
    np.testing.assert_allclose(agent.q, [2.0, 5.0, 8.0])
    np.testing.assert_allclose(agent.get_state_value("a"), [3.0, 6.0, 9.0])
    np.testing.assert_allclose(agent.get_state_value("a", multiply_with_beta=False), [1.0, 2.0, 3.0])
    np.testing.assert_allclose(agent.get_state_value("rate"), [0.4, 0.4, 0.4])
    assert agent.states == ("a", "b", "rate")
    assert agent.parameters == {}


def test_choice_probabilities_are_the_softmax_even_of_large_logits() -> None:
    agent = Rater()
    agent.update(0, np.array([np.log(2) / 3, 0.0, np.log(5) / 3]))
    np.testing.assert_allclose(agent.get_choice_probs(), [2 / 8, 1 / 8, 5 / 8])
    agent.update(0, [0.0, 0.0, 1e4])
    np.testing.assert_allclose(agent.get_choice_probs(), [0.0, 0.0, 1.0])


def test_new_session_starts_anew_and_ignores_what_it_does_not_know() -> None:
    agent = Rater()
    agent.update(0, [1.0, 1.0, 1.0])
    agent.new_sess(participant_id=3, experiment_id=0)
    np.testing.assert_allclose(agent.q, [2.0, 2.0, 2.0])


def test_choices_follow_the_probabilities() -> None:
    agent = Rater(random_state=0)
    agent.update(0, np.array([np.log(2) / 3, 0.0, np.log(5) / 3]))
    choices = [agent.get_choice() for _ in range(20_000)]
    assert all(type(choice) is int for choice in choices[:10])
    np.testing.assert_allclose(np.bincount(choices) / 20_000, [2 / 8, 1 / 8, 5 / 8], atol=0.012)


def test_choices_of_a_batch_follow_their_own_probabilities() -> None:
    agent = Rater(random_state=0)
    agent.new_sess(n_sessions=30_000)
    rewards = np.zeros((30_000, 3))
    rewards[::2, 0] = 10.0
    agent.update(0, rewards)
    choices = agent.get_choice()
    assert choices.shape == (30_000,)
    assert (choices[::2] == 0).all()
    np.testing.assert_allclose(np.bincount(choices[1::2]) / 15_000, [1 / 3, 1 / 3, 1 / 3], atol=0.015)


def test_deterministic_takes_the_highest_and_the_first_of_equals() -> None:
    agent = Rater(deterministic=True)
    assert agent.get_choice() == 0
    agent.update(0, [0.0, 2.0, 1.0])
    assert [agent.get_choice() for _ in range(20)] == [1] * 20


def test_seeds_repeat() -> None:
    first, same, other = (Rater(random_state=seed) for seed in (1, 1, 2))
    draws = [[agent.get_choice() for _ in range(50)] for agent in (first, same, other)]
    assert draws[0] == draws[1] != draws[2]
    first.seed(1)
    assert [first.get_choice() for _ in range(50)] == draws[0]


def test_a_state_read_is_a_copy() -> None:
    agent = Rater()
    agent.get_state_value("rate")[:] = 9.0
    agent.get_state_value("a", multiply_with_beta=False)[:] = 9.0
    np.testing.assert_allclose(agent.get_state_value("rate"), 0.4)
    np.testing.assert_allclose(agent.get_state_value("a", multiply_with_beta=False), 1.0)


def test_unknown_states_and_betas_are_named() -> None:
    with pytest.raises(ConfigError, match=r"one of a, b, rate.*'c'"):
        Rater().get_state_value("c")
    with pytest.raises(ConfigError, match="betas"):
        Agent(2, {"a": 0.0}, {"b": 1.0})
    with pytest.raises(ConfigError, match="n_actions"):
        Agent(1)
