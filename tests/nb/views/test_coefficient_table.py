"""Colours of coefficients: by sign, and by size in their column."""

import numpy as np
import pandas as pd

from spice_nb.views.coefficient_table import NEGATIVE, POSITIVE, coefficient_table

WHOLE = pd.DataFrame({
    "participant": ["<i>", "2", "3"],
    "V: r": [-2.0, 1.0, 0.0], "V: 1": [0.1, 0.05, -0.01], "structure": ["A", "A", "B"],
})  # fmt: skip
NUMBERS = ["V: r", "V: 1"]
PRESENT = WHOLE[NUMBERS] != 0
PROBABILITIES = pd.DataFrame({"V: r": [0.97, 1.0, 0.02], "V: 1": [np.nan] * 3})


def html_of(rows: pd.DataFrame) -> str:
    return coefficient_table(rows, WHOLE, PRESENT, PROBABILITIES)


def test_a_colour_is_as_strong_as_its_number_is_large_in_its_column() -> None:
    html = html_of(WHOLE)
    assert f"rgba({NEGATIVE},0.32)'>-2.000<" in html
    assert f"rgba({POSITIVE},0.18)'>1.000<" in html
    assert f"rgba({POSITIVE},0.32)'>0.100<" in html
    assert f"rgba({NEGATIVE},0.07)'>-0.010<" in html


def test_a_page_has_the_colours_of_the_whole() -> None:
    assert f"rgba({POSITIVE},0.18)'>1.000<" in html_of(WHOLE.iloc[1:])


def test_what_is_absent_is_said() -> None:
    html = html_of(WHOLE)
    assert html.count("<span class='spice-unseen'>not in the equation</span>") == 1
    assert "0.000" not in html
    assert "Dash: not in the equation" in html


def test_names_stay_text() -> None:
    html = html_of(WHOLE)
    assert "<i>" not in html
    assert "<td>&lt;i&gt;</td>" in html


def test_a_cell_says_how_probable_its_term_is() -> None:
    html = html_of(WHOLE)
    assert "title='probability .97' style" in html
    assert "title='probability &gt; .99' style" in html
    assert "title='probability &lt; .01'" not in html
    assert "<td class='number spice-quiet' title='probability .02'>" in html
    assert html.count("title=") == 3
    assert "Point at a number" in html
    assert "Point at a number" not in coefficient_table(WHOLE, WHOLE, PRESENT, PROBABILITIES * np.nan)


def test_a_number_that_stands_for_nothing_is_a_dash_and_gives_no_colour() -> None:
    """V <- V has a coefficient of 1."""
    absent = PRESENT.copy()
    absent.loc[0, "V: r"] = False
    html = coefficient_table(WHOLE, WHOLE, absent, PROBABILITIES)
    assert "-2.000" not in html
    assert "0.32)'>1.000<" in html
