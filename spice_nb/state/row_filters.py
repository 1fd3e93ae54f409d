"""Conditions on rows as a form asks for them: a column, a relation, one value or two."""

import pandas as pd

from spice.data.table.row_filter import is_equal, quoted
from spice.data.table.table import Table
from spice.exceptions import DataError

IS, IS_NOT, BETWEEN = "is", "is not", "is between"
RELATIONS = (IS, IS_NOT, BETWEEN)


def condition_of(table: Table, column: str, relation: str, value: str, upper: str = "") -> str:
    """A condition as `convert_dataset(where=...)` understands it.

    Parameters
    ----------
    table : Table
    column : str
    relation : str
        One of `RELATIONS`.
    value, upper : str
        As typed; the second one is the upper end of what is between.

    Returns
    -------
    str

    Raises
    ------
    DataError
        No column was chosen, or an end is no number.
    """
    if column not in table.frame.columns:
        raise DataError("rows", "a column", "none", "Choose one.")
    if relation == BETWEEN:
        low, high = (_number(text) for text in (value, upper))
        return f"{low:g} <= {quoted(column)} <= {high:g}"
    text = value.strip()
    values = table.column("where", column)
    typed: object = text
    if text and pd.to_numeric(values.dropna(), errors="coerce").notna().all() and values.dtype != bool:
        typed = _number(text)
    elif values.dtype == bool and text.casefold() in ("true", "false"):
        typed = text.casefold() == "true"
    return is_equal(column, typed, relation == IS)


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise DataError("rows", "a number", repr(text), "Type a number such as 0.5.") from None
