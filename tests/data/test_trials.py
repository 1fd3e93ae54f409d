from typing import Any

import numpy as np
import pytest
import torch
from data.sequences import Step, padded, rows

from spice.data.trials import read_conditions
from spice.exceptions import DataError

NAN = np.nan


TWO = [rows([(0, [1, -1]), (1, [-1, 0]), (0, [0, -1])]), rows([(1, [-1, 1])], participant=4, experiment=2)]


@pytest.mark.parametrize("padding", [NAN, -1.0])
def test_padding_is_read_alike_and_holds_nothing(padding: float) -> None:
    trials, reward_range = read_conditions(padded(TWO, padding), 2)
    assert reward_range == (0.0, 1.0)
    assert (trials.n_trials, trials.n_sequences, trials.n_actions) == (3, 2, 2)
    np.testing.assert_array_equal(trials.lengths, [3, 1])
    np.testing.assert_array_equal(trials.actions[:, 0], [[1, 0], [0, 1], [1, 0]])
    np.testing.assert_array_equal(trials.rewards[:, 0], [[1, 0], [0, 0], [0, 0]])
    np.testing.assert_array_equal(trials.shown[:, 0], [[1, 0], [0, 1], [1, 0]])
    np.testing.assert_array_equal(trials.actions[:, 1], [[0, 1], [0, 0], [0, 0]])
    np.testing.assert_array_equal(trials.rewards[:, 1], [[0, 1], [0, 0], [0, 0]])
    np.testing.assert_array_equal(trials.shown[:, 1], [[0, 1], [0, 0], [0, 0]])
    np.testing.assert_array_equal(trials.participants, [0, 4])
    np.testing.assert_array_equal(trials.experiments, [0, 2])
    np.testing.assert_array_equal(trials.source, [[0, 1, 2], [0, -2, -2]])
    assert trials.additional.shape == (3, 2, 0)


def test_short_layout_is_one_block_and_experiment() -> None:
    full = padded(TWO, NAN)
    full[..., -2] = np.where(np.isnan(full[..., -2]), NAN, 0)
    short = np.concatenate([full[..., :4], full[..., -1:]], -1)
    a, _ = read_conditions(short, 2)
    b, _ = read_conditions(full, 2)
    for name in ("actions", "rewards", "shown", "additional", "blocks"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for name in ("participants", "experiments", "lengths", "rows", "source"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))


def test_numpy_torch_and_two_dimensions_are_the_same_and_stay_unchanged() -> None:
    array = TWO[0]
    tensor = torch.as_tensor(array, dtype=torch.float32)
    before = array.copy()
    found = [read_conditions(x, 2)[0] for x in (array, array[None], tensor, tensor[None], array.tolist())]
    for trials in found[1:]:
        np.testing.assert_array_equal(trials.rewards, found[0].rewards)
        np.testing.assert_array_equal(trials.actions, found[0].actions)
    np.testing.assert_array_equal(array, before)
    np.testing.assert_array_equal(tensor.numpy(), before.astype(np.float32))


def test_missed_trials_are_left_out_and_show_the_state_before() -> None:
    steps = [None, (0, [1, -1]), None, None, (1, [-1, 1]), (0, [0, -1]), None]
    trials, _ = read_conditions(padded([rows(steps), rows([(0, [1, -1])] * 8)], NAN), 2)
    np.testing.assert_array_equal(trials.lengths, [3, 8])
    np.testing.assert_array_equal(trials.actions[:3, 0], [[1, 0], [0, 1], [1, 0]])
    np.testing.assert_array_equal(trials.actions[3:, 0], 0)
    np.testing.assert_array_equal(trials.rows[:3, 0], [1, 4, 5])
    np.testing.assert_array_equal(trials.source[0], [-1, 0, 0, 0, 1, 2, 2, -2])
    values = np.arange(8.0)[:, None, None] + np.array([0.0, 100.0])[None, :, None] + np.zeros((1, 1, 2))
    out = trials.scatter(values, before_first=np.full((len(values[0]), values.shape[-1]), 0.5))
    np.testing.assert_array_equal(out[0, :, 0], [0.5, 0, 0, 0, 1, 2, 2, NAN])
    np.testing.assert_array_equal(out[1, :, 1], np.arange(8.0) + 100)


@pytest.mark.parametrize("mark", [NAN, -1.0, 0.0])
def test_a_missed_trial_may_be_marked_by_nan_minus_one_or_zeros(mark: float) -> None:
    xs = rows([(0, [1, -1]), (1, [-1, 1]), (0, [0, -1])])
    xs[1, :2] = mark
    trials, _ = read_conditions(xs, 2)
    np.testing.assert_array_equal(trials.rows[:2, 0], [0, 2])
    np.testing.assert_array_equal(trials.lengths, [2])


def test_counterfactual_rewards_are_shown_where_they_were() -> None:
    steps: list[Step | None] = [(0, [1, 0]), (1, [NAN, 1]), (1, [0.5, 0])]
    trials, reward_range = read_conditions(rows(steps), 2)
    np.testing.assert_array_equal(trials.shown[:, 0], [[1, 1], [0, 1], [1, 1]])
    np.testing.assert_array_equal(trials.rewards[:, 0], [[1, 0], [0, 1], [0.5, 0]])
    assert reward_range == (0.0, 1.0)


def test_without_counterfactual_data_minus_one_and_nan_are_not_shown() -> None:
    trials, _ = read_conditions(rows([(0, [1, -1]), (1, [NAN, 1])]), 2)
    np.testing.assert_array_equal(trials.shown[:, 0], [[1, 0], [0, 1]])


def test_losses_are_scaled_and_minus_one_is_a_legal_reward() -> None:
    steps: list[Step | None] = [(0, [-1, -1]), (1, [-1, 3]), (0, [1, -1])]
    trials, reward_range = read_conditions(rows(steps), 2)
    assert reward_range == (-1.0, 3.0)
    np.testing.assert_array_equal(trials.shown[:, 0], [[1, 0], [0, 1], [1, 0]])
    np.testing.assert_array_equal(trials.rewards[:, 0], [[0, 0], [0, 1], [0.5, 0]])


def test_with_counterfactual_data_minus_one_is_a_reward_of_an_arm_not_chosen() -> None:
    steps: list[Step | None] = [(0, [3, -1]), (0, [1, 1]), (1, [NAN, -1])]
    trials, reward_range = read_conditions(rows(steps), 2)
    assert reward_range == (-1.0, 3.0)
    np.testing.assert_array_equal(trials.shown[:, 0], [[1, 1], [1, 1], [0, 1]])
    np.testing.assert_array_equal(trials.rewards[:, 0], [[1, 0], [0.5, 0.5], [0, 0]])


def test_rewards_within_the_unit_interval_stay() -> None:
    trials, reward_range = read_conditions(rows([(0, [0.2, -1]), (1, [-1, 0.6])]), 2)
    assert reward_range == (0.0, 1.0)
    np.testing.assert_allclose(trials.rewards[:, 0], [[0.2, 0], [0, 0.6]], rtol=1e-6)


def test_a_range_that_is_given_holds_also_for_other_data() -> None:
    trials, reward_range = read_conditions(rows([(0, [0, -1]), (1, [-1, 30])]), 2, reward_range=(-10, 10))
    assert reward_range == (-10, 10)
    np.testing.assert_allclose(trials.rewards[:, 0], [[0.5, 0], [0, 2]])


def test_one_reward_of_fifty_for_everything_does_not_reach_a_network_as_fifty() -> None:
    trials, reward_range = read_conditions(rows([(0, [50, -1]), (1, [-1, 50])]), 2)
    assert reward_range == (50.0, 51.0)
    np.testing.assert_array_equal(trials.rewards, 0)


def test_rewards_on_missed_trials_and_padding_do_not_set_the_range() -> None:
    xs = rows([(0, [1, -1]), (1, [-1, 0]), (0, [1, -1])])
    xs[1, :2] = NAN
    xs[1, 2:4] = [-40, 99]
    trials, reward_range = read_conditions(padded([xs, TWO[1]], -1.0), 2)
    assert reward_range == (0.0, 1.0)
    assert float(trials.rewards.max()) == 1.0


def test_additional_inputs_and_blocks() -> None:
    steps: list[Step | None] = [(0, [1, -1]), None, (1, [-1, 1])]
    xs = rows(steps, block=[0, 1, 2], extra=(0.25, -7.0))
    trials, _ = read_conditions(xs, 2)
    np.testing.assert_array_equal(trials.additional[:, 0], [[0.25, -7], [0.25, -7]])
    np.testing.assert_array_equal(trials.blocks[:, 0], [0, 2])
    xs[1, 4] = NAN  # nothing is read from a missed trial
    np.testing.assert_array_equal(read_conditions(xs, 2)[0].additional, trials.additional)


def test_windows_and_selections_keep_trials_together() -> None:
    long = rows([(k % 3, [1, 0, 0.5]) for k in range(6)], participant=1, extra=(2.0,))
    short = rows([(2, [0, 1, 0])] * 2, participant=5, extra=(3.0,))
    trials, _ = read_conditions(padded([long, short], NAN), 3)
    window = trials.window(2, 4)
    np.testing.assert_array_equal(window.actions, trials.actions[2:4])
    np.testing.assert_array_equal(window.rows, trials.rows[2:4])
    assert window.n_trials == 2
    only = trials.select(np.array([1]))
    assert (only.n_trials, only.n_sequences) == (2, 1)  # cut to its own length
    np.testing.assert_array_equal(only.participants, [5])
    np.testing.assert_array_equal(only.additional, np.full((2, 1, 1), 3.0))
    swapped = trials.select(np.array([1, 0, 0]))
    np.testing.assert_array_equal(swapped.actions[:, 1], trials.actions[:, 0])
    np.testing.assert_array_equal(swapped.lengths, [2, 6, 6])
    double = trials.to(torch.float64)
    assert double.rewards.dtype == torch.float64
    assert double.blocks.dtype == torch.int64


def test_sixteen_arms() -> None:
    steps: list[Step | None] = [(k, [float(j == k) if j == k else -1 for j in range(16)]) for k in range(16)]
    trials, _ = read_conditions(rows(steps), 16)
    np.testing.assert_array_equal(trials.actions[:, 0], np.eye(16))
    np.testing.assert_array_equal(trials.shown[:, 0], np.eye(16))


# What cannot be read ----------------------------------------------------------------------------------------

GOOD = rows([(0, [1, -1]), (1, [-1, 0]), (0, [0, -1])], extra=(0.5,))


def changed(trial: int, column: Any, value: Any) -> np.ndarray:
    xs = GOOD.copy()
    xs[trial, column] = value
    return xs


@pytest.mark.parametrize(
    ("conditions", "argument", "words"),
    [
        ("words", "conditions", "str"),
        (np.zeros((2, 2, 2, 2)), "conditions", "(2, 2, 2, 2)"),
        (np.zeros((0, 3, 7)), "conditions", "(0, 3, 7)"),
        (np.zeros(7), "conditions", "(7,)"),
        (GOOD[:, :6], "conditions", "6"),
        (changed(1, slice(0, 2), [1, 1]), "actions in conditions", "sequence 0, trial 1"),
        (changed(2, slice(0, 2), [0.5, 0.5]), "actions in conditions", "sequence 0, trial 2"),
        (changed(2, 0, NAN), "actions in conditions", "[nan, 0.0] in sequence 0, trial 2"),
        (changed(slice(None), slice(0, 2), NAN), "conditions", "at least one choice"),
        (changed(1, 3, NAN), "rewards in conditions", "sequence 0, trial 1"),
        (changed(1, 3, np.inf), "rewards in conditions", "sequence 0, trial 1"),
        (changed(1, 2, -np.inf), "rewards in conditions", "sequence 0, trial 1"),
        (changed(2, 4, NAN), "additional inputs", "nan in sequence 0, trial 2"),
        (changed(2, -1, 3), "participant ids in conditions", "several in sequence 0"),
        (changed(2, -2, 3), "experiment ids in conditions", "several in sequence 0"),
        (changed(slice(None), -1, 0.5), "participant ids in conditions", "0.5"),
        (changed(slice(None), -1, NAN), "participant ids in conditions", "nan"),
    ],
)
def test_conditions_that_cannot_be_read_are_named(conditions: Any, argument: str, words: str) -> None:
    with pytest.raises(DataError) as raised:
        read_conditions(conditions, 2)
    assert raised.value.argument == argument
    assert words in str(raised.value)
