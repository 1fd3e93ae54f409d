import numpy as np
import pandas as pd

from spice.data.table.table import Table
from spice.data.table.table_changes import in_order, with_columns


def small() -> Table:
    frame = pd.DataFrame({"who": [7, 7, 8], "reward": [0, 1, 1]})
    written = pd.DataFrame({"who": ["007", "007", "8"], "reward": ["0", "1", "1"]})
    return Table(frame, np.array([2, 3, 5]), ("A note.",), written)


def test_columns_are_added_and_replaced_in_both_forms_of_the_cells() -> None:
    before = small()
    after = with_columns(before, {"reward": pd.Series([5.0, 6, 7], index=[9, 8, 7]), "new": ["a", "b", "c"]})
    assert after.written is not None
    for frame in (after.frame, after.written):
        assert frame["reward"].tolist() == [5, 6, 7]
        assert frame["new"].tolist() == ["a", "b", "c"]
    assert after.written["who"].tolist() == ["007", "007", "8"]
    assert after.notes == before.notes
    # The table that was given stays as it is.
    assert before.frame["reward"].tolist() == [0, 1, 1]
    assert "new" not in before.frame


def test_each_row_keeps_its_number_and_its_cells() -> None:
    after = in_order(small(), np.array([2, 0, 1]))
    assert after.rows.tolist() == [5, 2, 3]
    assert after.frame["who"].tolist() == [8, 7, 7]
    assert after.written is not None
    assert after.written["who"].tolist() == ["8", "007", "007"]
    assert after.frame.index.tolist() == [0, 1, 2]
    assert after.place(5) == "row 5"


def test_a_table_from_memory_has_one_form() -> None:
    frame = pd.DataFrame({"who": ["a", "b"]})
    assert in_order(Table(frame, np.array([2, 3])), np.array([1, 0])).written is None
