"""Colours of coefficients: by sign, and by size in their column."""

import pandas as pd

from spice_nb.views.coefficient_table import NEGATIVE, POSITIVE, coefficient_table

WHOLE = pd.DataFrame({
    "participant": ["<i>", "2", "3"],
    "V: r": [-2.0, 1.0, 0.0], "V: 1": [0.1, 0.05, -0.01], "structure": ["A", "A", "B"],
})  # fmt: skip


def test_a_colour_is_as_strong_as_its_number_is_large_in_its_column() -> None:
    html = coefficient_table(WHOLE, WHOLE)
    assert f"rgba({NEGATIVE},0.32)'>-2.000<" in html
    assert f"rgba({POSITIVE},0.18)'>1.000<" in html
    assert f"rgba({POSITIVE},0.32)'>0.100<" in html
    assert f"rgba({NEGATIVE},0.07)'>-0.010<" in html


def test_a_page_has_the_colours_of_the_whole() -> None:
    assert f"rgba({POSITIVE},0.18)'>1.000<" in coefficient_table(WHOLE.iloc[1:], WHOLE)


def test_what_is_absent_is_said() -> None:
    html = coefficient_table(WHOLE, WHOLE)
    assert html.count("<span class='spice-unseen'>not in the equation</span>") == 1
    assert "0.000" not in html
    assert "Dash: not in the equation" in html


def test_names_stay_text() -> None:
    html = coefficient_table(WHOLE, WHOLE)
    assert "<i>" not in html
    assert "<td>&lt;i&gt;</td>" in html
