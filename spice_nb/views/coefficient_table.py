"""Coefficients of many people as a table whose cells are coloured by sign and size."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from spice_nb.state.certainty import as_probability
from spice_nb.views.panel import escaped, paragraph

NEGATIVE, POSITIVE = "0, 114, 178", "230, 159, 0"
"""Blue and orange, as red, green, blue: told apart by colour-blind people too."""
WEAKEST, STRONGEST = 0.04, 0.32
"""Opacity over the background of the theme, light or dark."""
_PLAIN = ("participant", "structure")


def coefficient_table(
    rows: pd.DataFrame, whole: pd.DataFrame, present: pd.DataFrame, probabilities: pd.DataFrame
) -> str:
    """HTML of some rows of a table, each column coloured relative to its largest absolute value in the whole.

    Parameters
    ----------
    rows : DataFrame
        Those that are shown, with the id of the participant as the index.
    whole : DataFrame
        The table of which they are part: `participant`, `structure`, and a column a term.
    present : DataFrame of bool
        Of the same people and columns: whether a term is part of a person's equations.
    probabilities : DataFrame
        How probable that is; the pointer over a cell shows it. NaN where nobody has asked.

    Returns
    -------
    str
    """
    terms = [c for c in whole.columns if c not in _PLAIN]
    largest = {c: float(whole[c].where(present[c]).abs().max()) or 1.0 for c in terms}
    head = "".join(_heading(column, column in largest) for column in rows.columns)
    body = "".join(
        f"<tr>{_row(rows.columns, row, present.loc[row[0]], probabilities.loc[row[0]], largest)}</tr>"
        for row in rows.itertuples()
    )
    key = "Orange: above 0. Blue: below 0. The stronger, the further from 0 in its column. Dash: not in the equation."
    if probabilities.notna().any(axis=None):
        key += " Point at a number to see how probable it is that the person has the term."
    return (
        "<div class='spice-scroll' tabindex='0' role='region' aria-label='Coefficients of everybody'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>" + paragraph(key, "quiet")
    )


def _heading(column: str, is_number: bool) -> str:
    words = "<br>".join(map(escaped, column.split(": ")))
    return f"<th scope='col'{' class=number' if is_number else ''}>{words}</th>"


def _row(
    columns: Iterable[str], row: tuple[Any, ...], present: Any, probability: Any, largest: dict[str, float]
) -> str:
    """The cells of one person, whose id comes first."""
    return "".join(
        _cell(value, present[c], probability[c], largest[c]) if c in largest else f"<td>{escaped(value)}</td>"
        for c, value in zip(columns, row[1:], strict=True)
    )


def _cell(value: float, is_there: bool, probability: float, largest: float) -> str:
    said = as_probability(probability)
    title = f" title='probability {escaped(said)}'" if said else ""
    if not is_there:
        absent = "<span aria-hidden='true'>&ndash;</span><span class='spice-unseen'>not in the equation</span>"
        return f"<td class='number spice-quiet'{title}>{absent}</td>"
    strength = WEAKEST + (STRONGEST - WEAKEST) * abs(value) / largest if value else 0.0
    color = NEGATIVE if value < 0 else POSITIVE
    return f"<td class='number'{title} style='background:rgba({color},{strength:.2f})'>{value:.3f}</td>"
