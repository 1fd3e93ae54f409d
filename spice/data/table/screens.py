"""Rows that are no trials by design: screens on which nothing can be chosen, such as fixation and instructions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.answers import Answers
from spice.data.table.choices import read_choices
from spice.data.table.table import Bools, Table
from spice.data.table.trial_columns import TrialColumns

TYPE_NAMES = frozenset({
    "trial_type", "trialtype", "task", "test_part", "screen", "event", "event_type", "phase", "type", "display",
})  # fmt: skip
"""What columns are called that say what was on the screen."""
_MOSTLY = 0.5
LOOP = ".thisN"
"""PsychoPy counts the passes of each loop in a column `trials.thisN`, which is empty outside of the loop."""


def find_screens(table: Table, columns: TrialColumns, answers: Answers) -> tuple[Bools, str]:
    """Which rows are screens and no trials, and which column says so.

    Values of a column such as ``trial_type`` with which there never is a choice, where nearly all rows with its other
    values have one; or, in PsychoPy's tables, rows outside of the loop to which all choices belong.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
    answers : Answers
        To questions about choices.

    Returns
    -------
    screens : (n_rows,) array of bool
        False everywhere where no column says so.
    column : str
        Empty where there is none.
    """
    nothing = np.zeros(len(table.rows), dtype=np.bool_)
    if columns.df_choice not in table.frame.columns:
        return nothing, ""
    used = {name for names in columns.by_role(table).values() for name in names}
    types = [name for name in type_columns(table.frame) if name not in used]
    loops = [name for name in _names(table.frame) if name.endswith(LOOP) and name not in used]
    if not types and not loops:
        return nothing, ""
    chosen = read_choices(table, columns, answers)[0] >= 0
    if chosen.all() or not chosen.any():
        return nothing, ""
    for name in types:
        never = values_without_choice(table.frame[name], chosen)
        if never.any() and chosen[~never].mean() > _MOSTLY:
            return never, name
    for name in loops:
        outside = table.frame[name].isna().to_numpy(np.bool_)
        if outside.any() and not chosen[outside].any():
            return outside, name
    return nothing, ""


def values_without_choice(column: pd.Series[Any], chosen: Bools) -> Bools:
    """Which rows have a value of a column, or none, with which there never is a choice.

    Parameters
    ----------
    column : (n_rows,) Series
    chosen : (n_rows,) array of bool
        Whether there is a choice.

    Returns
    -------
    (n_rows,) array of bool
    """
    kinds = column.astype(object).where(column.notna(), "")
    return ~pd.Series(chosen).groupby(kinds.to_numpy()).transform("any").to_numpy(np.bool_)


def type_columns(frame: pd.DataFrame) -> list[str]:
    """Columns called as those that say what was on the screen.

    Parameters
    ----------
    frame : DataFrame

    Returns
    -------
    list of str
        Those called as one of `TYPE_NAMES`, however it is spelled.
    """
    return [name for name in _names(frame) if plain_name(name) in TYPE_NAMES]


def plain_name(name: str) -> str:
    """A name of a column without its spelling: `Trial type`, `trial-type` and `trialType` alike are `trial_type`.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    apart = "".join(
        f" {c}" if c.isupper() and before.islower() else c for before, c in zip(f" {name}", name, strict=False)
    )
    return "_".join("".join(c if c.isalnum() else " " for c in apart.casefold()).split())


def _names(frame: pd.DataFrame) -> list[str]:
    """Names of columns that are there once."""
    names = [name for name in frame.columns if isinstance(name, str)]
    return [name for name in names if names.count(name) == 1]
