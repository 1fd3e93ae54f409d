import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spice.data.reading.read_table import read_table
from spice.exceptions import DataError

_RNG = np.random.default_rng(0)
ROWS = pd.DataFrame(
    {"session": np.repeat([1, 2, 3], 6), "choice": _RNG.integers(0, 3, 18), "reward": _RNG.integers(0, 2, 18)}
)
TEXT = ROWS.to_csv(index=False)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_buffers(separator: str) -> None:
    read = read_table(io.StringIO(TEXT.replace(",", separator))).frame
    pd.testing.assert_frame_equal(read, ROWS)


def test_compressed(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text(TEXT.replace(",", "\t"))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("folder/a.csv", TEXT)
        archive.writestr("__MACOSX/folder/._a.csv", b"\0\1")
    for name in ("a.tsv", "a.csv.gz", "a.csv.zip"):
        pd.testing.assert_frame_equal(read_table(tmp_path / name).frame, ROWS)
        assert len(read_table(str(tmp_path / name)).rows) == 18
        with (tmp_path / name).open("rb") as buffer:
            pd.testing.assert_frame_equal(read_table(buffer).frame, ROWS)


def test_blank_lines_and_byte_order_mark() -> None:
    text = "\ufeff" + TEXT.replace("\n", "\n\n", 4)
    pd.testing.assert_frame_equal(read_table(io.BytesIO(text.encode())).frame, ROWS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "which is empty"),
        (b"session,choice,reward\n", "no rows"),
        (b"session,choice,reward\n\n\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "a table in text form"),
        (b"session,choice,reward\n1,0,1\n1,0,1,7,8\n", "line 3"),
        (b"session,choice,reward\n1,0,1,2\n1,1,1,2\n", "rows have more"),
        (
            b"A poem,\nwhich is no table, as one sees,\nhas lines, and commas, and more lines, for, all\nI know.\n",
            "all kinds",
        ),
    ],
)
def test_unreadable(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_table(path)


def test_empty_frame() -> None:
    with pytest.raises(DataError, match="no rows"):
        read_table(ROWS.iloc[:0])


def test_rows_are_counted_with_header_and_blank_lines() -> None:
    read = read_table(io.StringIO("a,b\n1,x\n\n\n2,y\n"))
    assert read.rows.tolist() == [2, 5]
    assert read.frame["a"].tolist() == [1, 2]
    assert read_table(ROWS.iloc[3:5]).rows.tolist() == [2, 3]


WINDOWS = "person;choice;reward;rt\nJ\xfcrgen;0;1;0,53\nJ\xfcrgen;1;0;1\nAnn;1;;0,7\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
def test_encodings_and_decimal_commas(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.csv").write_bytes(WINDOWS.encode(encoding))
    for source in (tmp_path / "a.csv", io.BytesIO(WINDOWS.encode(encoding))):
        frame = read_table(source).frame
        assert list(frame.columns) == ["person", "choice", "reward", "rt"]
        assert frame.person[0] == "J\xfcrgen"
        assert frame.rt.tolist() == [0.53, 1.0, 0.7]


def test_words_with_commas_are_no_numbers(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("person;choice;note\n1;0;1,2 and 3\n1;1;4,5\n")
    assert read_table(tmp_path / "a.csv").frame.note.tolist() == ["1,2 and 3", "4,5"]


def test_a_table_that_was_read_is_taken_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n\n3,4\n")
    table = read_table(tmp_path / "a.csv")
    assert read_table(table) is table
    assert table.rows.tolist() == [2, 4]
