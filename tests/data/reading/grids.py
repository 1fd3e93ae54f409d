"""One small table, written in any way."""

import io

from spice.data.reading.read_table import read_table
from spice.data.table.table import Table

ROWS = [("ann", "l", "0"), ("ann", "r", "1"), ("bo", "l", "0"), ("bo", "r", "0"), ("bo", "l", "1")]


NAMES = ("participant", "choice", "reward")


def read(text: str) -> Table:
    return read_table(io.StringIO(text))


def lines(separator: str, *, head: str = "", names: tuple[str, ...] = NAMES, end: str = "") -> str:
    return head + "".join(separator.join(row) + end + "\n" for row in (names, *ROWS))


def same(table: Table, first_row: int = 2) -> bool:
    columns = [table.frame[name].astype(str).tolist() for name in NAMES]
    return list(zip(*columns, strict=True)) == ROWS and table.rows.tolist() == list(range(first_row, first_row + 5))
