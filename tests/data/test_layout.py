from typing import Any

import numpy as np
import pytest
import torch

from spice.data import layout
from spice.data.layout import Columns, join_columns, reads_minus_one, shown_rewards
from spice.exceptions import DataError

NAN = np.nan
LEFT, RIGHT, MISSED = [1.0, 0.0], [0.0, 1.0], [NAN, NAN]


def both(values: Any) -> list[Any]:
    """As an array and as a tensor."""
    return [np.array(values, dtype=np.float64), torch.tensor(values, dtype=torch.float64)]


@pytest.mark.parametrize("rows", both([[1.0, 2, 3, 4, 5, 6, 7, 8, 9], [11, 12, 13, 14, 15, 16, 17, 18, 19]]))
def test_columns_are_where_the_documentation_says(rows: Any) -> None:
    columns = Columns.of(9, 2)
    for found, expected in (
        (rows[..., columns.actions], [1, 2]),
        (rows[..., columns.rewards], [3, 4]),
        (rows[..., columns.inputs], [5, 6]),
    ):
        assert found[0].tolist() == expected
    assert {name: float(rows[1, column]) for name, column in columns.ids.items()} == {
        "block": 17, "experiment": 18, "participant": 19,
    }  # fmt: skip
    assert layout.participants_of(rows).tolist() == [9, 19]


def test_the_short_layout_has_participants_only() -> None:
    columns = Columns.of(7, 3)
    assert columns.is_short
    assert columns.n_inputs == 0
    assert columns.ids == {"participant": -1}
    for rows in both([[1.0, 0, 0.5, NAN, 4]]):
        assert np.array_equal(layout.in_full(rows, 2), [[1, 0, 0.5, NAN, 0, 0, 4]], equal_nan=True)
        full = layout.in_full(rows, 2)
        assert layout.in_full(full, 2) is full


def test_the_number_of_additional_inputs_follows_from_the_width() -> None:
    assert [Columns.of(n, 2).n_inputs for n in (5, 7, 8, 12)] == [0, 0, 1, 5]
    with pytest.raises(DataError, match="xs") as raised:
        Columns.of(6, 2, "xs")
    assert "7 features or more" in str(raised.value)
    assert "5 in the short layout" in str(raised.value)


PARTS = [[LEFT], [RIGHT]], [[[1.0, 0]], [[0.0, 1]]], [[[5.0]], [[6.0]]]


def test_rows_are_joined_of_their_parts() -> None:
    for actions, rewards, inputs in zip(*map(both, PARTS), strict=True):
        rows = join_columns(actions, rewards, inputs, block=3, participant=np.array([[7], [8]]))
        assert type(rows) is type(actions)
        assert rows.tolist() == [[[1, 0, 1, 0, 5, 3, 0, 7]], [[0, 1, 0, 1, 6, 3, 0, 8]]]
    targets = layout.next_actions(np.array([[LEFT, RIGHT, MISSED]]))
    np.testing.assert_array_equal(targets, [[RIGHT, MISSED, [NAN, NAN]]])


@pytest.mark.parametrize("rows", both([[NAN] * 5, [-1] * 5, [NAN, NAN, NAN, NAN, 2], [1, 0, -1, -1, -1]]))
def test_padding_is_a_row_of_nothing(rows: Any) -> None:
    assert layout.is_padding(rows).tolist() == [True, True, False, False]
    assert layout.is_trial(rows).tolist() == [False, False, True, False]
    assert layout.is_choice(rows, 2).tolist() == [False, False, False, True]


CASES = [
    # actions, rewards, what was shown
    ([LEFT, RIGHT], [[1, -1], [-1, 0]], [[1, 0], [0, 1]]),  # nothing but -1 on arms not chosen: not shown
    ([LEFT, RIGHT], [[-1, -1], [-1, -1]], [[1, 0], [0, 1]]),  # a chosen arm can pay -1
    ([LEFT, RIGHT], [[-1, 1], [-1, 1]], [[1, 1], [1, 1]]),  # an arm not chosen showed 1, so -1 is a reward
    ([LEFT, RIGHT], [[-1, 1], [NAN, 1]], [[1, 1], [0, 1]]),  # NaN never is one
    ([LEFT, MISSED], [[1, -1], [1, 1]], [[1, 0], [0, 0]]),  # nothing is shown on missed trials, nor told by them
]


@pytest.mark.parametrize(("actions", "rewards", "expected"), CASES)
def test_minus_one_is_read_by_one_rule(actions: Any, rewards: Any, expected: Any) -> None:
    for a, r in zip(both(actions), both(rewards), strict=True):
        assert shown_rewards(r, layout.chosen_arms(a)).tolist() == np.array(expected, dtype=bool).tolist()


def test_who_knows_of_the_feedback_needs_no_other_rows() -> None:
    chosen = np.array([[True, False]])
    assert shown_rewards(np.array([[1.0, -1.0]]), chosen, counterfactual=True).tolist() == [[True, True]]
    assert shown_rewards(np.array([[1.0, -1.0]]), chosen, counterfactual=False).tolist() == [[True, False]]
    three = np.array([[True, False, False]])
    # One other arm was shown, which says nothing of the third.
    assert shown_rewards(np.array([[1.0, 0.0, -1.0]]), three, counterfactual=False).tolist() == [[True, True, False]]


def test_minus_one_is_a_reward_where_others_are_as_low() -> None:
    chosen = np.array([[True, False]])
    all_shown = np.array([[True, True]])
    assert reads_minus_one(all_shown, chosen, (-1.0, 1.0))
    assert not reads_minus_one(all_shown, chosen, (0.0, 1.0))
    assert not reads_minus_one(chosen, chosen, (-1.0, 1.0))


def test_scaling_there_and_back() -> None:
    for rewards in both([-5.0, 0.0, 5.0]):
        values = layout.scaled(rewards, (-5.0, 5.0))
        assert values.tolist() == [0.0, 0.5, 1.0]
        assert layout.in_unit(values, (-5.0, 5.0)).tolist() == rewards.tolist()
