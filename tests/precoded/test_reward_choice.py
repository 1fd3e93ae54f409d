"""`RewardChoiceRNN`: values and traces of choices feed each other."""

import numpy as np
import pytest
import torch

from spice.model.build import build_model
from spice.precoded import CHOICE_CONFIG, REWARD_CHOICE_CONFIG, RewardChoiceRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


def test_mechanisms_are_those_of_choices_with_the_other_value_as_an_input() -> None:
    assert REWARD_CHOICE_CONFIG.rnn_modules == CHOICE_CONFIG.rnn_modules
    assert REWARD_CHOICE_CONFIG.filter_setup == CHOICE_CONFIG.filter_setup
    for name, inputs in REWARD_CHOICE_CONFIG.library_setup.items():
        other = "x_value_reward" if "choice" in name else "x_value_choice"
        assert inputs == [*CHOICE_CONFIG.library_setup[name], other]


@pytest.mark.parametrize(("source", "target"), [("reward", "choice"), ("choice", "reward")])
def test_each_value_moves_the_other(source: str, target: str) -> None:
    model = build_model(RewardChoiceRNN, 2, 2, 1, NetworkOptions())
    found = []
    for start in (-1.0, 1.0):
        agent = AgentNetwork(model)
        agent.new_sess(participant_id=0)
        agent._current[f"x_value_{source}"] = torch.full((1, 2), start)
        agent.update(0, [1.0, np.nan])
        found.append(agent.get_state_value(f"x_value_{target}", multiply_with_beta=False))
    # On the chosen arm and on the other.
    assert (np.abs(found[0] - found[1]) > 1e-4).all()


def test_an_update_reads_the_other_value_as_it_was_before_the_trial() -> None:
    assert {entry.when for mechanism in RewardChoiceRNN.mechanisms for entry in mechanism.entries} == {"before"}
