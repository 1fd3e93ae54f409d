"""Which rows of a grid of cells are titles, names, headings and trials."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.exceptions import DataError
from spice.utils.cells import Cells, has_decimal_commas, looks_like_thousands
from spice.utils.table import Table
from spice.utils.text_layout import Grid, is_number

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
    cells = grid.cells
    header = _find_header(grid.head)
    names = [cell.strip() for cell in grid.head[header]] if grid.head else []
    rows = np.arange(header + 2, len(cells) + 1)
    notes = (
        [_left_out(range(1, header + 1), "above the names of the columns")]
        if any(map(_n_filled, grid.head[:header]))
        else []
    )
    body = cells.iloc[header + 1 :]
    columns = [Cells.of(body[column].to_numpy()) for column in body.columns]
    columns, has_row_names = _named(columns, names, rows, name)
    notes += ["The first column has no name and was left out: names of rows."] if has_row_names else []
    filled = np.flatnonzero(np.any([column.codes >= 0 for column in columns], axis=0)) if columns else np.arange(0)
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


def _n_filled(record: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in record)


def _left_out(rows: Any, what: str) -> str:
    numbers = [str(row) for row in rows]
    if len(numbers) == 1:
        return f"Line {numbers[0]} was left out: {what}."
    return f"Lines {', '.join(numbers[:-1])} and {numbers[-1]} were left out: {what}."


def _find_header(head: list[list[str]]) -> int:
    """Position of the row of names: the first that is as wide as most rows and more than half filled."""
    filled = {k: count for k, record in enumerate(head) if (count := _n_filled(record))}
    if not filled:
        return 0
    widths = {k: len(head[k]) for k in filled}
    counted = Counter(widths.values())
    usual = max(counted, key=lambda width: (counted[width], width))
    used = sum(any(column < widths[k] and head[k][column].strip() for k in filled) for column in range(usual))

    def is_header(k: int) -> bool:
        if filled[k] <= used / 2 or widths[k] < usual - 1:
            return False
        # One name fewer than cells: R does not name the column of row names; or each row ends in a separator.
        below = next((head[other] for other in filled if other > k), [])
        return widths[k] >= usual or (usual > 2 and any(map(is_number, below)))

    return next(filter(is_header, filled), next(iter(filled)))


def _named(columns: list[Cells], names: list[str], rows: NDArray[Any], file: str) -> tuple[list[Cells], bool]:
    """The columns that have a name or a cell, without R's names of rows, and whether there were such.

    What has no name is given one.
    """
    n_used = max((k + 1 for k, column in enumerate(columns) if column.words), default=0)
    while len(names) > n_used and not names[-1]:
        names.pop()
    if n_used > len(names):
        row_names = columns[0].codes[np.any([column.codes >= 0 for column in columns], axis=0)]
        if n_used == len(names) + 1 > 2 and len(np.unique(row_names)) == len(row_names) and row_names.min() >= 0:
            return columns[1:n_used], True
        index = int(np.flatnonzero(np.any([column.codes >= 0 for column in columns[len(names) :]], axis=0))[0])
        raise DataError(
            "file",
            "as many values in each row as there are column names",
            f"{file}, whose rows have more: {_width(columns, index)} values in line {rows[index]}, "
            f"but {len(names)} names",
            "Name every column, and put quotes around text that holds a separator.",
        )
    names[:] = [name or f"Unnamed: {k}" for k, name in enumerate(names)]
    return columns[: len(names)], False


def _width(columns: list[Cells], row: int) -> int:
    return max(k + 1 for k, column in enumerate(columns) if column.codes[row] >= 0)


def _count_headings(columns: list[Cells]) -> int:
    """How many of the first rows say what the columns are about.

    They are text above numbers, and nothing in them comes again below; or they end with the line of import ids of
    Qualtrics.
    """
    n_rows = len(columns[0].codes) if columns else 0
    for n_headings in range(min(_MOST_HEADINGS, n_rows - _FEWEST_BELOW), 0, -1):
        if any(_word(column, n_headings - 1).startswith(f'{{"{_IMPORT_ID}"') for column in columns):
            return n_headings
        if all(_is_heading(columns, k, n_headings) for k in range(n_headings)):
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


def _decimal(columns: list[Cells], separator: str) -> tuple[str, list[str]]:
    """The decimal mark of a table, and a note where it is doubtful.

    Between commas there are no decimal commas. Programs that write semicolons do so because of decimal commas.
    """
    if separator in (",", ""):
        return ".", []
    with_commas = [column.words for column in columns if has_decimal_commas(column.words)]
    if not with_commas:
        return ".", []
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
