"""The gradient written out for declared models against that of torch."""

from collections.abc import Callable
from itertools import chain
from typing import ClassVar

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.training_data import TrainingData
from spice.precoded import ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.networks import NetworkOptions
from spice.rollout.parts import InverseTemperature
from spice.training import carried_gradient
from spice.training.gradient import AutogradGradient, WrittenOutGradient, choice_gradient
from spice.training.steps import GradientSteps
from spice.training.train import share_generator

N_ARMS, N_PEOPLE, N_EXPERIMENTS = 3, 5, 2


class Everything(BaseRNN):
    """A model with every kind of part that training goes through."""

    context_size = 4
    additional_inputs = ("c_cue",)
    init_values: ClassVar = {
        "x_value": State(0.4, inverse_temperature="participant", learned="participant", resets="block"),
        "x_trace": State(0.1, learned="shared", inverse_temperature="shared"),
        "x_bias": State(0.2, inverse_temperature="none"),
        "x_rate": State(0.3, readout=False),
    }
    mechanisms = (
        Mechanism("m_rate", "x_rate", "chosen", ("c_reward",), activation="sigmoid"),
        Mechanism(
            "m_value", "x_value", "chosen", (Input("c_reward"), Input("x_rate", when="after"), Input("c_cue", "mean"))
        ),
        Mechanism("m_forget", "x_value", "not_chosen", ("x_trace",), update="direct"),
        Mechanism("m_trace", "x_trace", "all", ("c_action",), equation={"x_trace": 0.6, "c_action": 0.4}),
        Mechanism("m_bias", "x_bias", "all", (), bounds=(-1.0, 1.0)),
    )


class Alone(Everything):
    """The same for people without embeddings."""

    context_size = 0


class OwnContext(ParticipantEmbeddingRNN):
    """Changes what stands around its mechanisms."""

    def context(self, embedding: torch.Tensor | None, experiments: torch.Tensor) -> torch.Tensor | None:
        """Half the embedding."""
        return None if embedding is None else embedding / 2


def data_for(model: BaseRNN) -> TrainingData:
    """Seven sequences of up to 23 trials, of five people and one never seen."""
    rng = np.random.default_rng(5)
    n_sequences, n_trials = 7, 23
    choices = rng.integers(N_ARMS, size=(n_sequences, n_trials))
    chosen = choices[..., None] == np.arange(N_ARMS)
    n_inputs = len(model.additional_inputs)
    xs = np.zeros((n_sequences, n_trials, 2 * N_ARMS + n_inputs + 3))
    xs[..., :N_ARMS] = chosen
    xs[..., N_ARMS : 2 * N_ARMS] = np.where(chosen, rng.integers(2, size=choices.shape)[..., None], -1)
    xs[..., 2 * N_ARMS : 2 * N_ARMS + n_inputs] = rng.normal(size=(n_sequences, n_trials, n_inputs))
    xs[..., -3] = np.arange(n_trials) // 9
    xs[..., -2] = np.arange(n_sequences)[:, None] % N_EXPERIMENTS
    xs[..., -1] = np.array([0, 1, 2, 3, 4, 1, 9])[:, None]
    for sequence, length in enumerate(range(n_trials - n_sequences + 1, n_trials + 1)):
        xs[sequence, length:, : 2 * N_ARMS] = np.nan
    xs[0, 6:] = np.nan
    trials, _ = read_conditions(xs, N_ARMS)
    targets = torch.cat([trials.actions[1:], torch.zeros_like(trials.actions[:1])])
    ids = Ids.of(trials, tuple(range(N_PEOPLE)), tuple(range(N_EXPERIMENTS)))
    dtype = next(model.parameters()).dtype
    return TrainingData(trials, targets, ids).to(dtype).read_by(model)


def all_windows(
    kind: type[AutogradGradient] | type[WrittenOutGradient],
    model: BaseRNN,
    sequences: NDArray[np.int_] | None,
    n_steps: int | None,
) -> tuple[list[tuple[float, float]], list[torch.Tensor]]:
    """What each window gives, and its gradient; weights change a little in between."""
    found, gradients = [], []
    share_generator(model, torch.Generator().manual_seed(2))
    with GradientSteps(model, 0.05, 0.0) as steps:
        gradient = kind(model, data_for(model), n_steps)
        # The second pass knows of the first what comes after each window.
        for scores in chain(gradient.windows(sequences), gradient.windows(sequences)):
            found.append(scores)
            gradients.append(steps.gradient.clone())
            steps.descend()
    return found, gradients


@pytest.mark.parametrize("rnn_class", [ParticipantEmbeddingRNN, ForgettingRNN, LearningRateRNN, Everything, Alone])
@pytest.mark.parametrize("sequences", [None, np.array([6, 1, 5, 5, 0]), np.array([0])])
@pytest.mark.parametrize("n_steps", [None, 5])
def test_written_out_it_is_that_of_torch(
    rnn_class: type[BaseRNN], sequences: NDArray[np.int_] | None, n_steps: int | None
) -> None:
    models = [
        build_model(rnn_class, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions(dropout=0.25), seed=1).double().train()
        for _ in range(2)
    ]
    by_torch, of_torch = all_windows(AutogradGradient, models[0], sequences, n_steps)
    written_out, own = all_windows(WrittenOutGradient, models[1], sequences, n_steps)
    assert len(by_torch) == len(written_out) > 0
    np.testing.assert_allclose(written_out, by_torch, rtol=1e-8)
    for a, b in zip(own, of_torch, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9)
    for name, parameter in models[0].named_parameters():
        torch.testing.assert_close(dict(models[1].named_parameters())[name], parameter, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("kind", [AutogradGradient, WrittenOutGradient])
def test_with_all_that_later_windows_say_it_is_that_of_whole_sequences(
    kind: type[AutogradGradient] | type[WrittenOutGradient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried_gradient, "FADING", 1.0)
    model = build_model(Everything, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions(dropout=0.0), seed=1).double()
    data = data_for(model)

    def total(gradient: AutogradGradient | WrittenOutGradient, steps: GradientSteps) -> torch.Tensor:
        summed = torch.zeros_like(steps.vector)
        for _, n in gradient.windows(None):
            summed += steps.gradient * n
            steps.gradient.zero_()
        return summed

    with GradientSteps(model, 0.0, 0.0) as steps:
        whole = total(kind(model, data, None), steps)
        in_windows = kind(model, data, 5)
        truncated = total(in_windows, steps)
        for _ in range(4):
            complete = total(in_windows, steps)
    assert float((truncated - whole).abs().max()) > 1e-2 * float(whole.abs().max())
    torch.testing.assert_close(complete, whole, rtol=1e-8, atol=1e-10)


def test_all_parts_have_a_gradient() -> None:
    model = build_model(Everything, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions(dropout=0.0)).double().train()
    with GradientSteps(model, 0.05, 0.0):
        for _ in WrittenOutGradient(model, data_for(model), 8).windows(None):
            pass
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None
            assert float(parameter.grad.abs().max()) > 0, name


class OwnTemperature(ParticipantEmbeddingRNN):
    """Has inverse temperatures of its own."""

    def setup_constant(self, embedding_size: int | None = None, leaky_relu: float = 0.01) -> InverseTemperature:
        """Half of what they are."""

        class Half(InverseTemperature):
            def forward(self, embedding: torch.Tensor | None = None) -> torch.Tensor:
                return super().forward(embedding) / 2

        return Half(embedding_size)


def with_frozen_weights(model: BaseRNN) -> None:
    next(model.parameters()).requires_grad_(False)


def with_another_activation(model: BaseRNN) -> None:
    model.participant_embedding.activation = torch.nn.Tanh()


def with_normed_weights(model: BaseRNN) -> None:
    torch.nn.utils.parametrizations.weight_norm(next(iter(model.submodules_rnn.values())).hidden)


@pytest.mark.parametrize("rnn_class", [OwnContext, OwnTemperature])
def test_models_that_change_these_parts_are_left_to_torch(rnn_class: type[BaseRNN]) -> None:
    model = build_model(rnn_class, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions())
    assert type(choice_gradient(model, data_for(model), 8)) is AutogradGradient


@pytest.mark.parametrize("change", [with_frozen_weights, with_another_activation, with_normed_weights])
def test_models_that_were_changed_are_left_to_torch(change: Callable[[BaseRNN], None]) -> None:
    model = build_model(ParticipantEmbeddingRNN, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions())
    assert type(choice_gradient(model, data_for(model), 8)) is WrittenOutGradient
    change(model)
    assert type(choice_gradient(model, data_for(model), 8)) is AutogradGradient


def test_a_mini_batch_runs_no_longer_than_its_longest_sequence() -> None:
    model = build_model(ParticipantEmbeddingRNN, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions())
    with GradientSteps(model, 0.05, 0.0):
        gradient = WrittenOutGradient(model, data_for(model), None)
        short = int(gradient.lengths[0])
        assert short < gradient.lengths.max()
        next(gradient.windows(np.array([0])))
        assert len(gradient.room) == short * N_ARMS


def test_weights_that_overflow_warn_of_nothing() -> None:
    model = build_model(ParticipantEmbeddingRNN, N_ARMS, N_PEOPLE, N_EXPERIMENTS, NetworkOptions())
    with GradientSteps(model, 0.05, 0.0) as steps:
        steps.vector.mul_(1e30)
        for nll, _ in WrittenOutGradient(model, data_for(model), None).windows(None):
            assert not np.isfinite(nll) or nll > 0
