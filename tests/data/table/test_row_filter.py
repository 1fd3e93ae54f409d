from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice.data.reading.read_table import read_table
from spice.data.table.row_filter import columns_in, is_equal, rows_where
from spice.exceptions import ColumnError, DataError
from spice.utils.convert_dataset import convert_dataset

TABLE = read_table(
    pd.DataFrame(
        {
            "phase": ["main", "main", "practice", None, "it's", "main"],
            "trial": [1, 2, 3, 4, np.nan, 6],
            "trial type": ["a", "b", "a", "b", "a", "b"],
            "ok": [True, False, True, True, False, False],
            "text": ["1", "02", "x", "3.5", "", "2"],
            "class": [0, 1, 0, 1, 0, 1],
        }
    )
)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("phase == 'main'", "110001"),
        ('phase != "main"', "001110"),
        ("phase == ''", "000100"),
        ("phase is_not_a_column", None),
        ("trial > 1 and trial <= 4", "011100"),
        ("1 < trial <= 4", "011100"),
        ("not trial > 2", "110010"),
        ("trial in [1, 6] or phase == 'practice'", "101001"),
        ("trial not in (1, 6)", "011110"),
        ("`trial type` == 'b'", "010101"),
        ("`class` == 1", "010101"),
        ("phase == '`trial type`'", "000000"),
        ("ok", "101100"),
        ("not ok", "010011"),
        ("ok == False", "010011"),
        ("`class` == True", "010101"),
        ("text == 2", "010001"),
        ("text == '2'", "000001"),
        ("trial == -1", "000000"),
        ("2 == trial", "010000"),
        ("2 < trial", "001101"),
        ("trial == text", "100010"),
        ('phase == "it\'s"', "000010"),
    ],
)
def test_conditions(condition: str, rows: str | None) -> None:
    if rows is None:
        with pytest.raises(DataError, match="where: expected a condition on columns"):
            rows_where(TABLE, condition)
    else:
        assert "".join(str(int(row)) for row in rows_where(TABLE, condition)) == rows


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('true')", "trial.__class__ == 1", "(lambda: 1)() == 1", "trial + 1 == 2",
        "trial[0] == 1", "[t for t in trial] == 1", "f'{trial}' == '1'", "trial := 3", "1 == 1", "1", "'main'", "",
        "trial ==", "trial = 1",
        "phase == b'main'", "trial == 1j", "print(trial)", "(" * 400 + ")" * 400, "trial == 1" + " or trial == 1" * 200,
        "trial is None", "trial == [1]", "trial in 'abc'",
        "not " * 200 + "trial()", "trial if ok else ok", "-trial == 1",
    ],
)  # fmt: skip
def test_nothing_else_is_understood_or_run(code: str) -> None:
    with pytest.raises(DataError, match="where: expected a condition on columns, but got"):
        rows_where(TABLE, code)


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(ColumnError, match=r"got 'main'\. Text stands in quotes"):
        rows_where(TABLE, "phase == main")


def test_columns_and_writing() -> None:
    assert columns_in("`trial type` == 'phase' and trial in [1] and not ok") == ("trial type", "trial", "ok")
    for name, value in (("trial type", "it's"), ("class", 1), ("ok", True), ("trial", 2.0), ("text", '"')):
        assert columns_in(is_equal(name, value)) == (name,)
        expected = TABLE.frame[name] == value
        np.testing.assert_array_equal(rows_where(TABLE, is_equal(name, value)), expected)
        np.testing.assert_array_equal(rows_where(TABLE, is_equal(name, value, equal=False)), ~expected)


def test_rows_of_a_data_set() -> None:
    rows: dict[str, Any] = {"session": 1, "choice": [0, 1, 0, 1, 0], "reward": [1, 0, 1, 1, 0], "phase": list("pmmmm")}
    dataset, _, table, _ = convert_dataset(pd.DataFrame(rows), where=["phase == 'm'", "reward >= 0"], keep="phase")
    assert dataset.xs.shape[1] == len(table) == 4
    with pytest.raises(DataError, match="none for which phase == 'x'"):
        convert_dataset(pd.DataFrame(rows), where="phase == 'x'")
