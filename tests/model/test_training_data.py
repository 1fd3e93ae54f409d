"""Trials with the choices that follow them."""

import numpy as np
import pytest
import torch
from own_forward import OwnForwardRNN

from spice.data.ids import Ids
from spice.data.targets import read_targets
from spice.data.trials import read_conditions
from spice.model.training_data import TrainingData
from spice.precoded import ForgettingRNN


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Three people of 7, 3 and 5 trials."""
    rng = np.random.default_rng(0)
    chosen = np.eye(2)[rng.integers(2, size=(3, 7))]
    xs = np.concatenate([chosen, np.where(chosen > 0, 1.0, -1.0), np.zeros((3, 7, 3))], -1)
    xs[..., -1] = np.arange(3)[:, None]
    ys = np.concatenate([chosen[:, 1:], np.full((3, 1, 2), np.nan)], 1)
    for person, n in ((1, 3), (2, 5)):
        xs[person, n:], ys[person, n - 1 :] = np.nan, np.nan
    trials, _ = read_conditions(xs, 2)
    targets, trials = read_targets("targets", ys, xs.shape, trials)
    return TrainingData(trials, targets, Ids.of(trials, (0, 1, 2), (0,)))


def test_windows_hold_every_trial_and_every_choice_once(data: TrainingData) -> None:
    windows = data.windows(3)
    assert [n for _, n in windows] == [3 + 2 + 3, 3 + 1, 0]
    assert [w.trials.n_trials for w, _ in windows] == [3, 3, 1]
    torch.testing.assert_close(torch.cat([w.targets for w, _ in windows]), data.targets)
    torch.testing.assert_close(torch.cat([w.trials.actions for w, _ in windows]), data.trials.actions)
    assert data.windows(3) is windows


@pytest.mark.parametrize("n_steps", [None, -1, 0, 100])
def test_without_a_length_all_is_one_window(data: TrainingData, n_steps: int | None) -> None:
    ((window, n),) = data.windows(n_steps)
    assert n == float(data.targets.sum()) == 6 + 2 + 4
    assert window.trials.n_trials == 7


def test_some_sequences_are_cut_to_the_longest_of_them(data: TrainingData) -> None:
    read = data.read_by(ForgettingRNN(2))
    some = read.select(np.array([2, 1]))
    assert some.targets.shape == (5, 2, 2)
    assert some.ids.participants.tolist() == [2, 1]
    assert some.signals is not None
    assert some.signals.n_trials == some.trials.n_trials == 5
    torch.testing.assert_close(some.targets, data.targets[:5, [2, 1]])
    own = TrainingData(some.trials, some.targets, some.ids).read_by(ForgettingRNN(2)).signals
    assert own is not None
    for name in ("inputs", "masks", "following", "starts"):
        assert torch.equal(getattr(own, name), getattr(some.signals, name)), name


def test_signals_are_read_for_declared_models_and_go_with_their_window(data: TrainingData) -> None:
    assert data.read_by(OwnForwardRNN(2, 3)) is data
    read = data.read_by(ForgettingRNN(2))
    (_, _), (second, _), _ = read.windows(3)
    assert second.signals is not None
    assert second.signals.scored
    expected = torch.where(data.targets.sum(-1) > 0, data.targets.argmax(-1), -1)[3:6]
    assert torch.equal(second.signals.following.long(), expected)


def test_another_precision(data: TrainingData) -> None:
    double = data.to(torch.float64)
    assert double.targets.dtype == double.trials.rewards.dtype == torch.float64
    assert double.trials.blocks.dtype == torch.long
    assert data.on("cpu").targets.dtype == torch.float32
