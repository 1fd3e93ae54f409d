"""Cells of tables that people take away: text is never a formula."""

from typing import Any

import numpy as np
import pandas as pd

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that starts with one of these is a formula to a spreadsheet."""


def safe_csv(frame: pd.DataFrame, *columns: str) -> str:
    """A table as CSV, whose columns of text are those named.

    Parameters
    ----------
    frame : DataFrame
    *columns : str
        Those that hold text.

    Returns
    -------
    str
    """
    return frame.assign(**{name: [safe_cell(value) for value in frame[name]] for name in columns}).to_csv(index=False)


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet takes for text.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
        Text with an apostrophe before it where it could be a formula; anything else as it is.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def markdown_cell(value: Any) -> str:
    """A cell of a Markdown table.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Numbers with three decimals; text in which nothing ends the cell or is HTML.
    """
    if isinstance(value, (float, np.floating)):
        return f"{value:.3f}"
    return str(value).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
