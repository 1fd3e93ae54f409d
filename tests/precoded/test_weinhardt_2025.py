"""`Weinhardt2025RNN`: values, choices and the reward of the chosen arm feed each other."""

import numpy as np
import pytest

from spice.model.build import build_model
from spice.precoded import WEINHARDT_2025_CONFIG, Weinhardt2024RNN, Weinhardt2025RNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions

STATES = ("x_value_reward", "x_value_choice", "x_learning_rate_reward")


def test_mechanisms_are_those_of_2024_with_more_inputs() -> None:
    assert Weinhardt2025RNN.init_values == Weinhardt2024RNN.init_values
    assert [m.name for m in Weinhardt2025RNN.mechanisms] == [m.name for m in Weinhardt2024RNN.mechanisms]
    assert WEINHARDT_2025_CONFIG.library_setup == {
        "x_learning_rate_reward": ["c_reward_chosen", "x_value_reward", "x_value_choice"],
        "x_value_reward_not_chosen": ["c_reward_chosen", "x_value_choice"],
        "x_value_choice_chosen": ["x_value_reward"],
        "x_value_choice_not_chosen": ["x_value_reward"],
    }
    given = [m for m in Weinhardt2025RNN.mechanisms if not m.is_learned]
    assert given == [m for m in Weinhardt2024RNN.mechanisms if not m.is_learned]


@pytest.mark.parametrize("model", [Weinhardt2024RNN, Weinhardt2025RNN])
def test_the_reward_of_the_chosen_arm_reaches_the_arm_not_chosen_in_2025_only(model: type) -> None:
    agent = AgentNetwork(build_model(model, 2, 2, 1, NetworkOptions()))
    found = []
    for reward in (0.0, 1.0):
        agent.new_sess(participant_id=0)
        agent.update(0, [reward, np.nan])
        found.append(agent.get_state_value("x_value_reward", multiply_with_beta=False)[1])
    assert bool(abs(found[0] - found[1]) > 1e-4) is (model is Weinhardt2025RNN)


def test_all_states_stay_between_0_and_1() -> None:
    agent = AgentNetwork(build_model(Weinhardt2025RNN, 2, 2, 1, NetworkOptions(), seed=3))
    agent.new_sess(participant_id=1)
    rng = np.random.default_rng(0)
    for _ in range(40):
        agent.update(int(rng.integers(2)), rng.integers(2, size=2).astype(float))
        for state in STATES:
            value = agent.get_state_value(state, multiply_with_beta=False)
            assert ((value >= 0) & (value <= 1)).all()
