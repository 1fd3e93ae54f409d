from typing import Any, ClassVar

import pytest
import torch

from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.resources.mechanisms import Mechanism, State
from spice.rollout.networks import NetworkOptions


class SeveralRNN(BaseRNN):
    init_values: ClassVar[dict[str, Any]] = {
        "x_own": State(0.5, learned="participant", inverse_temperature="participant"),
        "x_all": State(0.2, learned="shared", inverse_temperature="shared"),
        "x_hidden": State(0.0, readout=False, inverse_temperature="participant"),
    }
    mechanisms = (
        Mechanism("m_own", "x_own", "chosen", ("c_reward", "x_all")),
        Mechanism("m_all", "x_all", equation={"x_all": 0.9}),
        Mechanism("m_hidden", "x_hidden", activation="sigmoid", update="direct"),
    )
    context_size = 4


def several(n_experiments: int = 1) -> BaseRNN:
    return build_model(SeveralRNN, 2, 3, n_experiments, NetworkOptions(hidden_size=6))


def test_a_network_for_each_learned_mechanism_of_as_many_inputs() -> None:
    networks = several().submodules_rnn
    assert {name: n.hidden.in_features for name, n in networks.items()} == {"m_own": 1 + 2 + 4, "m_hidden": 1 + 4}
    assert {name: (n.sigmoid, n.residual) for name, n in networks.items()} == {
        "m_own": (False, True), "m_hidden": (True, False),
    }  # fmt: skip
    assert several(n_experiments=2).submodules_rnn["m_own"].hidden.in_features == 1 + 2 + 2 * 4


def test_embeddings_have_a_row_more_for_those_never_seen() -> None:
    assert several().participant_embedding.table.weight.shape == (4, 4)
    assert not hasattr(several(), "experiment_embedding")
    assert several(n_experiments=2).experiment_embedding.table.weight.shape == (3, 4)


def test_starts_and_factors_are_learned_as_the_states_say() -> None:
    model = several()
    assert {name: tuple(rows.shape) for name, rows in model.initial.items()} == {"x_own": (4, 1), "x_all": (1, 1)}
    factors = model.inverse_temperatures(model.embedding(torch.arange(3)))
    assert {name: tuple(factor.shape) for name, factor in factors.items()} == {"x_own": (3, 1), "x_all": (1,)}


def test_a_declaration_that_does_not_fit_together_is_refused() -> None:
    class WrongRNN(BaseRNN):
        init_values: ClassVar[dict[str, float]] = {"x_value": 0.5}
        mechanisms = (Mechanism("m_value", "x_value", inputs=("x_other",)),)

    with pytest.raises(ConfigError, match="x_other"):
        WrongRNN(2)
