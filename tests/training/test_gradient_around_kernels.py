"""The gradient of the parts around the mechanisms of a declared model, against that of torch."""

from typing import ClassVar

import numpy as np
import pytest
import torch

from spice.data.ids import Ids
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.observation.lapses import SoftmaxWithLapses
from spice.precoded import ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.resources.mechanisms import Mechanism, State
from spice.rollout.compiled_run import Parameters
from spice.rollout.networks import NetworkOptions
from spice.rollout.program import encode
from spice.training.gradient_around_kernels import PartsGradient, is_plain
from spice.training.steps import GradientSteps

PEOPLE, EXPERIMENTS = torch.tensor([2, 0, -1, 2]), torch.tensor([0, 1, 1, -1])


class EveryPartRNN(BaseRNN):
    """Embeddings of people and experiments, and each kind of inverse temperature and initial value."""

    context_size = 3
    init_values: ClassVar = {
        "x_own": State(0.4, learned="participant", inverse_temperature="participant"),
        "x_shared": State(0.1, learned="shared", inverse_temperature="shared"),
        "x_fixed": State(0.2),
        "x_hidden": State(0.3, readout=False),
    }
    mechanisms = (
        Mechanism("m_own", "x_own", "chosen", ("c_reward",)),
        Mechanism("m_given", "x_fixed", "all", ("c_action",), equation={"x_fixed": 0.6, "c_action": 0.4}),
        Mechanism("m_shared", "x_shared", "not_chosen", ("c_reward", "x_own")),
        Mechanism("m_hidden", "x_hidden", "all"),
    )


@pytest.fixture
def model() -> BaseRNN:
    model = build_model(EveryPartRNN, 2, 3, 2, NetworkOptions(hidden_size=4, dropout=0.0), seed=1).double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(3))
    return model


def of_torch(model: BaseRNN) -> Parameters:
    """The same parameters of a rollout, with torch's record of how they came about."""
    embedding = model.embedding(PEOPLE)
    assert embedding is not None
    forms = model.forms(model.context(embedding, EXPERIMENTS), len(PEOPLE))
    slopes, bases, readouts, biases = [], [], [], []
    for mechanism in model.mechanisms:
        if mechanism.is_learned:
            slope, base, readout, bias = forms[mechanism.name].units(1 + len(mechanism.entries))  # type: ignore[attr-defined]
            slopes.append(torch.nn.functional.pad(slope, (0, 3 - slope.shape[1])))
            bases.append(base.expand(len(PEOPLE), -1))
            readouts.append(readout.expand(len(PEOPLE), -1))
            biases.append(bias)
        else:
            biases.append(torch.zeros(1, dtype=torch.float64))
    factors = model.inverse_temperatures(embedding)
    none = torch.zeros(1, dtype=torch.float64)
    initial = torch.stack(list(model.initial_state(len(PEOPLE), PEOPLE).values()))
    return Parameters(
        torch.cat(slopes), torch.cat(bases, 1).T, torch.cat(readouts, 1).T, torch.cat(biases),
        torch.tensor([[0.6, 0.4]], dtype=torch.float64), initial, initial,
        torch.stack([factors.get(name, none).expand(len(PEOPLE), 1)[:, 0] for name in model.states]),
    )  # type: ignore[arg-type]  # fmt: skip


def around(model: BaseRNN) -> PartsGradient:
    program = encode(model.mechanisms, model.forms(None, 0), model.states)
    return PartsGradient(model, program, Ids(PEOPLE, EXPERIMENTS))


def test_parameters_are_those_of_the_model(model: BaseRNN) -> None:
    with GradientSteps(model, 0.0, 0.0):
        found, expected = around(model).parameters(None), of_torch(model)
        for name in Parameters._fields:
            theirs = getattr(expected, name).detach().numpy()
            np.testing.assert_allclose(getattr(found, name), theirs, rtol=1e-12, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("has_start", [False, True])
def test_the_gradient_of_each_reaches_the_parameters_as_in_torch(model: BaseRNN, has_start: bool) -> None:
    rng = np.random.default_rng(0)
    with GradientSteps(model, 0.0, 0.0) as steps:
        parts = around(model)
        start = rng.normal(size=(4, len(PEOPLE), 2)) if has_start else None
        given = parts.parameters(start)
        gradient = Parameters(*(rng.normal(size=values.shape) for values in given))
        parts.back(gradient, has_start)
        own = steps.gradient.clone()
        steps.gradient.zero_()
        total = torch.zeros((), dtype=torch.float64)
        for name, values in of_torch(model)._asdict().items():
            if values.requires_grad and not (has_start and name == "start"):
                total = total + (values * torch.as_tensor(getattr(gradient, name))).sum()
        total.backward()
        torch.testing.assert_close(own, steps.gradient, rtol=1e-9, atol=1e-11)
        assert (own != 0).float().mean() > 0.7


def test_an_inverse_temperature_at_its_bound_has_no_gradient() -> None:
    model = build_model(LearningRateRNN, 2, 1, 1, NetworkOptions(dropout=0.0)).double()
    with torch.no_grad():
        model.betas["x_value_reward"].log_beta.fill_(9.0)
    with GradientSteps(model, 0.0, 0.0):
        program = encode(model.mechanisms, model.forms(None, 0), model.states)
        ids = Ids(torch.zeros(2, dtype=torch.long), torch.zeros(2, dtype=torch.long))
        parts = PartsGradient(model, program, ids)
        given = parts.parameters(None)
        np.testing.assert_allclose(given.factors, [[np.exp(6.0)] * 2, [0.0] * 2])
        parts.back(Parameters(*(np.ones_like(values) for values in given)), has_start=False)
        assert model.betas["x_value_reward"].log_beta.grad.item() == 0.0


class LapsingRNN(ForgettingRNN):
    observation = SoftmaxWithLapses()


class OwnStartRNN(ForgettingRNN):
    def initial_state(self, n_sequences, participants=None):
        return {"x_value_reward": torch.zeros(n_sequences, 2)}


def test_what_is_as_the_base_has_it() -> None:
    for rnn_class in (ForgettingRNN, ParticipantEmbeddingRNN, LearningRateRNN, EveryPartRNN):
        assert is_plain(build_model(rnn_class, 2, 3, 2, NetworkOptions()))
    for rnn_class in (LapsingRNN, OwnStartRNN):
        assert not is_plain(build_model(rnn_class, 2, 3, 2, NetworkOptions()))
    frozen = build_model(ForgettingRNN, 2, 3, 2, NetworkOptions())
    next(frozen.parameters()).requires_grad_(False)
    assert not is_plain(frozen)
