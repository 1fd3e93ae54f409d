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
from spice.training.steps import GradientSteps
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
