"""A table of trials, asked for its columns by the role they play."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.table.written_numbers import written_numbers
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
    "df_options": ("options", "offered", "available", "pair", "stimuli", "shown"),
    "df_reward": ("reward", "outcome", "feedback", "payoff", "points", "win", "money"),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """A table, and the row number of each of its rows in the file (the header is row 1).

    Attributes
    ----------
    frame : DataFrame
        Columns as they are shown: numbers where these say exactly what is written, otherwise text.
    rows : (n_rows,) array of int
        Where several files are stacked, numbers go on from file to file; `place` says which row of which file it is.
    notes : tuple of str
        Sentences about what was left out or decided when the table was read.
    written : DataFrame, optional
        Columns of a file as ids are read: whole numbers where all cells are, otherwise text.
    decimal : str
        The decimal mark of numbers that are text.
    name : str
        Of the file, without its ending; empty where there was none.
    who : str
        Column that was made of the names of files; empty where there is none.
    files : tuple of (int, str)
        For each of several files, the number before that of its first row, and its name.
    """

    frame: pd.DataFrame
    rows: NDArray[Any]
    notes: tuple[str, ...] = ()
    written: pd.DataFrame | None = None
    decimal: str = "."
    name: str = ""
    who: str = ""
    files: tuple[tuple[int, str], ...] = ()

    def column(self, role: str, name: Hashable) -> pd.Series[Any]:
        """Take one column.

        Parameters
        ----------
        role : str
            The argument that names the column.
        name : hashable

        Returns
        -------
        (n_rows,) Series
            As ids are read where the table is of a file, else as it was given.

        Raises
        ------
        ColumnError
            The column is not there, or there twice.
        """
        n_found = int((self.frame.columns == name).sum())
        if n_found == 1:
            column = (self.frame if self.written is None else self.written)[name]
            # Categories nobody uses would count as labels.
            column = column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
            return _without_blanks(column) if self.written is None else column
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
            The label of each code; whole numbers as int, and what is not a whole number as it is written.

        Raises
        ------
        RowError
            A row without a label, or with a number that cannot be told from its neighbours.
        """
        codes, uniques = pd.factorize(self.column(role, name))
        self._refuse_rounded(role, name, codes, uniques)
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
        shown = self.frame[name]
        values = as_numbers(shown if shown.dtype.kind in "iuf" else raw, self.decimal)
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
            Some row is bad.
        """
        rows = self.rows[bad].tolist()
        if rows:
            more = f" and {len(rows) - 1} more" if len(rows) > 1 else ""
            different = list(dict.fromkeys(found))
            different[3:] = ["others"] if len(different) > 3 else []
            shown = " or ".join(filter(None, (", ".join(different[:-1]), different[-1])))
            got = f"{found[0]} in {self.place(rows[0])}{more}"
            raise RowError(role, expected, got, remedy).about(str(name), tuple(rows), shown)

    def without(self, rows: Sequence[int]) -> Table:
        """The table without the rows of these numbers.

        Parameters
        ----------
        rows : sequence of int
            As in `rows`: the header of the file is 1.

        Returns
        -------
        Table
        """
        kept = ~np.isin(self.rows, rows)
        frame = self.frame.loc[kept].reset_index(drop=True)
        written = None if self.written is None else self.written.loc[kept].reset_index(drop=True)
        return replace(self, frame=frame, rows=self.rows[kept], written=written)

    def place(self, row: int) -> str:
        """`row 5`, or `row 5 of p2.csv` where several files are stacked.

        Parameters
        ----------
        row : int
            As in `rows`.

        Returns
        -------
        str
        """
        before, name = self._file_of(row)
        return f"row {row - before} of {name}" if name else f"row {row}"

    def row_in_file(self, row: int) -> int:
        """The row number in its own file.

        Parameters
        ----------
        row : int
            As in `rows`, where numbers go on from file to file.

        Returns
        -------
        int
        """
        return row - self._file_of(row)[0]

    def _file_of(self, row: int) -> tuple[int, str]:
        return max((file for file in self.files if file[0] < row), default=(0, ""))

    def _refuse_rounded(self, role: str, name: Hashable, codes: NDArray[Any], uniques: Any) -> None:
        """Whole numbers from 2**53 on are rounded where they are floats, so two ids may have become one."""
        rounded = [isinstance(label, float) and abs(label) >= 2**53 for label in uniques.tolist()]
        if any(rounded):
            self.refuse(
                role,
                name,
                f"ids in column {name!r} that were not rounded",
                np.isin(codes, np.flatnonzero(rounded)),
                [f"{label:.0f}, a number with more digits than a float has" for label in uniques[rounded][:1]],
                f"Read the column as text: pd.read_csv(..., dtype={{{name!r}: str}}), or name the file.",
            )


def as_labels(uniques: Any) -> tuple[Hashable, ...]:
    """Python objects for labels: 3 where a gap in the column made pandas read 3.0."""
    return tuple(
        int(label) if isinstance(label, float) and label.is_integer() else label
        for label in (uniques.tolist() if hasattr(uniques, "tolist") else list(uniques))
    )


def as_numbers(column: pd.Series[Any], decimal: str = ".") -> Floats:
    """A column as numbers, also as people write them; NaN for what is no number.

    Parameters
    ----------
    column : Series
    decimal : str
        Decimal mark of those that are text, "." or ",".

    Returns
    -------
    (n_rows,) array of float
    """
    if column.dtype.kind in "mMc":
        return np.full(len(column), np.nan)
    if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
        return pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    codes, uniques = pd.factorize(column)
    labels = pd.Series(list(uniques), dtype=object)
    values = pd.to_numeric(labels, errors="coerce").to_numpy(np.float64, na_value=np.nan, copy=True)
    text = np.flatnonzero([isinstance(label, str) for label in labels])
    values[text] = written_numbers(labels.iloc[text].tolist(), decimal)
    return np.append(values, np.nan)[codes]


def _without_blanks(column: pd.Series[Any]) -> pd.Series[Any]:
    """Blanks at the ends of text make no other label."""
    if not (pd.api.types.is_object_dtype(column) or isinstance(column.dtype, pd.StringDtype)):
        return column
    codes, uniques = pd.factorize(column)
    labels = [label.strip() if isinstance(label, str) else label for label in uniques]
    if labels == list(uniques):
        return column
    values = np.empty(len(labels) + 1, dtype=object)
    values[:-1], values[-1] = labels, np.nan
    return pd.Series(values[codes], index=column.index, name=column.name)


def _suggestion(role: str, name: str, names: Sequence[str]) -> str:
    by_lower = {column.lower(): column for column in reversed(names)}
    close = difflib.get_close_matches(name.lower(), by_lower, n=1)
    usual = [usual for usual in USUAL_NAMES.get(role, ()) if usual in by_lower]
    found = [*close, *usual]
    if not found:
        return f"Name the column with {role}=..."
    return f"Did you mean {role}={by_lower[found[0]]!r}?"
