"""What is never read, and how much at most."""

import gzip
import importlib
import io
import os
import socket
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from spice.data.reading.read_limits import ReadLimits
from spice.data.reading.read_table import read_table
from spice.exceptions import DataError

TABLE = "choice,reward\n" + "".join(f"{t % 2},{t % 3 % 2}\n" for t in range(50))


def in_folder(path: Path, *names: str) -> Path:
    path.mkdir(exist_ok=True)
    for name in names:
        (path / name).write_text(TABLE)
    return path


def archive(members: dict[str, bytes]) -> io.BytesIO:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    buffer.seek(0)
    buffer.name = "data.zip"
    return buffer


def test_devices_pipes_and_sockets_are_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket.csv"))
        for path, kind in ((tmp_path / "pipe.csv", "a pipe"), (tmp_path / "socket.csv", "a socket")):
            with pytest.raises(DataError, match=f"{path.name}, {kind}"):
                read_table(path)
    with pytest.raises(DataError, match="zero, a device"):
        read_table("/dev/zero")
    # In a folder they are no tables.
    assert len(read_table(in_folder(tmp_path, "ann.csv")).frame) == 50


@pytest.mark.parametrize("pattern", ["", "*.csv", "**/*.csv"])
def test_links_out_of_a_folder_are_refused(tmp_path: Path, pattern: str) -> None:
    folder = in_folder(tmp_path / "data", "ann.csv")
    (folder / "bob.csv").symlink_to(folder / "ann.csv")
    source = str(folder / pattern)
    assert len(read_table(source).frame) == 100
    (folder / "eve.csv").symlink_to(in_folder(tmp_path / "secret", "grades.csv") / "grades.csv")
    with pytest.raises(DataError, match=r"eve\.csv, a link that leads out of it"):
        read_table(source)
    # A link that somebody names is no surprise.
    assert len(read_table(folder / "eve.csv").frame) == 50


def test_a_linked_folder_is_not_a_way_out(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "data")
    (folder / "more").symlink_to(in_folder(tmp_path / "secret", "grades.csv"))
    with pytest.raises(DataError, match="leads out of it"):
        read_table(str(folder / "*" / "*.csv"))


def test_a_pattern_does_not_climb_out_of_its_folder(tmp_path: Path) -> None:
    in_folder(tmp_path / "secret", "grades.csv")
    in_folder(tmp_path / "data", "ann.csv")
    with pytest.raises(DataError, match="a pattern that stays in its folder"):
        read_table(str(tmp_path / "dat*" / ".." / "secret" / "*.csv"))


@pytest.mark.parametrize("name", ["../../ann.csv", "/etc/ann.csv", "a/..\\..\\ann.csv"])
def test_members_that_lead_out_of_their_archive_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="leads out of it"):
        read_table(archive({name: TABLE.encode(), "bob.csv": TABLE.encode()}))


def test_archives_are_measured_unpacked() -> None:
    source = archive({"ann.csv": TABLE.encode() * 10_000})
    assert len(source.getvalue()) < 100_000
    with pytest.raises(DataError, match=r"at most 1 MB unpacked, but got more in data\.zip"):
        read_table(source, limits=ReadLimits(size=1_000_000))


def test_an_archive_that_lies_about_its_size_gives_no_more_than_it_says() -> None:
    honest = archive({"ann.csv": TABLE.encode() * 10_000}).getvalue()
    length = len(TABLE) * 10_000
    source = io.BytesIO(honest.replace(length.to_bytes(4, "little"), (200).to_bytes(4, "little")))
    source.name = "data.zip"
    with pytest.raises(DataError, match="Bad CRC"):
        read_table(source, limits=ReadLimits(size=1_000_000))


def test_compressed_files_are_measured_while_they_are_unpacked() -> None:
    source = io.BytesIO(gzip.compress(TABLE.encode() * 20_000))
    source.name = "ann.csv.gz"
    with pytest.raises(DataError, match="at most 1 MB unpacked"):
        read_table(source, limits=ReadLimits(size=1_000_000))


def test_a_workbook_is_an_archive_too() -> None:
    source = archive({"xl/worksheets/sheet1.xml": b"<c/>" * 1_000_000})
    source.name = "data.xlsx"
    with pytest.raises(DataError, match="at most 1 MB unpacked"):
        read_table(source, limits=ReadLimits(size=1_000_000))


def test_rows_are_counted_in_one_file_and_in_several(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "data", "ann.csv", "bob.csv")
    assert len(read_table(folder, limits=ReadLimits(rows=100)).frame) == 100
    # It is refused, and not read without somebody.
    with pytest.raises(DataError, match="at most 99 rows, but got 100 in these files"):
        read_table(folder, limits=ReadLimits(rows=99))
    with pytest.raises(DataError, match=r"at most 20 rows, but got 50 in ann\.csv"):
        read_table(folder / "ann.csv", limits=ReadLimits(rows=20))


def test_files_of_a_folder_are_measured_together(tmp_path: Path) -> None:
    folder = in_folder(tmp_path / "data", "ann.csv", "bob.csv")
    (folder / "film.mp4").write_bytes(b"0" * 10_000)
    assert len(read_table(folder, limits=ReadLimits(size=1_000)).frame) == 100
    with pytest.raises(DataError, match="in the folder data"):
        read_table(folder, limits=ReadLimits(size=400))


def test_rows_of_a_text_are_counted_before_it_is_read() -> None:
    source = io.StringIO(TABLE * 100)
    with pytest.raises(DataError, match="at most 20 rows, but got 5,100"):
        read_table(source, limits=ReadLimits(rows=20))


def test_a_name_that_is_too_long_is_said() -> None:
    with pytest.raises(DataError, match=r"a path that can be read, but got x{100} \(File name too long\)"):
        read_table("x" * 5000)


def of(name: str, content: bytes) -> io.BytesIO:
    source = io.BytesIO(content)
    source.name = name
    return source


@pytest.mark.parametrize("kind", ["parquet", "feather", "mat"])
def test_a_few_bytes_that_stand_for_many_rows_are_not_unpacked(kind: str) -> None:
    n, content = 2_000_000, io.BytesIO()
    zeros = np.zeros(n, dtype=np.int8)
    if kind == "mat":
        savemat(content, {"choice": zeros, "reward": zeros}, do_compression=True)
    else:
        arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
        table = arrow.table({"choice": zeros, "reward": zeros})
        if kind == "parquet":
            importlib.import_module("pyarrow.parquet").write_table(table, content)
        else:
            importlib.import_module("pyarrow.feather").write_feather(table, content, compression="zstd")
    source = of(f"a.{kind}", content.getvalue())
    assert len(source.getvalue()) < 100_000
    began = time.process_time()
    with pytest.raises(DataError, match="at most 500,000 rows, but got 2,000,000"):
        read_table(source, limits=ReadLimits(rows=500_000))
    # Reading them takes ten times as long.
    assert time.process_time() - began < 2


def test_a_cell_far_to_the_right_does_not_make_a_sheet_of_millions() -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active["XFD3"] = 1
    book.save(content)
    with pytest.raises(DataError, match=r"at most 5,000 columns, but got 16,384 in a\.xlsx"):
        read_table(of("a.xlsx", content.getvalue()), limits=ReadLimits(rows=500_000))


@pytest.mark.parametrize("columns", [6_000, 200_000])
def test_a_text_of_countless_columns_is_refused(columns: int) -> None:
    line = ",".join(f"c{k}" for k in range(columns))
    with pytest.raises(DataError, match=f"at most 5,000 columns, but got {columns:,} in"):
        read_table(of("a.csv", f"{line}\n{line}\n".encode()), limits=ReadLimits(rows=500_000))


def test_a_damaged_file_is_said_by_who_reads_it() -> None:
    for name in ("a.mat", "a.xlsx", "a.parquet"):
        with pytest.raises(DataError, match=name):
            read_table(of(name, b"nothing"), limits=ReadLimits(rows=500_000))
