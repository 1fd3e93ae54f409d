import pandas as pd
import pytest

from spice.data.reading.read_table import read_table
from spice.data.table.row_filter import rows_where
from spice.exceptions import DataError
from spice_nb.state.row_filters import BETWEEN, IS, IS_NOT, condition_of

TABLE = read_table(
    pd.DataFrame(
        {"phase": ["main", "it's", None], "my trial": [1, 2, 3], "ok": [True, False, True], "half": [0.5, 1.5, 2.5]}
    )
)


@pytest.mark.parametrize(
    ("given", "condition", "rows"),
    [
        (("phase", IS, " main "), "phase == 'main'", [1, 0, 0]),
        (("phase", IS_NOT, "it's"), 'phase != "it\'s"', [1, 0, 1]),
        (("phase", IS, ""), "phase == ''", [0, 0, 1]),
        (("my trial", IS, "2"), "`my trial` == 2", [0, 1, 0]),
        (("my trial", BETWEEN, "2", "3,5"), "2 <= `my trial` <= 3.5", [0, 1, 1]),
        (("half", IS_NOT, "1,5"), "half != 1.5", [1, 0, 1]),
        (("ok", IS, "true"), "ok == True", [1, 0, 1]),
    ],
)
def test_what_was_typed(given: tuple[str, ...], condition: str, rows: list[int]) -> None:
    assert condition_of(TABLE, *given) == condition
    assert rows_where(TABLE, condition).astype(int).tolist() == rows


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("", IS, "1"), "expected a column"),
        (("half", BETWEEN, "1", ""), "expected a number, but got ''"),
        (("my trial", IS, "two"), "expected a number, but got 'two'"),
    ],
)
def test_what_is_wrong(given: tuple[str, ...], expected: str) -> None:
    with pytest.raises(DataError, match=expected):
        condition_of(TABLE, *given)
