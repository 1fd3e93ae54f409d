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

import pandas as pd

_LOOKED_AT = 300
"""Lines from which the layout is found."""
_FIRST = 100_000
"""Characters before which a line has ended."""
_SEPARATORS = ("\t", ";", ",", "|", " ")
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)
_CONSISTENT = 0.9
"""The share of rows with one and the same number of cells where a separator is right."""
_FEWEST = 0.5
"""Where fewer rows agree, the text is no table."""


@dataclass(frozen=True)
class Grid:
    """Cells of a text or sheet, by rows as in the file.

    Attributes
    ----------
    head : list of list of str
        Cells of the first rows, in each as many as are written there.
    cells : DataFrame of str
        Empty also where a row has no such cell.
    separator : str
        Between the columns; empty where they are not separated by text.
    """

    head: list[list[str]]
    cells: pd.DataFrame
    separator: str = ""

    @classmethod
    def of_rows(cls, rows: Iterable[Iterable[Any]]) -> Grid:
        """A grid of Python's values, each as it would be written."""
        written = [list(map(_written, row)) for row in rows]
        for row in written:
            while row and not row[-1]:
                row.pop()
        width = max(map(len, written), default=1)
        cells = pd.DataFrame([row + [""] * (width - len(row)) for row in written], columns=range(width), dtype=object)
        return cls(written[:_LOOKED_AT], cells)


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
        # As old Macs end lines.
        text = text.replace("\r", "\n")
    first, _, rest = text.partition("\n")
    said = _SEP_LINE.fullmatch(first.strip())
    if said:
        # Its line stays, so that rows are counted as in the file.
        text = f"\n{rest}"
    sample = _sample(text)
    separator = said[1] if said else find_separator(sample)
    head = _records(sample, separator)
    n_columns = max(map(len, head), default=1)
    cells: pd.DataFrame = pd.read_csv(
        io.BytesIO(text.encode()), sep=r"\s+" if separator == " " else separator, header=None,
        names=range(n_columns + 1), index_col=False, dtype=object, keep_default_na=False,
        skip_blank_lines=False, skipinitialspace=True, low_memory=False,
    )  # fmt: skip
    return Grid(head, cells, separator)


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
    return [record for record in _records(lines, separator) if any(cell.strip() for cell in record)]


def _records(lines: list[str], separator: str) -> list[list[str]]:
    if separator == " ":
        lines = [line.replace("\t", " ").strip() + "\n" for line in lines]
    try:
        return list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error:  # one cell of more than 131,072 characters
        return [line.rstrip("\n").split(separator) for line in lines]


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
