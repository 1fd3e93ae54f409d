"""A table of trials, asked for its columns by the role they play."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.exceptions import ColumnError, RowError

Bools: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

_LOOKED_AT = 100
"""Bad rows of which it is said what they hold."""

# What columns of that role are called in public data sets; offered when a name is not there.
USUAL_NAMES = {
    "df_participant_id": (
        "participant", "participant_id", "subject", "subject_id", "subj", "sub", "person", "pid", "id", "session",
        "worker",
    ),
    "df_block": ("block", "block_label", "session", "run", "game"),
    "df_experiment_id": ("experiment", "experiment_id", "task", "study", "condition"),
    "df_choice": ("choice", "action", "response", "chosen", "key", "option", "arm", "decision"),
    "df_reward": ("reward", "outcome", "feedback", "payoff", "points", "win", "money"),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table, and the row number of each of its rows in the file (the header is row 1).

    Attributes
    ----------
    frame : DataFrame
    rows : (n_rows,) array of int
    """

    frame: pd.DataFrame
    rows: NDArray[Any]

    def column(self, role: str, name: Hashable) -> pd.Series[Any]:
        """Take one column.

        Parameters
        ----------
        role : str
            The argument that names the column.
        name : hashable

        Raises
        ------
        ColumnError
            The column is not there, or there twice.
        """
        n_found = int((self.frame.columns == name).sum())
        if n_found == 1:
            column = self.frame[name]
            # Categories nobody uses would count as labels.
            return column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
        names = [str(column) for column in self.frame.columns]
        if n_found > 1:
            raise ColumnError(role, "one column of that name", f"{n_found} named {name!r}", "Rename them.")
        raise ColumnError(
            role, f"one of the columns {', '.join(names)}", repr(name), _suggestion(role, str(name), names)
        )

    def labels(self, role: str, name: Hashable) -> tuple[Ints, tuple[Hashable, ...]]:
        """Give each label of a column a number, in order of appearance.

        Parameters
        ----------
        role : str
            The argument that names the column.
        name : hashable

        Returns
        -------
        codes : (n_rows,) array of int
        labels : tuple
            The label of each code; whole numbers as int.

        Raises
        ------
        RowError
            A row without a label.
        """
        codes, uniques = pd.factorize(self.column(role, name))
        expected = f"a label in each row of column {name!r}"
        self.refuse(role, name, expected, codes < 0, ["nothing"], f"Fill column {name!r}, or drop the row.")
        return codes.astype(np.int64), as_labels(uniques)

    def numbers(self, role: str, name: Hashable, needed: Bools, gaps: bool = False) -> Floats:
        """Take a column of numbers.

        Parameters
        ----------
        role : str
            The argument that names the column.
        name : hashable
        needed : (n_rows,) array of bool
            Rows in which only a number will do; elsewhere, NaN stands for whatever is no number.
        gaps : bool
            Whether NaN will do as well.

        Returns
        -------
        (n_rows,) array of float

        Raises
        ------
        RowError
            Text, infinity or, without `gaps`, nothing in a row where a number is needed.
        """
        raw = self.column(role, name)
        if raw.dtype.kind in "mMc":
            values = np.full(len(raw), np.nan)
        else:
            values = pd.to_numeric(raw, errors="coerce").to_numpy(np.float64, na_value=np.nan)
        empty = raw.isna().to_numpy(np.bool_)
        bad = needed & ~np.isfinite(values)
        if gaps:
            bad &= ~empty
        expected = f"numbers in column {name!r} on trials with a choice"
        some = np.flatnonzero(bad)[:_LOOKED_AT]
        found = ["nothing" if empty[index] else repr(raw.iloc[index]) for index in some]
        self.refuse(role, name, expected, bad, found, "Correct the row, or leave its choice empty.")
        return np.where(np.isfinite(values), values, np.nan)

    def refuse(self, role: str, name: Hashable, expected: str, bad: Bools, found: Sequence[str], remedy: str) -> None:
        """Raise an error that names the first bad row and knows all of them, if there is one.

        Parameters
        ----------
        role : str
            The argument that names the column.
        name : hashable
        expected : str
        bad : (n_rows,) array of bool
        found : sequence of str
            What the bad rows hold, at least the first of them.
        remedy : str

        Raises
        ------
        RowError
        """
        rows = self.rows[bad].tolist()
        if rows:
            more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
            different = list(dict.fromkeys(found))
            different[3:] = ["others"] if len(different) > 3 else []
            shown = " or ".join(filter(None, (", ".join(different[:-1]), different[-1])))
            got = f"{found[0]} in row {rows[0]}{more}"
            raise RowError(role, expected, got, remedy).about(str(name), tuple(rows), shown)

    def without(self, rows: Sequence[int]) -> Table:
        """The same without the rows of these numbers."""
        kept = ~np.isin(self.rows, rows)
        return Table(self.frame.loc[kept].reset_index(drop=True), self.rows[kept])


def as_labels(uniques: Any) -> tuple[Hashable, ...]:
    """Python objects for labels: 3 where a gap in the column made pandas read 3.0."""
    return tuple(
        int(label) if isinstance(label, float) and label.is_integer() else label
        for label in (uniques.tolist() if hasattr(uniques, "tolist") else list(uniques))
    )


def _suggestion(role: str, name: str, names: Sequence[str]) -> str:
    by_lower = {column.lower(): column for column in reversed(names)}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    usual = [usual for usual in USUAL_NAMES.get(role, ()) if usual in by_lower]
    found = [*close, *usual]
    if not found:
        return f"Name the column with {role}=..."
    return f"Did you mean {role}={by_lower[found[0]]!r}?"
