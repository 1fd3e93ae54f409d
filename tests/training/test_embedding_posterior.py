"""Embeddings of people as distributions: their gradient, and what they keep a network from learning."""

from typing import Any

import numpy as np
import pytest
import torch
from own_forward import OwnForwardRNN

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.datasets import simulate_rescorla_wagner
from spice.model.build import build_model
from spice.model.run import run_model
from spice.model.training_data import TrainingData
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.rollout.networks import NetworkOptions
from spice.rollout.parts import EMBEDDING_CENTRE
from spice.training.embedding_posterior import START_SPREAD, EmbeddingPosterior, tables_of_people
from spice.training.fit_data import Expected, read_fit_data
from spice.training.gradient import AutogradGradient, WrittenOutGradient
from spice.training.steps import GradientSteps
from spice.training.train import TrainingOptions, train_network

N_PEOPLE = 6


def people() -> TrainingData:
    dataset, _ = simulate_rescorla_wagner(N_PEOPLE, 30, random_state=2)
    return read_fit_data(Expected(ParticipantEmbeddingRNN, 2), dataset.xs, dataset.ys).training


def model_of(n_experiments: int = 1) -> ParticipantEmbeddingRNN:
    return build_model(ParticipantEmbeddingRNN, 2, N_PEOPLE, n_experiments, NetworkOptions(dropout=0.0)).double()


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_what_is_drawn_lies_around_the_means_and_settles_there() -> None:
    model = model_of()
    table = model.participant_embedding.table.weight
    before = table.detach().clone()
    posterior = EmbeddingPosterior(model, 100.0, seeded())
    draws = []
    for _ in range(400):
        posterior.draw()
        draws.append(table.detach().clone())
    drawn = torch.stack(draws)
    torch.testing.assert_close(drawn.mean(0), before, atol=0.08, rtol=0)
    assert drawn.std(0).mean().item() == pytest.approx(START_SPREAD, rel=0.02)
    posterior.settle()
    assert torch.equal(table, before)


@pytest.mark.parametrize("kind", [AutogradGradient, WrittenOutGradient])
def test_the_gradient_is_that_of_likelihood_and_divergence(kind: Any) -> None:
    data, model = people(), model_of()
    data = TrainingData(data.trials.to(torch.float64), data.targets.double(), data.ids).read_by(model)
    n = float(data.targets.sum())
    posterior = EmbeddingPosterior(model, n, seeded())
    with torch.no_grad():
        for spread in posterior.log_spreads:
            spread.add_(torch.rand(spread.shape, generator=seeded(3), dtype=spread.dtype))

    mean = posterior.means[0].detach().clone().requires_grad_()
    log_spread = posterior.log_spreads[0].detach().clone().requires_grad_()
    posterior.draw()
    drawn = mean + log_spread.exp() * posterior.noise[0]
    replaced = {"participant_embedding.table.weight": drawn}

    def nll() -> torch.Tensor:
        run = run_model(model, data.trials, data.ids)
        return run.nll(data.targets).sum() / n

    original = model.participant_embedding.forward

    def forward(ids: torch.Tensor) -> torch.Tensor:
        return model.participant_embedding.activation(replaced["participant_embedding.table.weight"][ids.long()])

    model.participant_embedding.forward = forward  # type: ignore[method-assign]
    distance = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, log_spread.exp()), torch.distributions.Normal(EMBEDDING_CENTRE, 1.0)
    ).sum()
    expected = torch.autograd.grad(0.5 * nll() + distance / n, [mean, log_spread])
    model.participant_embedding.forward = original  # type: ignore[method-assign]

    with GradientSteps(model, 0.0, 0.0, posterior):
        for _ in kind(model, data, None).windows(None):
            posterior.gather(0.5)
        found = [posterior.means[0].grad, posterior.log_spreads[0].grad]
        for a, b in zip(found, expected, strict=True):
            assert a is not None
            torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-9)
        assert float(model.participant_embedding.table.weight.grad.abs().max()) == 0


def test_people_and_experiments_have_one_and_models_without_embeddings_none() -> None:
    assert [centre for _, centre in tables_of_people(model_of(n_experiments=2))] == [EMBEDDING_CENTRE] * 2
    nobody = build_model(ForgettingRNN, 2, 3, 1, NetworkOptions())
    assert tables_of_people(nobody) == []
    posterior = EmbeddingPosterior(nobody, 10.0, seeded())
    before = {name: weights.clone() for name, weights in nobody.state_dict().items()}
    posterior.draw()
    posterior.settle()
    assert list(posterior.parameters()) == []
    assert all(torch.equal(weights, before[name]) for name, weights in nobody.state_dict().items())


def test_tables_that_are_not_learned_stay_as_they_are() -> None:
    model = model_of()
    model.participant_embedding.table.weight.requires_grad_(False)
    assert tables_of_people(model) == []
    parametrized = model_of()
    torch.nn.utils.parametrizations.weight_norm(parametrized.participant_embedding.table)
    assert tables_of_people(parametrized) == []


def test_a_forward_of_ones_own_has_it_too() -> None:
    model = build_model(OwnForwardRNN, 2, 3, 1, NetworkOptions())
    xs = np.array([[[1, 0, 1, -1, 0, 0, p], [0, 1, -1, 0, 0, 0, p]] for p in range(3)], dtype=float)
    trials, _ = read_conditions(xs, 2)
    data = TrainingData(trials, trials.actions.roll(-1, 0), Ids.of(trials, (0, 1, 2), (0,)))
    tables = [table for table, _ in tables_of_people(model)]
    before = [table.detach().clone() for table in tables]
    train_network(model, data, TrainingOptions(epochs=2), np.random.default_rng(0), FitControl())
    assert tables
    for table, old in zip(tables, before, strict=True):
        assert table.grad is None
        # Steps of the learning rate, and no noise of half a unit.
        assert 0 < float((table.detach() - old)[:-1].abs().max()) < 0.2
