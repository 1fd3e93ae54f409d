"""`ForgettingRNN`: arms that are not chosen forget."""

import numpy as np
import pytest

from spice.model.build import build_model
from spice.precoded import FORGETTING_RNN_CONFIG, ForgettingRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


def test_mechanisms_and_config() -> None:
    assert [(m.name, m.state, m.applies_to, m.input_names) for m in ForgettingRNN.mechanisms] == [
        ("x_value_reward_chosen", "x_value_reward", "chosen", ("c_reward",)),
        ("x_value_reward_not_chosen", "x_value_reward", "not_chosen", ()),
    ]
    assert FORGETTING_RNN_CONFIG.rnn_modules == ["x_value_reward_chosen", "x_value_reward_not_chosen"]
    assert FORGETTING_RNN_CONFIG.library_setup["x_value_reward_not_chosen"] == []


@pytest.mark.parametrize("seed", range(3))
def test_values_of_arms_not_chosen_decay_towards_one_place_for_everybody(seed: int) -> None:
    agent = AgentNetwork(build_model(ForgettingRNN, 3, 5, 1, NetworkOptions(), seed))
    agent.new_sess(participant_id=0)
    for _ in range(4):
        agent.update(1, [np.nan, 1.0, np.nan])
    values = [agent.get_state_value("x_value_reward")]
    for _ in range(60):
        agent.update(0, [0.0, np.nan, np.nan])
        values.append(agent.get_state_value("x_value_reward"))
    second, third = np.array(values)[:, 1], np.array(values)[:, 2]
    # What the second arm learned is forgotten a little less with each trial, until both are the same.
    gaps = np.abs(second - third)
    assert gaps[0] > 0.05
    assert (np.diff(gaps) <= 1e-7).all()
    assert gaps[-1] < 0.05 * gaps[0]


def test_people_have_no_embedding_and_logits_are_values() -> None:
    model = build_model(ForgettingRNN, 2, 5, 1, NetworkOptions())
    assert not model.embeds_participants
    assert not model.betas
    agent = AgentNetwork(model)
    agent.update(0, [1.0, np.nan])
    np.testing.assert_array_equal(agent.q, agent.get_state_value("x_value_reward"))
