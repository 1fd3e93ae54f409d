"""A table with other columns, or its rows in another order; all that is known of each row goes with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import pandas as pd

from spice.data.table.table import Ints, Table


def with_columns(table: Table, columns: Mapping[Any, Any]) -> Table:
    """A table with these columns added, or in place of those of the same name."""

    def change(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.copy(deep=False)
        for name, values in columns.items():
            frame[name] = values.array if isinstance(values, pd.Series) else values
        return frame

    return _changed(table, change)


def in_order(table: Table, order: Ints) -> Table:
    """A table with its rows in the order of these positions."""
    changed = _changed(table, lambda frame: frame.iloc[order].reset_index(drop=True))
    return replace(changed, rows=table.rows[order])


def _changed(table: Table, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Table:
    # A table may hold its cells in more than one form: as they were read, as they were written.
    frames: dict[str, Any] = {
        f.name: value for f in fields(table) if isinstance(value := getattr(table, f.name), pd.DataFrame)
    }
    changed: dict[str, Any] = {name: change(frame) for name, frame in frames.items()}
    return replace(table, **changed)
