"""Rows that cannot be used: all found at once, and left out where asked."""

import numpy as np
import pandas as pd
import pytest

from spice.data.table.leave_out import LeaveOut, find_problems
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import ColumnError, DataError, RowError
from spice.utils.convert_dataset import convert_dataset

COLUMNS = TrialColumns(additional_inputs=["rt"])


def table(**changes: dict[int, object]) -> pd.DataFrame:
    """Two people with six choices each, and other values in some rows, counted from 0."""
    rows = {
        "session": ["a"] * 6 + ["b"] * 6,
        "choice": [0, 1, 1, 0, 1, 0] * 2,
        "reward": [1, 0, 1, 1, 0, 0] * 2,
        "rt": [0.5] * 12,
    }
    frame = pd.DataFrame(rows).astype(object)
    for name, values in changes.items():
        for row, value in values.items():
            frame.loc[row, name] = value
    return frame


def test_nothing_is_found_in_a_good_table() -> None:
    assert find_problems(table(), COLUMNS) == ()


def test_all_kinds_are_found_each_row_once() -> None:
    bad = table(session={2: None}, reward={2: "?", 3: "much", 4: None}, rt={4: "slow", 5: np.inf}, choice={6: np.inf})
    found = find_problems(bad, COLUMNS)
    assert [(p.column, p.rows, p.found) for p in found] == [
        ("session", (4,), "nothing"),
        ("choice", (8,), "infinity"),
        ("reward", (5, 6), "'much' or nothing"),
        ("rt", (7,), "inf"),
    ]
    with pytest.raises(RowError) as first:
        convert_dataset(bad, additional_inputs=["rt"])
    assert str(first.value) == str(found[0])


def test_many_values_are_not_all_listed() -> None:
    (problem,) = find_problems(table(reward={k: f"x{k}" for k in range(5)}), COLUMNS)
    assert problem.found == "'x0', 'x1', 'x2' or others"
    assert problem.rows == (2, 3, 4, 5, 6)


def test_left_out_is_as_if_they_had_not_been_there() -> None:
    bad = table(session={2: None}, reward={3: "much"})
    left, _, read, _ = convert_dataset(bad, additional_inputs="rt", leave_out=["session", "reward"])
    expected, *_ = convert_dataset(bad.drop([2, 3]).reset_index(drop=True), additional_inputs="rt")
    np.testing.assert_array_equal(left.xs, expected.xs)
    np.testing.assert_array_equal(left.ys, expected.ys)
    assert left.xs.shape[:2] == (2, 6)
    assert len(read) == 10


def test_only_what_was_asked_for_is_left_out() -> None:
    bad = table(session={2: None}, reward={3: "much"})
    with pytest.raises(RowError, match="'much' in row 5"):
        convert_dataset(bad, leave_out=["session"])


def test_people_with_few_choices_are_counted_once_the_rows_are_settled() -> None:
    bad = table(reward=dict.fromkeys(range(6, 10), "?"))
    reward, few = ["reward"], LeaveOut(("reward",), few=True)
    assert [p.column for p in find_problems(bad, COLUMNS)] == reward
    found = find_problems(bad, COLUMNS, LeaveOut(("reward",)))
    assert [(p.people, p.rows) for p in found] == [((), (8, 9, 10, 11)), (("b",), (12, 13))]
    with pytest.raises(RowError, match="at least three choices of each participant, but got fewer from 'b'"):
        convert_dataset(bad, leave_out=reward)
    dataset, *_ = convert_dataset(bad, leave_out=reward, leave_out_few=True)
    assert dataset.participants == ("a",)
    assert [few.covers(p) for p in found] == [True, True]


def test_when_no_row_is_left() -> None:
    bad = table(session=dict.fromkeys(range(6)), reward=dict.fromkeys(range(6, 12), "?"))
    with pytest.raises(DataError, match="none: each of the 12 rows would be left out"):
        convert_dataset(bad, leave_out=["session", "reward"])
    assert len(find_problems(bad, COLUMNS)) == 2
    *_, last = find_problems(bad, COLUMNS, LeaveOut(("session", "reward")))
    assert not isinstance(last, RowError)


def test_one_arm_is_left() -> None:
    bad = table(choice=dict.fromkeys(range(11), 0) | {11: 1}, reward={11: "?"})
    assert [p.column for p in find_problems(bad, COLUMNS)] == ["reward"]
    *_, last = find_problems(bad, COLUMNS, LeaveOut(("reward",)))
    assert "only 0" in str(last)


def test_a_column_without_a_role() -> None:
    with pytest.raises(ColumnError, match="session, choice, reward, but got 'points'"):
        convert_dataset(table(), leave_out=["points"])
