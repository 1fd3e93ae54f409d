"""Tables in MATLAB's files: structs of vectors, arrays of structs, vectors of one length."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np

from spice.data.reading.text_layout import Grid
from spice.data.table.records import Record, grid_of_columns, grid_of_records, numbered_people
from spice.exceptions import DataError

_REMEDY = (
    "In MATLAB: s = table2struct(T, 'ToScalar', true); save('trials.mat', 's', '-v7'). Or: writetable(T, 'trials.csv')."
)


def read_matlab(
    content: bytes, name: str, sheet: str | None = None, _: str | None = None
) -> tuple[Grid, tuple[str, ...]]:
    """Read the variable named `sheet`, the first that is a table, or all vectors of the most frequent length.

    Raises
    ------
    DataError
        There is no table in it, no such variable, or the file is of version 7.3.
    ValueError
        It is no MATLAB file.
    """
    from scipy.io import loadmat

    try:
        loaded = loadmat(io.BytesIO(content), simplify_cells=True)
    except NotImplementedError as error:
        raise DataError("file", "a MATLAB file up to version 7", f"{name}, of version 7.3", _REMEDY) from error
    except Exception as error:  # scipy raises whatever a broken file makes it raise
        raise ValueError(f"no MATLAB file: {error}") from error
    variables = {key: value for key, value in loaded.items() if not key.startswith("__")}
    if sheet is not None:
        if sheet not in variables:
            raise DataError("sheet", f"one of the variables {', '.join(variables)}", repr(sheet), "Name one of these.")
        variables = {sheet: variables[sheet]}
    for key, value in variables.items():
        found = _table(value)
        if found is not None:
            others = [other for other in variables if other != key]
            note = (f"Variable {key!r} was read; others are {', '.join(others)}.",) if others else ()
            return found[0], note + found[1]
    columns = _columns(variables)
    if columns is not None:
        return grid_of_columns(columns), ()
    raise DataError(
        "file", "a struct of vectors, an array of structs, or vectors of one length", f"none in {name}", _REMEDY
    )


def _table(value: Any) -> tuple[Grid, tuple[str, ...]] | None:
    if isinstance(value, Mapping):
        columns = _columns(value)
        return None if columns is None else (grid_of_columns(columns), ())
    if isinstance(value, np.ndarray) and value.dtype == object:
        value = value.tolist()
    if not (isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value)):
        return None
    people = [_columns(one) for one in value]
    if all(columns is not None for columns in people):
        # An array with the vectors of one person in each of its structs.
        parts: list[list[Record]] = [
            [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
            for columns in people if columns is not None
        ]  # fmt: skip
        records, notes = numbered_people(parts)
        return grid_of_records(records), notes
    return grid_of_records([{key: _plain(cell) for key, cell in one.items()} for one in value]), ()


def _columns(value: Mapping[str, Any]) -> dict[str, list[Any]] | None:
    """Vectors of the most frequent length, each with what else is said once."""
    vectors = {key: list(map(_plain, one)) for key, one in value.items() if _is_vector(one)}
    if not vectors:
        return None
    lengths = [len(vector) for vector in vectors.values()]
    length = max(set(lengths), key=lambda n: (lengths.count(n), n))
    scalars = {key: [_plain(one)] * length for key, one in value.items() if isinstance(one, (str, int, float))}
    kept = {key: vector for key, vector in vectors.items() if len(vector) == length}
    return {**scalars, **kept} if length > 1 and len(kept) > 1 else None


def _is_vector(value: Any) -> bool:
    return isinstance(value, (list, np.ndarray)) and np.ndim(np.asarray(value, dtype=object)) == 1


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
