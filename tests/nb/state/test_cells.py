"""Cells that people take away."""

import io

import pandas as pd
import pytest

from spice_nb.state.cells import markdown_cell, safe_cell, safe_csv


def test_text_is_never_a_formula() -> None:
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("@cmd") == "'@cmd"
    assert safe_cell(-0.5) == -0.5
    read = pd.read_csv(io.StringIO(safe_csv(pd.DataFrame({"label": ["=1", "a"], "value": [-1.0, 2.0]}), "label")))
    assert read.label.tolist() == ["'=1", "a"]
    assert read.value.tolist() == [-1.0, 2.0]


@pytest.mark.parametrize(("value", "cell"), [(0.12345, "0.123"), ("a|b", "a\\|b"), ("<i>\nx", "&lt;i> x")])
def test_a_cell_of_markdown_stays_one_cell(value: object, cell: str) -> None:
    assert markdown_cell(value) == cell
