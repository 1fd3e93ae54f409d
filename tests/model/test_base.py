"""`BaseRNN`: networks, initial values and inverse temperatures follow from a declaration."""

from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from own_forward import OwnForwardRNN
from quick_fit import few_people

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.run import run_model
from spice.observation.lapses import SoftmaxWithLapses
from spice.precoded import ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.resources.mechanisms import Mechanism, State
from spice.rollout.networks import NetworkOptions


class SeveralRNN(BaseRNN):
    init_values: ClassVar[dict[str, Any]] = {
        "x_own": State(0.5, learned="participant", inverse_temperature="participant"),
        "x_plain": 0.2,
        "x_hidden": State(0.0, readout=False, inverse_temperature="participant"),
    }
    mechanisms = (
        Mechanism("m_own", "x_own", "chosen", ("c_reward", "x_plain")),
        Mechanism("m_plain", "x_plain", equation={"x_plain": 0.9}),
        Mechanism("m_hidden", "x_hidden", activation="sigmoid", update="direct"),
    )
    context_size = 4


class LapsingRNN(SeveralRNN):
    observation = SoftmaxWithLapses()


def several(rnn_class: type[BaseRNN] = SeveralRNN, n_experiments: int = 1) -> BaseRNN:
    return build_model(rnn_class, 2, 3, n_experiments, NetworkOptions(hidden_size=6))


def test_states_are_declared_by_a_number_or_in_full() -> None:
    model = several()
    assert model.states["x_plain"] == State(0.2)
    found = model.initial_state(2, torch.tensor([1, -1]))
    assert {name: value.tolist() for name, value in found.items()} == {
        "x_own": [[0.5, 0.5]] * 2, "x_plain": [[pytest.approx(0.2)] * 2] * 2, "x_hidden": [[0.0, 0.0]] * 2,
    }  # fmt: skip
    with torch.no_grad():
        model.initial["x_own"][:] = torch.arange(4.0)[:, None]
    assert model.initial_state(2, torch.tensor([1, -1]))["x_own"].tolist() == [[1.0, 1.0], [3.0, 3.0]]


def test_factors_of_what_is_read_out() -> None:
    model = several()
    factors = model.inverse_temperatures(model.embedding(torch.arange(4)))
    assert set(factors) == {"x_own", "x_plain"}
    assert factors["x_own"].shape == (4, 1)
    assert factors["x_plain"].tolist() == [1.0]
    assert list(model.betas) == ["x_own"]


def test_people_never_seen_are_the_mean_of_all() -> None:
    model = several(LapsingRNN)
    with torch.no_grad():
        model.initial["x_own"][:, 0] = torch.tensor([1.0, 2.0, 6.0, 99.0])
        model.observed["lapse"][:, 0] = torch.tensor([-1.0, 0.0, 4.0, 99.0])
    model.set_population()
    assert model.initial["x_own"][3].item() == 3.0
    assert model.observed["lapse"][3].item() == 1.0
    table = model.participant_embedding.table.weight
    torch.testing.assert_close(table[3], table[:3].mean(0))
    torch.testing.assert_close(model.embedding(torch.tensor([-1, 3]))[0], model.embedding(torch.tensor([3]))[0])


def test_parameters_of_an_observation_begin_where_it_says() -> None:
    found = several(LapsingRNN).observation_parameters(torch.tensor([0, -1]))
    np.testing.assert_allclose(found["lapse"].detach(), [[0.05], [0.05]], rtol=1e-5)
    assert several().observation_parameters(torch.tensor([0])) == {}


def test_the_declaration_names_the_observation_where_it_is_no_softmax() -> None:
    assert "observation" not in SeveralRNN.declaration()
    assert LapsingRNN.declaration()["observation"] == "softmax-with-lapses"
    assert [m["name"] for m in SeveralRNN.declaration()["mechanisms"]] == ["m_own", "m_plain", "m_hidden"]


def test_a_model_is_declared_unless_it_has_a_forward() -> None:
    assert several().is_declared
    assert not OwnForwardRNN(2, 3).is_declared

    class Both(ForgettingRNN):
        def forward(self, inputs, prev_state=None, batch_first=False):
            return super().forward(inputs, prev_state, batch_first)

    assert not Both(2).is_declared
    assert OwnForwardRNN(2, 3).embeds_participants
    assert not ForgettingRNN(2).embeds_participants
    assert several().submodules_sindy == {}


@pytest.mark.parametrize("rnn_class", [ForgettingRNN, ParticipantEmbeddingRNN, LearningRateRNN])
@pytest.mark.parametrize("batch_first", [False, True])
def test_called_on_an_array_it_gives_the_logits_of_a_run_and_goes_on_from_a_state(
    rnn_class: type[BaseRNN], batch_first: bool
) -> None:
    xs, _ = few_people(3, 12)
    trials, _ = read_conditions(xs, 2)
    model = build_model(rnn_class, 2, 3, 1, NetworkOptions()).eval()
    inputs = torch.as_tensor(xs) if batch_first else torch.as_tensor(xs).permute(1, 0, 2)
    axis = 1 if batch_first else 0
    with torch.no_grad():
        expected = run_model(model, trials, Ids.of(trials, (0, 1, 2), (0,)))
        logits, last = model(inputs, None, batch_first)
        first, state = model(inputs.narrow(axis, 0, 5), None, batch_first)
        second, _ = model(inputs.narrow(axis, 5, 7), state, batch_first)
    torch.testing.assert_close(logits.permute(1, 0, 2) if batch_first else logits, expected.logits)
    torch.testing.assert_close(torch.cat([first, second], axis), logits)
    assert set(last) == set(model.states)


def test_a_declaration_that_does_not_fit_together_is_refused_when_the_model_is_made() -> None:
    class WrongRNN(BaseRNN):
        init_values: ClassVar = {"x": 0.0}
        mechanisms = (Mechanism("m", "y"),)

    with pytest.raises(ConfigError, match=r"state of mechanism 'm'.*\['x'\].*'y'"):
        WrongRNN(2)


@torch.no_grad()
def test_people_begin_alike_where_the_rectifier_passes_and_as_if_they_had_no_embedding() -> None:
    model = build_model(ParticipantEmbeddingRNN, 2, 50, 2, NetworkOptions()).eval()
    for embedding in (model.participant_embedding, model.experiment_embedding):
        table = embedding.table.weight.detach()
        assert float(table.min()) > 0
        assert float(table.std()) == pytest.approx(0.3, abs=0.06)
        table.fill_(embedding.centre)
    whoever = model.embedding(torch.tensor([3]))
    assert float(model.inverse_temperatures(whoever)["x_value_reward"]) == pytest.approx(1.0, abs=1e-5)
    context = model.context(whoever, torch.tensor([1]))
    for form in model.forms(context, 1).values():
        network = form.network
        slopes, base, outgoing, bias = form.units(1 + network.n_inputs - context.shape[-1])
        # Without a value and inputs, what is read out is what makes 0 a resting point.
        at_rest = (outgoing * torch.tanh(base)).sum() + bias
        assert float(at_rest.abs()) < 1e-5
        assert slopes.shape[1] == 1 + network.n_inputs - 16
