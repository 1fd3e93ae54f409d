"""How a model is constructed."""

from typing import Any

import pytest
import torch
from torch import nn

from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.precoded import LearningRateRNN, ParticipantEmbeddingRNN
from spice.rollout.networks import NetworkOptions


def weights(seed: int, **sizes: Any) -> torch.Tensor:
    model = build_model(ParticipantEmbeddingRNN, 2, 3, 1, NetworkOptions(**sizes), seed)
    return torch.cat([parameter.detach().ravel() for parameter in model.parameters()])


def test_a_seed_decides_the_weights_and_the_generator_of_the_process_stays() -> None:
    state = torch.get_rng_state()
    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))
    assert torch.equal(torch.get_rng_state(), state)


def test_options_reach_networks_of_models_that_know_nothing_of_them() -> None:
    model = build_model(LearningRateRNN, 2, 3, 1, NetworkOptions(hidden_size=5, dropout=0.4))
    assert {(n.n_hidden, n.dropout) for n in model.submodules_rnn.values()} == {(5, 0.4)}
    assert BaseRNN(2).setup_module(1).n_hidden == NetworkOptions().hidden_size


def test_a_constructor_gets_what_it_asks_for() -> None:
    class Few(BaseRNN):
        def __init__(self, n_actions: int) -> None:
            super().__init__(n_actions)

    class All(BaseRNN):
        def __init__(self, **given: Any) -> None:
            self.given = given
            super().__init__(**given)

    few = build_model(Few, 3, 7, 2, NetworkOptions())
    assert (few.n_actions, few.n_participants, few.n_experiments) == (3, 7, 2)
    assert build_model(All, 3, 7, 2, NetworkOptions()).given == {
        "n_actions": 3, "n_participants": 7, "n_experiments": 2,
    }  # fmt: skip


def test_what_an_estimator_does_not_know_is_asked_for_in_vain() -> None:
    class Asking(BaseRNN):
        def __init__(self, n_actions: int, signals: list[str], *, depth: int) -> None:
            super().__init__(n_actions)

    with pytest.raises(ConfigError, match=r"constructor of Asking.*\['signals', 'depth'\].*Give them defaults"):
        build_model(Asking, 2, 3, 1, NetworkOptions())


def test_embeddings_of_torch_get_a_row_for_people_never_seen() -> None:
    class Own(BaseRNN):
        def __init__(self, n_actions: int, n_participants: int) -> None:
            super().__init__(n_actions)
            self.participant_embedding = nn.Embedding(n_participants, 2)

    model = build_model(Own, 2, 4, 1, NetworkOptions())
    assert [(table.num_embeddings, row) for table, row in model.own_embeddings] == [(5, 4)]
