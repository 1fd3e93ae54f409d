"""Tables of several files as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from spice.data.reading.file_names import PARTICIPANT, FilePattern, free_name, with_column
from spice.data.reading.read_limits import NO_LIMITS, ReadLimits, RefusedError
from spice.data.reading.table_files import File, Files, left_out
from spice.data.table.cells import Cells
from spice.data.table.table import Table
from spice.exceptions import DataError

_ALIKE = 0.5
"""The share of columns that a file of a folder has in common with most others where it is one of them."""


def stack(
    files: Files, read: Callable[[File], Table], pattern: FilePattern | None, limits: ReadLimits = NO_LIMITS
) -> Table:
    """Read files and put their rows under each other.

    Raises
    ------
    DataError
        None of them is a table, one that was named is none, or they differ in their decimal mark.
    """
    tables: dict[File, Table] = {}
    notes, no_tables = list(files.notes), list[str]()
    for file in files.found:
        try:
            tables[file] = replace(read(file), name=file.label)
            limits.check_rows("these files", sum(len(table.rows) for table in tables.values()))
        except RefusedError:
            raise
        except DataError:
            if files.are_chosen:
                raise
            no_tables.append(file.name)
    if not files.are_chosen:
        others = _others(tables)
        no_tables += [file.name for file in others]
        tables = {file: table for file, table in tables.items() if file not in others}
    if not tables:
        raise DataError("file", "tables of trials", f"none among {len(files.found)} files", "Name the files to read.")
    if no_tables:
        notes.append(left_out(no_tables, "no tables of trials"))
    if len({table.decimal for table in tables.values() if _has_marks(table)}) > 1:
        raise DataError(
            "file", "the same decimal mark in all files", "points in some and commas in others", "Save them alike."
        )
    notes += [f"{file.name}: {note}" for file, table in tables.items() for note in table.notes]
    return _joined(tables, tuple(notes + _absent(tables)), pattern)


def _others(tables: dict[File, Table]) -> list[File]:
    """Files that share few columns with most: lists of people, questionnaires."""
    counted = Counter(frozenset(table.frame.columns) for table in tables.values())
    usual = max(counted, key=lambda columns: (counted[columns], len(columns)), default=frozenset())
    return [
        file for file, table in tables.items() if len(usual & set(table.frame.columns)) < max(_ALIKE * len(usual), 1)
    ]


def _has_marks(table: Table) -> bool:
    return bool((table.frame.dtypes == np.float64).any()) or table.decimal == ","


def _absent(tables: dict[File, Table]) -> list[str]:
    names = list(dict.fromkeys(name for table in tables.values() for name in table.frame.columns))
    notes = []
    for name in names:
        without = [file.name for file, table in tables.items() if name not in table.frame.columns]
        if without:
            more = f" and {len(without) - 3} more" if len(without) > 3 else ""
            notes.append(f"Column {name} is not in {', '.join(without[:3])}{more}: its cells are empty there.")
    return notes


def _joined(tables: dict[File, Table], notes: tuple[str, ...], pattern: FilePattern | None) -> Table:
    parts = list(tables.values())
    ends = np.cumsum([0, *(int(part.rows[-1]) for part in parts)])
    decimal = "," if any(part.decimal == "," for part in parts) else "."
    names = list(dict.fromkeys(name for part in parts for name in part.frame.columns))
    labels, values = {}, {}
    for name in names:
        column = pd.concat([_as_text(part, name) for part in parts], ignore_index=True)
        cells = Cells.of(column.to_numpy())
        labels[name] = cells.as_labels()
        values[name] = cells.as_values(labels[name], decimal)
    table = Table(
        pd.DataFrame(values),
        np.concatenate([part.rows + end for part, end in zip(parts, ends[:-1], strict=True)]),
        notes,
        pd.DataFrame(labels),
        decimal,
        files=tuple((int(end), file.name) for end, file in zip(ends[:-1], tables, strict=True)),
    )
    lengths = [len(part.rows) for part in parts]
    if pattern is None:
        name = free_name(table.frame)
        people = [file.label for file, length in zip(tables, lengths, strict=True) for _ in range(length)]
        return replace(with_column(table, name, people), who=name)
    said = [pattern.read(file.label) for file in tables]
    for group in said[0]:
        cells_of = [one[group] for one, length in zip(said, lengths, strict=True) for _ in range(length)]
        table = with_column(table, group, cells_of)
    return replace(table, who=PARTICIPANT if PARTICIPANT in said[0] else "")


def _as_text(part: Table, name: Any) -> pd.Series[Any]:
    """A column as it is written, so that those of other files can stand below it."""
    if name not in part.frame.columns:
        return pd.Series(np.full(len(part.rows), np.nan, dtype=object))
    column = (part.frame if part.written is None else part.written)[name]
    text: pd.Series[Any] = column.astype(object)
    there = text.notna()
    text[there] = text[there].map(_word)
    return text


def _word(value: object) -> str:
    """A number as Python writes it; whole numbers without a fraction."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
