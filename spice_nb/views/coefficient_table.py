"""Coefficients of many people as a table whose cells are coloured by sign and size."""

from typing import Any

import pandas as pd

from spice_nb.views.panel import escaped, paragraph

NEGATIVE, POSITIVE = "0, 114, 178", "230, 159, 0"
"""Blue and orange, as red, green, blue: told apart by colour-blind people too."""
WEAKEST, STRONGEST = 0.04, 0.32
"""Opacity over the background of the theme, light or dark."""
_PLAIN = ("participant", "structure")


def coefficient_table(rows: pd.DataFrame, whole: pd.DataFrame) -> str:
    """HTML of some rows of a table, each column coloured relative to its largest absolute value in the whole."""
    largest = {c: float(whole[c].abs().max()) or 1.0 for c in whole.columns if c not in _PLAIN}
    head = "".join(_heading(column, column in largest) for column in rows.columns)
    body = "".join(
        "<tr>" + "".join(_cell(v, largest.get(c)) for c, v in zip(rows.columns, row, strict=True)) + "</tr>"
        for row in rows.itertuples(index=False)
    )
    key = "Orange: above 0. Blue: below 0. The stronger, the further from 0 in its column. Dash: not in the equation."
    return (
        "<div class='spice-scroll' tabindex='0' role='region' aria-label='Coefficients of everybody'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>" + paragraph(key, "quiet")
    )


def _heading(column: str, is_number: bool) -> str:
    words = "<br>".join(map(escaped, column.split(": ")))
    return f"<th scope='col'{' class=number' if is_number else ''}>{words}</th>"


def _cell(value: Any, largest: float | None) -> str:
    if largest is None:
        return f"<td>{escaped(value)}</td>"
    if value == 0:
        absent = "<span aria-hidden='true'>&ndash;</span><span class='spice-unseen'>not in the equation</span>"
        return f"<td class='number spice-quiet'>{absent}</td>"
    strength = WEAKEST + (STRONGEST - WEAKEST) * abs(value) / largest
    color = NEGATIVE if value < 0 else POSITIVE
    return f"<td class='number' style='background:rgba({color},{strength:.2f})'>{value:.3f}</td>"
