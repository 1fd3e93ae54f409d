"""Which rows of a grid of cells are titles, names, headings and trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.reading.text_layout import Grid, is_number, n_filled
from spice.data.table.cells import Cells, WholeNumbers
from spice.data.table.table import Table
from spice.data.table.written_numbers import has_decimal_commas, has_doubtful_points, looks_like_thousands
from spice.exceptions import DataError

Column: TypeAlias = Cells | WholeNumbers

_MOST_HEADINGS = 3
_FEWEST_BELOW = 3
"""Rows below headings; with fewer, text above a number may as well be an error."""
_IMPORT_ID = "ImportId"
"""Qualtrics' third line holds {"ImportId": ...}."""


def table_of(grid: Grid, name: str) -> Table:
    """Read a grid as a table; `name` is that of the file.

    Titles above the names and headings below them are left out, and so are rows and columns without a cell.

    Raises
    ------
    DataError
        No row, or rows with more cells than there are names.
    """
    body, header = grid.cells, grid.header
    names = [cell.strip() for cell in grid.head[header]] if grid.head else []
    rows = np.arange(len(body)) + header + 2
    notes = (
        [_left_out(range(1, header + 1), "above the names of the columns")]
        if any(map(n_filled, grid.head[:header]))
        else []
    )
    columns = [_read(body[column]) for column in body.columns]
    columns, has_row_names = _named(columns, names, rows, name)
    notes += ["The first column has no name and was left out: names of rows."] if has_row_names else []
    filled = np.flatnonzero(_filled(columns)) if columns else np.arange(0)
    if len(filled) < len(rows):
        columns, rows = [column.take(filled) for column in columns], rows[filled]
    n_headings = _count_headings(columns)
    if n_headings:
        notes.append(_left_out(rows[:n_headings].tolist(), "headings below the names of the columns"))
        columns, rows = [column.take(np.arange(n_headings, len(rows))) for column in columns], rows[n_headings:]
    if len(rows) == 0:
        raise DataError(
            "file", "a table with one row a trial", f"no rows in {name}",
            "Write the names of the columns in the first line, and one row a trial below.",
        )  # fmt: skip
    decimal, note = _decimal(columns, grid.separator)
    labels = [column.as_labels() for column in columns]
    values = [column.as_values(label, decimal) for column, label in zip(columns, labels, strict=True)]
    unique = _unique(names)
    return Table(
        pd.DataFrame(dict(zip(unique, values, strict=True))),
        rows,
        tuple(notes + note),
        pd.DataFrame(dict(zip(unique, labels, strict=True))),
        decimal,
    )


def _read(column: pd.Series[Any]) -> Column:
    if column.dtype == np.int64:
        return WholeNumbers(column.to_numpy())
    return Cells.of(column.to_numpy())


def _filled(columns: list[Column]) -> NDArray[np.bool_]:
    """Rows in which something is written."""
    filled: NDArray[np.bool_] = np.any([column.filled for column in columns], axis=0)
    return filled


def _left_out(rows: Any, what: str) -> str:
    numbers = [str(row) for row in rows]
    if len(numbers) == 1:
        return f"Line {numbers[0]} was left out: {what}."
    return f"Lines {', '.join(numbers[:-1])} and {numbers[-1]} were left out: {what}."


def _named(columns: list[Column], names: list[str], rows: NDArray[Any], file: str) -> tuple[list[Column], bool]:
    """The columns that have a name or a cell, without R's names of rows, and whether there were such.

    What has no name is given one.
    """
    n_used = max((k + 1 for k, column in enumerate(columns) if column.filled.any()), default=0)
    while len(names) > n_used and not names[-1]:
        names.pop()
    if n_used > len(names):
        if n_used == len(names) + 1 > 2 and columns[0].take(_filled(columns)).is_unique:
            return columns[1:n_used], True
        index = int(np.flatnonzero(_filled(columns[len(names) :]))[0])
        raise DataError(
            "file",
            "as many values in each row as there are column names",
            f"{file}, whose rows have more: {_width(columns, index)} values in line {rows[index]}, "
            f"but {len(names)} names",
            "Name every column, and put quotes around text that holds a separator.",
        )
    names[:] = [name or f"Unnamed: {k}" for k, name in enumerate(names)]
    return columns[: len(names)], False


def _width(columns: list[Column], row: int) -> int:
    return max(k + 1 for k, column in enumerate(columns) if column.filled[row])


def _count_headings(columns: list[Column]) -> int:
    """How many of the first rows say what the columns are about.

    They are text above numbers, and nothing in them comes again below; or they end with the line of import ids of
    Qualtrics.
    """
    cells = [column for column in columns if isinstance(column, Cells)]
    if len(cells) < len(columns) or not cells:
        # There is a number in the first row.
        return 0
    n_rows = len(cells[0].codes)
    for n_headings in range(min(_MOST_HEADINGS, n_rows - _FEWEST_BELOW), 0, -1):
        if any(_word(column, n_headings - 1).startswith(f'{{"{_IMPORT_ID}"') for column in cells):
            return n_headings
        if all(_is_heading(cells, k, n_headings) for k in range(n_headings)):
            return n_headings
    return 0


def _word(column: Cells, row: int) -> str:
    code = column.codes[row]
    return column.words[code] if code >= 0 else ""


def _is_heading(columns: list[Cells], row: int, first: int) -> bool:
    above_numbers = False
    for column in columns:
        word = _word(column, row)
        if not word:
            continue
        if is_number(word):
            return False
        below = column.codes[first:]
        if (below == column.codes[row]).any():
            return False
        others = [column.words[code] for code in np.unique(below[below >= 0])]
        above_numbers |= bool(others) and all(map(is_number, others))
    return above_numbers


def _decimal(columns: list[Column], separator: str) -> tuple[str, list[str]]:
    """The decimal mark of a table, and a note where it is doubtful.

    Between commas there are no decimal commas. Programs that write semicolons do so because of decimal commas.
    """
    words = [column.words for column in columns if isinstance(column, Cells)]
    with_commas = [column for column in words if has_decimal_commas(column)]
    if separator in (",", "") or not with_commas:
        doubtful = next((column for column in words if separator and has_doubtful_points(column)), [])
        examples = [word for word in doubtful if "." in word][:1]
        return ".", [f"The point in numbers such as {word} is read as a decimal mark." for word in examples]
    if separator == ";" or not all(map(looks_like_thousands, with_commas)):
        return ",", []
    example = next(word for word in with_commas[0] if "," in word)
    return ".", [f"The comma in numbers such as {example} is read as a mark of thousands."]


def _unique(names: list[str]) -> list[Hashable]:
    """Names as pandas makes them different: choice, choice.1."""
    seen: Counter[str] = Counter()
    unique: list[Hashable] = []
    for name in names:
        new = name
        while new in unique:
            seen[name] += 1
            new = f"{name}.{seen[name]}"
        unique.append(new)
    return unique
