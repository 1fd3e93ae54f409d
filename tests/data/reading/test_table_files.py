"""Which files a table is read from."""

import io
import zipfile
from pathlib import Path

import pytest
from data.reading.texts import ONE, fill_folder, people

from spice.data.reading.read_table import read_table
from spice.exceptions import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill_folder(tmp_path)


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


def test_files_of_one_name_and_of_one_person(tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.csv").write_text(ONE)
        (tmp_path / name / "data.txt").write_text(ONE)
    assert people(tmp_path) == ("x/data", "y/data")
    assert read_table(tmp_path).notes == ("Left out, there in another form: x/data.txt, y/data.txt.",)


def test_broken_archives(tmp_path: Path) -> None:
    for name in ("data.zip", "data.csv.gz"):
        (tmp_path / name).write_bytes(b"not an archive")
        with pytest.raises(DataError, match=name):
            read_table(tmp_path / name)


def test_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(DataError, match="none in the folder"):
        read_table(tmp_path)
