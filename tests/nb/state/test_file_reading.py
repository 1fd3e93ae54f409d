"""Sheets, encodings and names of files: what can be said about them, and what becomes of it."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice_nb.state.data import DataModel
from spice_nb.state.file_reading import ENCODINGS, FileReading, OpenPoints
from spice_nb.views.data_panel import DataPanel


def trials(people: tuple[str, ...] = ("a", "b"), column: str = "participant") -> pd.DataFrame:
    rows = [(p, t % 3 % 2, (t + k) % 3 % 2) for k, p in enumerate(people) for t in range(12)]
    return pd.DataFrame(rows, columns=[column, "choice", "reward"])


def workbook(**sheets: pd.DataFrame) -> bytes:
    pytest.importorskip("openpyxl")
    content = io.BytesIO()
    with pd.ExcelWriter(content) as book:
        for name, frame in sheets.items():
            frame.to_excel(book, sheet_name=name, index=False)
    return content.getvalue()


def people_of(model: DataModel) -> Any:
    assert model.dataset is not None, model.problem
    return model.dataset.participants


def as_scripted(model: DataModel, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The data set that the script of a model makes."""
    monkeypatch.chdir(folder)
    namespace: dict[str, Any] = {}
    exec(model.python(), namespace)
    return namespace["dataset"]


def test_a_table_that_leaves_nothing_open_is_not_asked_about() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("mine.csv", trials().to_csv(index=False).encode())
    assert panel.model.open_points == OpenPoints()
    assert panel.files.layout.display == "none"
    assert not {"sheet", "encoding", "file_pattern"} & set(panel.model.arguments())


def test_of_several_sheets_one_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(
        People=pd.DataFrame({"participant": ["a", "b"], "age": [20, 30]}),
        First=trials(),
        Second=trials(("c", "d", "e")),
    )
    (tmp_path / "book.xlsx").write_bytes(content)
    panel = DataPanel(DataModel())
    panel.model.read_upload("book.xlsx", content)
    assert panel.files.sheet.options == ("People", "First", "Second")
    assert (panel.files.sheet.value, people_of(panel.model)) == ("First", ("a", "b"))
    assert panel.files.encoding.layout.display == panel.files.file_pattern.layout.display == "none"
    panel.files.sheet.value = "Second"
    assert people_of(panel.model) == ("c", "d", "e")
    assert panel.model.reading == FileReading(sheet="Second")
    dataset = as_scripted(panel.model, tmp_path, monkeypatch)
    np.testing.assert_array_equal(dataset.xs, panel.model.dataset.xs)
    panel.files.sheet.value = "People"
    assert panel.model.problem == "Choose the column of choice and reward."
    assert panel.files.sheet.value == "People"


def test_a_recognised_encoding_can_be_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = trials(("Jürgen", "Zoë")).to_csv(index=False).encode("cp1252")
    (tmp_path / "mine.csv").write_bytes(content)
    panel = DataPanel(DataModel())
    panel.model.read_upload("mine.csv", content)
    assert people_of(panel.model) == ("Jürgen", "Zoë")
    assert panel.files.encoding.options[0] == ("As recognised (cp1252)", "")
    assert panel.files.encoding.value == ""
    panel.files.encoding.value = "cp1251"
    assert people_of(panel.model) == ("Jьrgen", "Zoл")
    assert as_scripted(panel.model, tmp_path, monkeypatch).participants == ("Jьrgen", "Zoл")
    panel.files.encoding.value = "utf-8"
    assert "cannot be read" in panel.model.problem
    assert panel.files.encoding.layout.display == ""
    panel.files.encoding.value = ""
    assert people_of(panel.model) == ("Jürgen", "Zoë")


def test_an_encoding_that_cannot_be_told_is_asked_for() -> None:
    model = DataModel()
    model.read_upload("mine.csv", trials(("\u0416\u0431\u0448", "b")).to_csv(index=False).encode("koi8_r"))
    if model.dataset is None:
        assert model.open_points.encoding == "?"
        model.read_as(encoding="koi8_r")
    assert people_of(model)[0] == "\u0416\u0431\u0448"


def test_every_encoding_on_offer_is_one() -> None:
    assert all("a".encode(name).decode(name) == "a" for name in ENCODINGS)


def test_a_part_of_the_names_of_files_says_who(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = []
    for person in ("p1", "p2"):
        for session in ("am", "pm"):
            content = trials((person,)).drop(columns="participant").to_csv(index=False).encode()
            files.append((f"{person}_{session}.csv", content))
            (tmp_path / files[-1][0]).write_bytes(content)
    panel = DataPanel(DataModel())
    panel.model.read_uploads(files)
    assert people_of(panel.model) == ("p1_am", "p1_pm", "p2_am", "p2_pm")
    assert "such as p1_am, are taken for people" in panel.files.hint.value
    panel.files.file_pattern.value = "{participant}_{session}"
    assert people_of(panel.model) == ("p1", "p2")
    assert panel.model.columns.block == "session"
    assert as_scripted(panel.model, tmp_path, monkeypatch).participants == ("p1", "p2")
    panel.files.file_pattern.value = "{participant}-{session}"
    assert "file_pattern" in panel.model.problem
    assert panel.files.file_pattern.layout.display == ""
    panel.files.file_pattern.value = ""
    assert people_of(panel.model) == ("p1_am", "p1_pm", "p2_am", "p2_pm")


def test_where_a_column_says_who_names_of_files_are_not_asked_about() -> None:
    model = DataModel()
    model.read_uploads([(f"{p}.csv", trials((p,)).to_csv(index=False).encode()) for p in ("a", "b")])
    assert people_of(model) == ("a", "b")
    assert model.open_points == OpenPoints()


def test_other_data_close_all_points() -> None:
    model = DataModel()
    model.read_upload("book.xlsx", workbook(One=trials(), Two=trials()))
    assert model.open_points.sheets == ("One", "Two")
    model.read_upload("mine.csv", trials().to_csv(index=False).encode())
    assert (model.reading, model.open_points) == (FileReading(), OpenPoints())
    model.read_upload("book.xlsx", workbook(One=trials(), Two=trials()))
    model.use_dataset(model.dataset)
    assert (model.reading, model.open_points) == (FileReading(), OpenPoints())
    model.read_as(sheet="Two")
    assert model.table is None
