"""How a text lays out its table: what is between the columns, and cells by rows and columns."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.written_numbers import whole_numbers

_LOOKED_AT = 300
"""Lines from which the layout is found."""
_PLACES, _PART = 20, 1_000
"""Places further down that are looked at, and bytes in each."""
_FIRST = 100_000
"""Characters before which a line has ended."""
_SEPARATORS = ("\t", ";", ",", "|", " ")
_IS_BETWEEN = np.zeros(256, dtype=np.bool_)
_IS_BETWEEN[list(b',;\t| \n\r"')] = True
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)
_CONSISTENT = 0.9
"""The share of rows with one and the same number of cells where a separator is right."""
_FEWEST = 0.5
"""Share of rows that must agree in their number of cells; where fewer do, the text is no table."""


@dataclass(frozen=True)
class Grid:
    """Cells of a text or sheet, by rows as in the file.

    Attributes
    ----------
    head : list of list of str
        Cells of the first rows, in each as many as are written there.
    header : int
        Position of the row of names among them.
    cells : DataFrame of str or int
        Of the rows below; empty also where a row has no such cell. Columns of int are written just so.
    separator : str
        Between the columns; empty where they are not separated by text.
    """

    head: list[list[str]]
    header: int
    cells: pd.DataFrame
    separator: str = ""

    @classmethod
    def of_rows(cls, rows: Iterable[Iterable[Any]]) -> Grid:
        """A grid of Python's values, each as it would be written.

        Parameters
        ----------
        rows : iterable of iterables
            Of cells, in any number.

        Returns
        -------
        Grid
            The row of names is found as in a file.
        """
        written = [list(map(_written, row)) for row in rows]
        for row in written:
            while row and not row[-1]:
                row.pop()
        width = max(map(len, written), default=1)
        head = written[:_LOOKED_AT]
        header = find_header(head)
        below = [row + [""] * (width - len(row)) for row in written[header + 1 :]]
        return cls(head, header, pd.DataFrame(below, columns=range(width), dtype=object))


def _written(value: Any) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, default=str)
        if isinstance(value, (dict, list))
        else str(value)
    )


def read_grid(text: str) -> Grid:
    """Divide text into cells.

    Raises
    ------
    ValueError
        Quotes that do not end, or rows of all kinds of lengths.
    """
    text = text.removeprefix("\ufeff")
    if "\n" not in text[:_FIRST]:
        # Old Macs end lines so.
        text = text.replace("\r", "\n")
    first, _, rest = text.partition("\n")
    said = _SEP_LINE.fullmatch(first.strip())
    if said:
        # Its line stays, so that rows are counted as in the file.
        text = f"\n{rest}"
    sample = _sample(text)
    separator = said[1] if said else find_separator(sample)
    head, ends = _records(sample, separator)
    header = find_header(head)
    below = text[sum(map(len, sample[: ends[header]])) :] if head else ""
    try:
        cells = _read_cells(below.encode(), separator, max(map(len, head), default=1), head[header + 1 :])
    except pd.errors.ParserError as error:
        raise ValueError(_in_file(str(error), header + 1)) from error
    return Grid(head, header, cells, separator)


def _in_file(message: str, n_before: int) -> str:
    """What the parser says of the rows below the names, with the number that a row has in the file."""
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if found is None:
        return message.removeprefix("Error tokenizing data. C error: ")
    expected, line, there = map(int, found.groups())
    return f"{there} values in line {line + n_before}, where others have up to {expected}"


def _read_cells(text: bytes, separator: str, n_columns: int, sample: list[list[str]]) -> pd.DataFrame:
    """The cells of rows; whole numbers are read as such where no sign of another way to write them is there."""
    columns = range(n_columns)

    def parse(as_text: Iterable[int], only: list[int] | None = None) -> pd.DataFrame:
        cells: pd.DataFrame = pd.read_csv(
            io.BytesIO(text), sep=r"\s+" if separator == " " else separator, header=None, names=columns, usecols=only,
            index_col=False, dtype=dict.fromkeys(as_text, object), keep_default_na=False, skip_blank_lines=False,
            skipinitialspace=True, low_memory=False,
        )  # fmt: skip
        return cells

    if not text.strip(b"\r\n"):
        return pd.DataFrame(columns=columns, dtype=object)
    further = [
        record for start in range(1, _PLACES) for record in _around(text, start * len(text) // _PLACES, separator)
    ]
    whole = set() if _has_odd_numbers(text) else _whole_columns(sample + further, n_columns)
    cells = parse(column for column in columns if column not in whole)
    again = [column for column in whole if cells[column].dtype != np.int64]
    if again:
        # Whole numbers in the sample, but not in all rows.
        cells[again] = parse(again, again)[again]
    return cells


def _around(text: bytes, start: int, separator: str) -> list[list[str]]:
    """Some rows further down."""
    lines = text[start : start + _PART].decode(errors="replace").splitlines(keepends=True)[1:-1]
    return _records(lines, separator)[0]


def _whole_columns(sample: list[list[str]], n_columns: int) -> set[int]:
    """Columns that hold whole numbers as Python writes them, as far as the sample goes."""
    if not sample or any(len(record) < n_columns for record in sample):
        return set()
    return {k for k in range(n_columns) if whole_numbers([record[k] for record in sample]) is not None}


def _has_odd_numbers(text: bytes) -> bool:
    """Whether anything could be a whole number that is not written as Python writes it: 007, +7, -0."""
    characters = np.frombuffer(b"\n" + text + b"\n\n", dtype=np.uint8)
    first = np.flatnonzero(_IS_BETWEEN[characters[:-2]]) + 1
    begins, follows = characters[first], characters[first + 1]
    is_digit = (follows >= ord("0")) & (follows <= ord("9"))
    odd = (begins == ord("+")) | ((begins == ord("0")) & is_digit)
    minus = first[(begins == ord("-")) & (follows == ord("0"))]
    return bool(odd.any() or (characters[minus + 2] != ord(".")).any())


def _sample(text: str) -> list[str]:
    end = 0
    for _ in range(_LOOKED_AT):
        end = text.find("\n", end) + 1
        if end == 0:
            return text.splitlines(keepends=True)
    return text[:end].splitlines(keepends=True)


def find_separator(lines: list[str]) -> str:
    """The separator that gives most rows the same number of cells; a comma where there is none.

    Raises
    ------
    ValueError
        There is no table.
    """
    best, best_rank, agreeing = ",", (False, False, 0, 0.0, 0), 1.0
    for separator in _SEPARATORS:
        records = _filled(lines, separator)
        counts = list(map(len, records))
        several = Counter(count for count in counts if count > 1)
        if not several:
            continue
        usual = max(several, key=lambda count: (several[count], count))
        start = counts.index(usual)
        share = counts[start:].count(usual) / len(counts[start:])
        # R's write.table names the rows, and does not name their column.
        is_r = start > 0 and counts[start - 1] == usual - 1 > 1
        header = records[start - 1 if is_r else start]
        rank = (_are_names(header) and share >= _CONSISTENT, separator != " ", -start, share, usual)
        if rank > best_rank:
            best, best_rank, agreeing = separator, rank, counts.count(usual) / len(counts)
    if agreeing < _FEWEST:
        raise ValueError("rows have all kinds of numbers of cells, with any separator")
    return best


def _filled(lines: list[str], separator: str) -> list[list[str]]:
    return [record for record in _records(lines, separator)[0] if any(cell.strip() for cell in record)]


def _records(lines: list[str], separator: str) -> tuple[list[list[str]], list[int]]:
    """Rows of cells, and the number of lines up to the end of each."""
    if separator == " ":
        lines = [line.replace("\t", " ").strip() + "\n" for line in lines]
    try:
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        records = [(record, reader.line_num) for record in reader]
    except csv.Error:  # one cell of more than 131,072 characters
        records = [(line.rstrip("\n").split(separator), k) for k, line in enumerate(lines, start=1)]
    return [record for record, _ in records], [end for _, end in records]


def _are_names(cells: Sequence[str]) -> bool:
    named = [cell.strip() for cell in cells if cell.strip()]
    return len(named) >= len(cells) - 1 and not any(map(is_number, named))


def is_number(cell: Any) -> bool:
    """Whether a cell holds a number, also with a decimal comma."""
    try:
        float(str(cell).replace(",", "."))
    except ValueError:
        return False
    return True


def find_header(head: list[list[str]]) -> int:
    """Position of the row of names: the first that is as wide as most rows and more than half filled."""
    filled = {k: count for k, record in enumerate(head) if (count := n_filled(record))}
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


def n_filled(record: list[str]) -> int:
    """How many cells of a row hold something."""
    return sum(bool(cell.strip()) for cell in record)
