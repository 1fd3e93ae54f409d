import io
import zipfile
from pathlib import Path

import pytest

from spice.data.reading.read_table import read_table
from spice.exceptions import ColumnError, DataError, DataWarning, RowError
from spice.utils.convert_dataset import convert_dataset

ONE = "trial,key,coins\n0,L,0\n1,R,1\n2,L,0\n3,R,1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("p10", "p2", "p1"):
        (tmp_path / f"{name}.csv").write_text(ONE)
    (tmp_path / "README").write_text("Nothing to see.")
    (tmp_path / "notes.txt").write_text("A line, of text.\nAnother.\n")
    (tmp_path / "people.csv").write_text("who,age\np1,30\np2,31\n")
    (tmp_path / ".hidden.csv").write_text("a,b\n1,2\n")
    return tmp_path


def people(source: object, **arguments: str) -> tuple[object, ...]:
    dataset, *_ = convert_dataset(source, df_choice="key", df_reward="coins", **arguments)  # type: ignore[arg-type]
    return dataset.participants or ()


def test_a_folder_is_people_in_natural_order(folder: Path) -> None:
    table = read_table(folder)
    assert table.frame["file"].tolist() == ["p1"] * 4 + ["p2"] * 4 + ["p10"] * 4
    assert table.notes == ("Left out, no tables: README.", "Left out, no tables of trials: notes.txt, people.csv.")
    assert people(folder) == ("p1", "p2", "p10")


def test_patterns_lists_and_archives(folder: Path) -> None:
    assert people(str(folder / "p*.csv")) == ("p1", "p2", "p10")
    assert people([folder / "p10.csv", folder / "p1.csv"]) == ("p1", "p10")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("p10", "p2"):
            archive.writestr(f"data/{name}.csv", ONE)
        archive.writestr("data/README.md", "text")
        archive.writestr("__MACOSX/data/._p2.csv", b"\0")
    buffer.seek(0)
    buffer.name = "all.zip"
    assert people(buffer) == ("p2", "p10")


def test_one_file_is_one_person(folder: Path) -> None:
    assert people(folder / "p1.csv") == ("p1",)
    with pytest.raises(ColumnError, match="'who'"):
        people(folder / "p1.csv", df_participant_id="who")


def test_a_column_of_people_counts_more_than_files(tmp_path: Path) -> None:
    for name, who in (("a", "ann"), ("b", "bo"), ("c", "ann")):
        rows = ONE.replace("\n", f",{who}\n").replace(f"coins,{who}", "coins,subject", 1)
        (tmp_path / f"{name}.csv").write_text(rows)
    with pytest.raises(ColumnError, match="df_participant_id='subject'"):
        people(tmp_path)
    with pytest.warns(DataWarning, match="df_block='file'"):
        dataset, *_ = convert_dataset(tmp_path, df_participant_id="subject", df_choice="key", df_reward="coins")
    assert dataset.participants == ("ann", "bo")
    # Two files of one person are one session after the other.
    assert dataset.xs.shape[:2] == (2, 8)


def test_what_names_of_files_say(tmp_path: Path) -> None:
    for name in ("sub-07_task-a", "sub-12_task-b"):
        (tmp_path / f"{name}.csv").write_text(ONE)
    for pattern in ("sub-{participant}_task", r"sub-(?P<participant>\d+)", r"sub-(\d+)"):
        assert people(tmp_path, file_pattern=pattern) == ("07", "12")
    table = read_table(tmp_path, file_pattern="sub-{participant}_task-{task}")
    assert table.frame["task"].tolist() == ["a"] * 4 + ["b"] * 4
    assert "file" not in table.frame
    assert people(tmp_path / "sub-07_task-a.csv", file_pattern="sub-{participant}_") == ("07",)
    with pytest.raises(DataError, match="'sub-07_task-a'"):
        read_table(tmp_path, file_pattern="vp{participant}")
    with pytest.raises(DataError, match="names nothing"):
        read_table(tmp_path, file_pattern="sub")
    with pytest.raises(ColumnError, match="'key'"):
        read_table(tmp_path, file_pattern="sub-{key}_")


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


def test_files_of_one_name_and_of_one_person(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.csv").write_text(ONE)
        (tmp_path / name / "data.txt").write_text(ONE)
    assert people(tmp_path) == ("x/data", "y/data")
    assert read_table(tmp_path).notes == ("Left out, there in another form: x/data.txt, y/data.txt.",)


def test_sessions_of_people_are_not_people(tmp_path: Path) -> None:
    for name in ("p1", "p2"):
        (tmp_path / f"{name}.csv").write_text(ONE.replace("\n", ",001\n").replace("coins,001", "coins,session", 1))
    assert people(tmp_path) == ("p1", "p2")
    for name in ("p1", "p2"):
        rows = ONE.replace("\n", f",001,{name}\n").replace(f"coins,001,{name}", "coins,session,participant", 1)
        (tmp_path / f"{name}.csv").write_text(rows)
    with pytest.raises(ColumnError, match="df_participant_id='participant'"):
        people(tmp_path)
