import sys
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from scipy.io import savemat

from spice.data.reading.read_table import read_table
from spice.exceptions import DataError
from spice.utils.convert_dataset import convert_dataset

WHO = ["007"] * 4 + ["7"] * 4
ROWS = pd.DataFrame({"participant": WHO, "choice": list("LRLRRLRL"), "reward": [0.0, 1, 0.5, 0, 1, 0, 0, 1]})
CLEAN = [("007", "L", 0.0), ("007", "R", 1.0), ("007", "L", 0.5)]


def trials(table: Any) -> list[tuple[Any, ...]]:
    return list(zip(*(table.frame[name].tolist()[:3] for name in ROWS.columns), strict=True))


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    book.save(path)
    return path


SHEET = [list(ROWS.columns), *ROWS.to_numpy().tolist()]


def test_workbooks(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", About=[["A study of ours"]], Trials=[["Raw data"], [], *SHEET])
    table = read_table(path)
    assert trials(table) == CLEAN
    assert table.rows[0] == 4
    assert table.notes[0] == "Sheet 'Trials' was read; others are About."
    assert table.labels("df_participant_id", "participant")[1] == ("007", "7")
    assert convert_dataset(path, df_participant_id="participant", sheet="Trials")[0].actions == ("L", "R")
    with pytest.raises(DataError, match="sheet: expected one of About, Trials"):
        read_table(path, sheet="Tirals")
    with pytest.raises(DataError, match="none in b"):
        read_table(workbook(tmp_path / "b.xlsx", About=[["Nothing"]]))
    (tmp_path / "c.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(DataError, match="no workbook"):
        read_table(tmp_path / "c.xlsx")


def test_what_excel_rounded_is_said(tmp_path: Path) -> None:
    rows = [["id", "choice"], [20260115101112001, 1], [20260115101112002, 2], [3, 1]]
    assert "15 digits" in read_table(workbook(tmp_path / "a.xlsx", A=rows)).notes[0]


@pytest.mark.parametrize(
    ("ending", "write"),
    [
        ("sav", pyreadstat.write_sav),
        ("zsav", lambda frame, path: pyreadstat.write_sav(frame, path, compress=True)),
        ("dta", pyreadstat.write_dta),
        ("xpt", pyreadstat.write_xport),
        ("parquet", lambda frame, path: frame.to_parquet(path)),
        ("feather", lambda frame, path: frame.to_feather(path)),
        ("json", lambda frame, path: frame.to_json(path)),
        ("json", lambda frame, path: frame.to_json(path, orient="records")),
        ("jsonl", lambda frame, path: frame.to_json(path, orient="records", lines=True)),
        ("mat", lambda frame, path: savemat(path, {"s": {n: frame[n].tolist() for n in frame}})),
        ("mat", lambda frame, path: savemat(path, {n: np.array(frame[n], dtype=object) for n in frame})),
        ("mat", lambda frame, path: savemat(path, {"trial": frame.to_records(index=False)})),
    ],
)
def test_formats(tmp_path: Path, ending: str, write: Any) -> None:
    path = tmp_path / f"a.{ending}"
    write(ROWS, str(path))
    table = read_table(path)
    assert trials(table) == CLEAN
    assert table.labels("df_participant_id", "participant")[1] == ("007", "7")
    with path.open("rb") as buffer:
        assert trials(read_table(buffer)) == CLEAN


def test_whole_numbers_stay_whole(tmp_path: Path) -> None:
    ids = pd.DataFrame({"id": pd.array([2**60 + 1, None, 2**60 + 2], dtype="Int64"), "x": [1.0, 2.0, 3.0]})
    ids.to_parquet(tmp_path / "a.parquet")
    column = read_table(tmp_path / "a.parquet").column("df_participant_id", "id")
    assert column.tolist()[::2] == [2**60 + 1, 2**60 + 2]
    pyreadstat.write_sav(pd.DataFrame({"id": [1.0, 2.0], "x": [1.5, 2.0]}), str(tmp_path / "a.sav"))
    assert read_table(tmp_path / "a.sav").labels("df_participant_id", "id")[1] == (1, 2)


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "a.xlsx", A=SHEET)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(DataError, match=r"openpyxl, which reads \.xlsx files.*pip install 'spice-nb\[formats\]'"):
        read_table(path)
    (tmp_path / "a.xls").write_bytes(b"")
    with pytest.raises(DataError, match=r"Save it as \.xlsx"):
        read_table(tmp_path / "a.xls")


def test_a_folder_of_kinds(tmp_path: Path) -> None:
    for name in ("p1", "p2"):
        workbook(tmp_path / f"{name}.xlsx", A=[["choice", "reward"], ["L", 1], ["R", 0], ["L", 1]])
        (tmp_path / f"{name}.log").write_text("no table")
    (tmp_path / "p3.csv").write_text("choice,reward\nL,1\nR,0\nR,0\n")
    assert convert_dataset(tmp_path)[0].participants == ("p1", "p2", "p3")
