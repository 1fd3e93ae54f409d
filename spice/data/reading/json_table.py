"""Tables in JSON: lists of trials, as jsPsych saves them, lines of JSON, and columns."""

from __future__ import annotations

import json
from typing import Any

from spice.data.reading.text_encoding import decode
from spice.data.reading.text_layout import Grid
from spice.data.table.records import grid_of_columns, grid_of_records, numbered_people


def read_json(
    content: bytes | str, name: str, _: str | None = None, encoding: str | None = None
) -> tuple[Grid, tuple[str, ...]]:
    """Read a list of trials, one of such lists for each person, or columns; also a value a line.

    Raises
    ------
    ValueError
        There is no table in it.
    """
    text, notes = (content, ()) if isinstance(content, str) else decode(content, name, encoding)
    value = _parse(text.removeprefix("\ufeff"))
    grid, more = _grid_of(value)
    return grid, notes + more


def _parse(text: str) -> Any:
    # Numbers stay as they are written.
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise ValueError(f"no JSON: {error}") from error
        try:
            return [json.loads(line, parse_float=str, parse_int=str) for line in lines]
        except ValueError:
            raise ValueError(f"no JSON: {error}") from error


def _grid_of(value: Any) -> tuple[Grid, tuple[str, ...]]:
    if isinstance(value, list) and value:
        if all(isinstance(one, dict) for one in value):
            inside = [_only_list(one) for one in value]
            if all(part is not None for part in inside):
                # {"id": ..., "trials": [...]} for each person.
                return _people([part for part in inside if part is not None])
            return grid_of_records(value), ()
        if all(_is_trials(one) for one in value):
            return _people(value)
    if isinstance(value, dict) and value:
        columns = {
            name: list(column.values()) if isinstance(column, dict) else column for name, column in value.items()
        }
        if all(isinstance(column, list) for column in columns.values()):
            if len(columns) > 1 and all(map(_is_trials, columns.values())):
                return _people(list(columns.values()))
            if len(columns) > 1 and len({len(column) for column in columns.values()}) == 1:
                return grid_of_columns(columns), ()
        trials = _only_list(value)
        if trials is not None:
            return _grid_of(trials)
    raise ValueError("no list of trials and no columns of one length in it")


def _people(parts: list[list[dict[str, Any]]]) -> tuple[Grid, tuple[str, ...]]:
    records, notes = numbered_people(parts)
    return grid_of_records(records), notes


def _is_trials(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _only_list(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The only list of trials in an object, with what else the object says in each of them."""
    lists = [
        name
        for name, one in value.items()
        if _is_trials(one) or (isinstance(one, list) and one and all(map(_is_trials, one)))
    ]
    if len(lists) != 1:
        return None
    trials = value[lists[0]]
    said = {name: one for name, one in value.items() if isinstance(one, (str, int))}
    return [{**said, **trial} for trial in trials] if _is_trials(trials) else trials
