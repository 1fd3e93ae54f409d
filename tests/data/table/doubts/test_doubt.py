import numpy as np
import pandas as pd
import pytest

from spice.data.table.doubts.doubt import Answer, Doubt, first_rows, free_columns, has, named, times
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns

DOUBT = Doubt("missed", "key", (3, 4), "Is it?", (Answer("Yes", {"missed": ["x"]}),), "No", "x")


def test_it_says_the_sentence_and_each_answer_in_python() -> None:
    assert str(DOUBT) == "Is it? Yes: missed=['x']. No: keep=['missed:x']."


def test_its_key_is_of_the_subject_or_else_of_the_column() -> None:
    assert DOUBT.key == "missed:x"
    whole = Doubt("order", "trial", (), "Is it?")
    assert whole.key == "order:trial"
    assert whole.keep == Answer("Keep as it is", {"keep": ["order:trial"]})


@pytest.mark.parametrize(
    ("values", "said"),
    [("", ""), ("a", "a"), ("ab", "a and b"), ("abcd", "a, b, c and d"), ("abcdefg", "a, b, c, d and 3 more")],
)
def test_values_are_named_up_to_four(values: str, said: str) -> None:
    assert named(list(values)) == said


def test_rows_and_numbers_in_words() -> None:
    assert first_rows(np.array([5])) == "row 5"
    assert first_rows(np.array([5, 1200])) == "rows 5 and 1,200"
    assert first_rows(np.array([5, 9, 12, *range(30, 60)])) == "rows 5, 9, 12 and 30 more"
    assert (times(1), times(2), times(1000)) == ("once", "2 times", "1,000 times")


def test_free_columns_are_those_that_can_be_asked_about() -> None:
    frame = pd.DataFrame(
        [["a", 0, 1, 1, 1, 5, [1, 2], 7]], columns=["session", "choice", "reward", "two", "two", "free", "list", 8]
    )
    table = Table(frame, np.array([2]))
    assert free_columns(table, TrialColumns()) == ["free"]
    assert has(table, "free", "choice")
    assert not has(table, "two")
    assert not has(table, "free", None)
