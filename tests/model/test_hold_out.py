"""Held-out trials are the same whichever way they are asked for."""

from typing import Any

import numpy as np
import pytest
import torch

from spice.data.dataset import DatasetRNN
from spice.data.ids import Ids
from spice.data.layout import join_columns, next_actions
from spice.data.splits import n_training_trials, positions, split_data_along_sessiondim, split_data_along_timedim
from spice.data.targets import read_targets
from spice.data.trials import read_conditions
from spice.exceptions import ConfigError
from spice.model.hold_out import first_choices, hold_out, validation_part
from spice.model.training_data import TrainingData


def arrays(lengths: tuple[int, ...], people: Any, missed: bool = False) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    shape = len(lengths), max(lengths)
    actions, rewards = np.eye(2)[rng.integers(2, size=shape)], rng.integers(2, size=(*shape, 2)).astype(float)
    xs = join_columns(actions, rewards, participant=np.array(people)[:, None])
    if missed:
        xs[rng.random(shape) < 0.2, :4] = np.nan
    for row, length in enumerate(lengths):
        xs[row, length:] = np.nan
    return xs, next_actions(xs[..., :2])


def training_data(xs: Any, ys: Any) -> TrainingData:
    trials, _ = read_conditions(xs, 2)
    targets, trials = read_targets("targets", ys, xs.shape, trials)
    people = tuple(np.unique(trials.participants).tolist())
    return TrainingData(trials, targets, Ids.of(trials, people, (0,)))


@pytest.mark.parametrize("ratio", [0.5, 0.67, 2 / 3, 0.29, 0.8, 0.9])
@pytest.mark.parametrize("missed", [False, True])
def test_a_share_of_trials_is_the_same_in_a_fit_and_in_a_split(ratio: float, missed: bool) -> None:
    xs, ys = arrays((101, 100, 40), [0, 1, 1], missed)
    training, test = split_data_along_timedim(DatasetRNN(xs, ys), ratio)
    first, last = hold_out(training_data(xs, ys), ratio)
    for half, split in ((first, training), (last, test)):
        targets = training_data(split.xs.double().numpy(), split.ys.double().numpy()).targets
        assert half.targets.sum((0, 2)).tolist() == targets.sum((0, 2)).tolist()
        n = min(len(half.targets), len(targets))
        torch.testing.assert_close(half.targets[:n], targets[:n])


def test_67_of_a_hundred_and_one_trials() -> None:
    # 67 trials are trained on, and 66 choices scored there: none is known of what came before the first.
    first, last = hold_out(training_data(*arrays((101,), [0])), 0.67)
    assert (float(first.targets.sum()), float(last.targets.sum())) == (66, 34)
    assert n_training_trials(np.array([101, 100, 3, 25]), 0.67).tolist() == [67, 67, 2, 16]
    assert n_training_trials(np.array([100]), 0.29).tolist() == [29]


def test_positions_are_those_of_a_split_of_sessions() -> None:
    people = [4, 0, 4, 4, 0]
    assert positions(np.array(people)).tolist() == [1, 1, 2, 3, 2]
    xs, ys = arrays((10, 10, 10, 10, 10), people)
    _, test = split_data_along_sessiondim(DatasetRNN(xs, ys), [2])
    _, last = hold_out(training_data(xs, ys), [2])
    held_out = last.targets.sum((0, 2)).numpy() > 0
    assert held_out.tolist() == [False, False, True, False, True]
    np.testing.assert_array_equal(test.xs, xs[held_out].astype(np.float32))


@pytest.mark.parametrize("ratio", [0.0, 1.0, -1, [5], [1, 2]])
def test_impossible_shares_and_positions_are_named(ratio: Any) -> None:
    with pytest.raises(ConfigError, match="train_test_ratio"):
        hold_out(training_data(*arrays((10, 10), [0, 0])), ratio)


def test_a_share_of_choices_is_rounded_up_and_the_others_come_last() -> None:
    data = training_data(*arrays((41, 30, 12), [0, 1, 1], missed=True))
    first, last = first_choices(data, 0.75)
    torch.testing.assert_close(first.targets + last.targets, data.targets)
    counts = data.targets.sum((0, 2))
    np.testing.assert_array_equal(first.targets.sum((0, 2)), np.ceil(0.75 * counts.numpy()))
    trials = np.arange(data.targets.shape[0])[:, None]
    last_trained = (trials * (first.targets.sum(-1) > 0).numpy()).max(0)
    first_held_out = np.where(last.targets.sum(-1).numpy() > 0, trials, 10**6).min(0)
    assert (last_trained < first_held_out).all()
    # 0.6 of 25 is 15.000000000000002 in binary.
    whole, _ = first_choices(training_data(*arrays((26,), [0])), 0.6)
    assert float(whole.targets.sum()) == 15.0


def test_stretches_of_one_session_are_held_out_together() -> None:
    data = training_data(*arrays((5, 5, 5, 5), [0, 0, 1, 1]))
    with pytest.raises(ConfigError, match="positions 1 to 1"):
        hold_out(data, [1], sources=np.array([0, 0, 1, 1]))
    _, last = hold_out(data, [2])
    assert (last.targets.sum((0, 2)).numpy() > 0).tolist() == [False, True, False, True]


def test_what_a_training_is_watched_by_are_whole_sessions_where_everybody_has_enough() -> None:
    data = training_data(*arrays((20,) * 9, [0] * 4 + [1] * 5))
    training, watched = validation_part(data, 0.25)
    assert watched.targets.sum((0, 2)).tolist() == [0, 0, 0, 19, 0, 0, 0, 19, 0]
    assert training.targets.sum((0, 2)).tolist() == [19, 19, 19, 0, 19, 19, 19, 0, 19]


def test_else_they_are_the_last_choices_of_each_sequence() -> None:
    data = training_data(*arrays((21,) * 9, [0] * 4 + [1] * 5))
    training, watched = validation_part(data, 0.2)
    assert training.targets.sum((0, 2)).tolist() == [16] * 9
    assert watched.targets.sum((0, 2)).tolist() == [4] * 9
    assert float(watched.targets[:16].sum()) == 0
