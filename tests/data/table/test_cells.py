import numpy as np
import pandas as pd
import pytest

from spice.data.table.cells import Cells

NAN = np.nan


def cells(*words: str) -> Cells:
    return Cells.of(np.array(words, dtype=object))


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        (["3", "-1", "0"], [3, -1, 0]),
        (["20260115101112001", "20260115101112002"], [20260115101112001, 20260115101112002]),
        (["007", "7"], ["007", "7"]),
        (["1.1", "1.10"], ["1.1", "1.10"]),
        (["1", "2.0"], ["1", "2.0"]),
        (["+1", "1"], ["+1", "1"]),
        ([str(2**63), "1"], [str(2**63), "1"]),
        (["TRUE", "FALSE"], [True, False]),
        ([" left", "left "], ["left", "left"]),
    ],
)
def test_labels_are_as_written(words: list[str], labels: list[object]) -> None:
    assert cells(*words).as_labels().tolist() == labels


def test_whole_numbers_stay_exact_where_cells_are_empty() -> None:
    labels = cells("20260115101112001", "", "20260115101112002", "NA").as_labels()
    assert labels[2] == 20260115101112002
    assert labels.isna().tolist() == [False, True, False, True]


@pytest.mark.parametrize(
    ("words", "decimal", "values"),
    [
        (["0.50", "1.25"], ".", [0.5, 1.25]),
        (["1", "", "3"], ".", [1, NAN, 3]),
        (["1e-05", ".5"], ".", [1e-5, 0.5]),
        (["0,5", "1,25"], ",", [0.5, 1.25]),
        # Different words that are one number, digits that a float has not, groups: text.
        (["1.1", "1.10"], ".", ["1.1", "1.10"]),
        (["0.12345678901234567891", "1.5"], ".", ["0.12345678901234567891", "1.5"]),
        (["1,200", "90"], ".", ["1,200", "90"]),
        (["1,200", "90"], ",", [1.2, 90]),
        (["1.200", "0,5"], ",", ["1.200", "0,5"]),
    ],
)
def test_values_lose_nothing(words: list[str], decimal: str, values: list[object]) -> None:
    column = cells(*words)
    read = column.as_values(column.as_labels(), decimal)
    pd.testing.assert_series_equal(read, pd.Series(values, dtype=read.dtype))
