"""Which rows of a table are trials, and in which order: what comes before any column is read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.answers import Answers, label_text
from spice.data.table.row_filter import is_equal, rows_where
from spice.data.table.screens import find_screens
from spice.data.table.table import Bools, Floats, Table
from spice.data.table.table_changes import in_order, with_columns
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import DataError


def arrange(table: Table, columns: TrialColumns, answers: Answers) -> Table:
    """Keep the rows that were asked for, without screens on which nothing can be chosen, in the order asked for.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
    answers : Answers
        Which rows to keep, who is the same person, and what to sort by.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        A condition is none, no row is left, or there is nothing to sort by.
    ColumnError
        A column to sort or filter by is not there.
    RowError
        Rows have nothing in the column to sort by.
    """
    n_rows = len(table.rows)
    for condition in answers.where:
        table = table.without(table.rows[~rows_where(table, condition)].tolist())
    if len(table.rows) == 0:
        raise DataError(
            "where", f"some of the {n_rows:,} rows", f"none for which {' and '.join(answers.where)}",
            "Check how the values are written.",
        )  # fmt: skip
    if answers.leave_out_copies:
        table = table.without(table.rows[copies(table)].tolist())
    if answers.relabel:
        table = _with_other_people(table, columns.df_participant_id, answers)
    screens, _ = find_screens(table, columns, answers)
    if screens.any():
        table = table.without(table.rows[screens].tolist())
    return table if answers.order is None else _sorted(table, columns, answers.order)


def copies(table: Table) -> Bools:
    """Which rows equal an earlier one in all columns.

    Parameters
    ----------
    table : Table

    Returns
    -------
    (n_rows,) array of bool
    """
    return np.asarray(table.frame.astype(str).duplicated(), dtype=np.bool_)


def _with_other_people(table: Table, name: str, answers: Answers) -> Table:
    people = table.column("df_participant_id", name)
    new = people.map(lambda label: answers.relabel.get(label_text(label), label), na_action="ignore")
    return with_columns(table, {name: new})


def order_values(column: pd.Series[Any]) -> Floats | None:
    """Values of a column as numbers that can be sorted by: numbers, or dates and times.

    Parameters
    ----------
    column : Series

    Returns
    -------
    (n_rows,) array of float, or None
        NaN where a cell is empty; None where the column holds neither.
    """
    empty = column.isna().to_numpy()
    if column.dtype.kind == "M":
        return np.where(empty, np.nan, column.astype("int64").to_numpy(np.float64))
    if column.dtype.kind in "mc":
        return None
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    if np.isfinite(numbers[~empty]).all():
        return None if empty.all() else numbers
    times = pd.to_datetime(column.astype(str).where(~empty), errors="coerce", format="ISO8601", utc=True)
    if not times[~empty].notna().all():
        return None
    return np.where(empty, np.nan, times.astype("int64").to_numpy(np.float64))


def sequence_keys(table: Table, columns: TrialColumns) -> pd.Series[int]:
    """A number for each sequence: what a participant did in an experiment and block.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
        Of the roles; those that the table does not have are passed over.

    Returns
    -------
    (n_rows,) Series of int
        The same in all rows of a sequence.
    """
    roles = columns.by_role(table)
    names = [n for role in ("df_participant_id", "df_experiment_id", "df_block") for n in roles[role]]
    names = [name for name in names if (table.frame.columns == name).sum() == 1]
    keys = np.zeros(len(table.rows), dtype=np.int64)
    for name in names:
        codes, labels = pd.factorize(table.column("file", name))
        keys = pd.factorize(keys * (len(labels) + 1) + codes + 1)[0]
    return pd.Series(keys)


def _sorted(table: Table, columns: TrialColumns, name: str) -> Table:
    column = table.column("order", name)
    values = order_values(column)
    if values is None:
        raise DataError(
            "order", "a column of numbers, or of dates and times", repr(name), "Name the column of trial numbers."
        )
    empty = table.rows[np.isnan(values)]
    if len(empty):
        more = f" and {len(empty) - 1} more" if len(empty) > 1 else ""
        raise DataError(
            "order", f"something in each row of column {name!r}", f"nothing in row {empty[0]}{more}",
            f"Fill it, or leave out such rows: where={is_equal(name, '', False)!r}.",
        )  # fmt: skip
    # Each sequence keeps its places among the rows, so that sequences stay in order of appearance.
    keys = sequence_keys(table, columns).to_numpy()
    order = np.empty(len(values), dtype=np.int64)
    order[np.argsort(keys, kind="stable")] = np.lexsort((np.arange(len(values)), values, keys))
    return in_order(table, order)
