from pathlib import Path

import pytest
from data.reading.texts import ONE, fill_folder, people

from spice.data.reading.read_table import read_table
from spice.exceptions import RowError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill_folder(tmp_path)


def test_errors_name_file_and_row(folder: Path) -> None:
    (folder / "p2.csv").write_text(ONE.replace("2,L,0", "\n2,L,?"))
    with pytest.raises(RowError, match=r"'\?' in row 5 of p2\.csv\.") as raised:
        people(folder)
    assert len(raised.value.rows) == 1
    table = read_table(folder)
    left = table.without(raised.value.rows)
    assert len(left.rows) == 11
    assert left.place(left.rows[-1]) == "row 5 of p10.csv"


def test_columns_that_differ_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ONE)
    (tmp_path / "b.csv").write_text(ONE.replace("\n", ",0.5\n").replace("coins,0.5", "coins,rt", 1))
    table = read_table(tmp_path)
    assert table.frame["rt"].isna().tolist() == [True] * 4 + [False] * 4
    assert table.notes == ("Column rt is not in a.csv: its cells are empty there.",)


def test_ids_stay_as_written_over_files(tmp_path: Path) -> None:
    for name, who in (("a", "7"), ("b", "007"), ("c", "")):
        rows = ONE.replace("\n", f",{who}\n").replace(f"coins,{who}", "coins,who", 1)
        (tmp_path / f"{name}.csv").write_text(rows)
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    assert read_table(files).labels("df_participant_id", "who")[1] == ("7", "007")
    with pytest.raises(RowError, match=r"nothing in row 2 of c\.csv and 3 more"):
        read_table(tmp_path).labels("df_participant_id", "who")
