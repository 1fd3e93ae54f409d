"""`LearningRateRNN`: a rate that is learned, in a prediction error that is given."""

import numpy as np
import pytest
import torch

from spice.model.build import build_model
from spice.precoded import LEARNING_RATE_RNN_CONFIG, LearningRateRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions

RATE, VALUE = "x_learning_rate_reward", "x_value_reward"


def test_the_prediction_error_is_given_and_the_rest_is_learned() -> None:
    given = {m.name: m.equation for m in LearningRateRNN.mechanisms if not m.is_learned}
    assert given == {"x_value_reward_chosen": {VALUE: 1.0, f"{RATE} c_reward": 1.0, f"{RATE} {VALUE}": -1.0}}
    assert LEARNING_RATE_RNN_CONFIG.rnn_modules == [RATE, "x_value_reward_not_chosen"]
    assert LEARNING_RATE_RNN_CONFIG.library_setup == {RATE: ["c_reward", VALUE], "x_value_reward_not_chosen": []}
    states = LearningRateRNN.declared_states()
    assert not states[RATE].readout
    assert states[VALUE].inverse_temperature == "shared"


@pytest.mark.parametrize("scale", [1.0, 50.0])
def test_the_rate_is_between_0_and_1_and_moves_the_value_by_its_share(scale: float) -> None:
    model = build_model(LearningRateRNN, 2, 3, 1, NetworkOptions())
    with torch.no_grad():
        for parameter in model.submodules_rnn[RATE].parameters():
            parameter *= scale
    agent = AgentNetwork(model)
    value = agent.get_state_value(VALUE, multiply_with_beta=False)
    for choice, reward in ((0, 1.0), (1, 0.0), (1, 1.0), (0, 0.0), (0, 1.0)):
        before = value[choice]
        agent.update(choice, [reward, reward])
        rate, value = agent.get_state_value(RATE), agent.get_state_value(VALUE, multiply_with_beta=False)
        assert 0 <= rate[choice] <= 1
        assert rate[1 - choice] == 0
        assert value[choice] == pytest.approx(before + rate[choice] * (reward - before), abs=1e-6)


def test_the_rate_is_no_part_of_the_logits() -> None:
    model = build_model(LearningRateRNN, 2, 3, 1, NetworkOptions())
    with torch.no_grad():
        model.betas[VALUE].log_beta.fill_(np.log(3.0))
    agent = AgentNetwork(model)
    agent.update(0, [1.0, np.nan])
    np.testing.assert_allclose(agent.q, 3.0 * agent.get_state_value(VALUE, multiply_with_beta=False), rtol=1e-6)
    np.testing.assert_array_equal(agent.get_state_value(RATE), agent.get_state_value(RATE, multiply_with_beta=False))
