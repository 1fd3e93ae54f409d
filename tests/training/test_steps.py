"""Gradient steps against torch's AdamW and clipping."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.model.build import build_model
from spice.model.training_data import TrainingData
from spice.precoded import ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.rollout.networks import NetworkOptions
from spice.training.embedding_posterior import EmbeddingPosterior
from spice.training.steps import PERSON_STEP, GradientSteps
from spice.training.train import TrainingOptions, train_network


def network() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1)).double()


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("scale", [1e-3, 30.0])  # below and above the norm that is clipped
def test_steps_are_those_of_torch(weight_decay: float, scale: float) -> None:
    ours, theirs = network(), network()
    optimizer = torch.optim.AdamW(theirs.parameters(), lr=0.02, weight_decay=weight_decay)
    steps = GradientSteps(ours, 0.02, weight_decay)
    inputs = torch.randn((25, 8, 4), dtype=torch.float64)
    with steps:
        for x in inputs:
            (scale * (ours(x) - 1).pow(2).mean()).backward()
            steps.descend()
            optimizer.zero_grad()
            (scale * (theirs(x) - 1).pow(2).mean()).backward()
            nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
            optimizer.step()
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-12)


def test_afterwards_parameters_stand_alone() -> None:
    model = network()
    with GradientSteps(model, 0.1, 0.0) as steps:
        model(torch.ones((1, 4), dtype=torch.float64)).sum().backward()
        steps.descend()
    for parameter in model.parameters():
        assert parameter.untyped_storage().nbytes() == parameter.numel() * 8
        assert parameter.grad is None
        assert parameter.requires_grad


def test_a_gradient_that_exploded_moves_nothing_and_one_that_grows_is_followed() -> None:
    model = network()
    with GradientSteps(model, 0.1, 0.0) as steps:

        def moved(length: float) -> bool:
            before = steps.vector.clone()
            steps.gradient.fill_(length / math.sqrt(len(steps.vector)))
            steps.descend()
            assert float(steps.gradient.abs().max()) == 0
            return not torch.equal(steps.vector, before)

        # The first are of any length, none at all too.
        assert not moved(0.0)
        assert all(moved(length) for length in (0.2, 0.3, 5.0, 0.2, 0.3, 0.1, 0.2, 0.3, 0.1, 0.2, 1.5))
        usual = steps.usual_length
        assert usual == pytest.approx((0.2 + 0.3 + 5.0 + 0.2 + 0.3 + 0.1 + 0.2 + 0.3 + 0.1 + 0.2 + 1.5) / 12, rel=1e-3)
        assert moved(9 * usual)
        assert not any(moved(length) for length in (1e5, math.inf))
        # What stays long is usual at some time.
        assert not moved(60.0)
        assert any(moved(60.0) for _ in range(100))


def test_people_move_further_and_are_not_decayed() -> None:
    model = build_model(ParticipantEmbeddingRNN, 2, 3, 1, NetworkOptions())
    people = EmbeddingPosterior(model, 100.0, torch.Generator())
    with GradientSteps(model, 0.01, 0.5, people) as steps:
        before, table = steps.vector.clone(), people.tables[0]
        assert table.grad is not None
        steps.gradient.fill_(1e-3)
        steps.descend()
        n_people = sum(p.numel() for p in people.parameters())
        change = steps.vector - before
        torch.testing.assert_close(change[-n_people:], torch.full((n_people,), -PERSON_STEP * 0.01), rtol=1e-3, atol=0)
        decayed = -0.01 * 0.5 * before[:-n_people] - 0.01
        torch.testing.assert_close(change[:-n_people], decayed, rtol=1e-3, atol=1e-6)
    assert table.grad is None


def test_the_scheduler_halves_a_cosine(monkeypatch: pytest.MonkeyPatch) -> None:
    rates: list[float] = []
    descend = GradientSteps.descend

    def noted(self: GradientSteps) -> None:
        rates.append(self.learning_rate)
        descend(self)

    monkeypatch.setattr(GradientSteps, "descend", noted)
    xs = np.array([[1, 0, 1, -1, 0, 0, 0], [0, 1, -1, 0, 0, 0, 0]], dtype=float)
    trials, _ = read_conditions(xs, 2)
    data = TrainingData(trials, trials.actions.roll(-1, 0), Ids.of(trials, (0,), (0,)))
    model = build_model(ParticipantEmbeddingRNN, 2, 1, 1, NetworkOptions())
    options = TrainingOptions(epochs=4, learning_rate=0.1, scheduler=True)
    train_network(model, data, options, np.random.default_rng(0), FitControl())
    assert rates == pytest.approx([0.05 * (1 + math.cos(math.pi * k / 4)) for k in range(4)])
