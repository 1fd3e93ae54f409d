"""Conditions on rows as a form asks for them: a column, a relation, one value or two."""

import pandas as pd

from spice.exceptions import DataError
from spice.utils.row_filter import is_equal, quoted

IS, IS_NOT, BETWEEN = "is", "is not", "is between"
RELATIONS = (IS, IS_NOT, BETWEEN)


def condition_of(frame: pd.DataFrame, column: str, relation: str, value: str, upper: str = "") -> str:
    """A condition as `convert_dataset(where=...)` understands it.

    Parameters
    ----------
    frame : DataFrame
    column : str
    relation : str
        One of `RELATIONS`.
    value, upper : str
        As typed; the second one is the upper end of what is between.

    Raises
    ------
    DataError
        No column was chosen, or an end is no number.
    """
    if column not in frame.columns:
        raise DataError("rows", "a column", "none", "Choose one.")
    if relation == BETWEEN:
        low, high = (_number(text) for text in (value, upper))
        return f"{low:g} <= {quoted(column)} <= {high:g}"
    text = value.strip()
    typed: object = text
    if pd.api.types.is_numeric_dtype(frame[column]) and not pd.api.types.is_bool_dtype(frame[column]) and text:
        typed = _number(text)
    elif pd.api.types.is_bool_dtype(frame[column]) and text.casefold() in ("true", "false"):
        typed = text.casefold() == "true"
    return is_equal(column, typed, relation == IS)


def _number(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise DataError("rows", "a number", repr(text), "Correct it.") from None
