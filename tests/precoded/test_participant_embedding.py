"""`ParticipantEmbeddingRNN`: `ForgettingRNN` for people who differ."""

import numpy as np
import torch

from spice.model.build import build_model
from spice.precoded import FORGETTING_RNN_CONFIG, PARTICIPANT_EMBEDDING_RNN_CONFIG, ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


def test_mechanisms_are_those_of_forgetting_and_know_the_person() -> None:
    assert PARTICIPANT_EMBEDDING_RNN_CONFIG == FORGETTING_RNN_CONFIG
    model = build_model(ParticipantEmbeddingRNN, 2, 3, 1, NetworkOptions())
    assert model.embeds_participants
    widths = {name: network.hidden.in_features for name, network in model.submodules_rnn.items()}
    # The value, inputs and eight features of the person.
    assert widths == {"x_value_reward_chosen": 1 + 1 + 8, "x_value_reward_not_chosen": 1 + 8}


def test_people_differ_in_learning_and_in_inverse_temperatures_by_their_embedding_alone() -> None:
    model = build_model(ParticipantEmbeddingRNN, 2, 3, 1, NetworkOptions())
    agent = AgentNetwork(model)

    def learned(person: int) -> list[np.ndarray]:
        agent.new_sess(participant_id=person)
        agent.update(0, [1.0, np.nan])
        return [agent.get_state_value("x_value_reward", multiply) for multiply in (False, True)]

    for apart, factors in ((learned(0), learned(1)), (learned(1), learned(2))):
        assert np.abs(apart[0] - factors[0]).max() > 1e-4
        assert np.abs(apart[1] / apart[0] - factors[1] / factors[0]).max() > 1e-4
    with torch.no_grad():
        model.participant_embedding.table.weight[1] = model.participant_embedding.table.weight[0]
    np.testing.assert_array_equal(learned(0), learned(1))
