"""`RescorlaWagnerRNN`: the chosen arm learns from its reward, and nothing else moves."""

import numpy as np
import pytest

from spice.model.build import build_model
from spice.precoded import RESCOLA_WAGNER_CONFIG, RESCORLA_WAGNER_CONFIG, RescorlaWagnerRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


def test_one_mechanism_and_both_spellings_of_its_config() -> None:
    (mechanism,) = RescorlaWagnerRNN.mechanisms
    assert (mechanism.state, mechanism.applies_to, mechanism.input_names) == ("x_value_reward", "chosen", ("c_reward",))
    assert RESCOLA_WAGNER_CONFIG is RESCORLA_WAGNER_CONFIG
    assert RESCORLA_WAGNER_CONFIG.rnn_modules == ["x_value_reward_chosen"]


@pytest.mark.parametrize("n_actions", [2, 4])
def test_only_the_chosen_arm_learns_and_only_from_its_own_reward(n_actions: int) -> None:
    agent = AgentNetwork(build_model(RescorlaWagnerRNN, n_actions, 1, 1, NetworkOptions()))
    found = {}
    for own, others in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0)):
        agent.new_sess()
        agent.update(1, np.where(np.arange(n_actions) == 1, own, others))
        found[own, others] = agent.get_state_value("x_value_reward")
        assert (np.delete(found[own, others], 1) == 0.5).all()
    np.testing.assert_array_equal(found[1.0, 1.0], found[1.0, 0.0])
    assert found[1.0, 1.0][1] != found[0.0, 1.0][1]
