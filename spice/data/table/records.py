"""Tables made of records and of columns, as JSON and MATLAB keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from spice.data.reading.text_layout import Grid
from spice.data.table.table import USUAL_NAMES

Record: TypeAlias = Mapping[str, Any]

PERSON = "participant"


def grid_of_records(records: Sequence[Record]) -> Grid:
    """Make a grid with a row for each record; cells are empty where a record has no such entry.

    Parameters
    ----------
    records : sequence of mappings
        One a row: {name of the column: value}.

    Returns
    -------
    Grid
    """
    names = list(dict.fromkeys(name for record in records for name in record))
    return Grid.of_rows([names, *([record.get(name) for name in names] for record in records)])


def grid_of_columns(columns: Mapping[str, Sequence[Any]]) -> Grid:
    """Make a grid with a row for each entry of the columns.

    Parameters
    ----------
    columns : mapping of str to sequence
        {name: values}, all of one length.

    Returns
    -------
    Grid
    """
    return Grid.of_rows([list(columns), *map(list, zip(*columns.values(), strict=True))])


def numbered_people(parts: Sequence[Sequence[Record]]) -> tuple[list[Record], tuple[str, ...]]:
    """Records of several people under each other; who is a number where no entry says it.

    Parameters
    ----------
    parts : sequence of sequences of mappings
        Records of each person.

    Returns
    -------
    records : list of mappings
        With the entry `PERSON`, from 1, where none says who it is.
    notes : tuple of str
        Sentences about what was decided.
    """
    records: list[Record] = [record for part in parts for record in part]
    names = {name.lower() for record in records for name in record}
    if not names.isdisjoint(USUAL_NAMES["df_participant_id"]):
        return records, ()
    numbered = [{PERSON: number, **record} for number, part in enumerate(parts, start=1) for record in part]
    return list(numbered), (f"Column {PERSON} numbers the {len(parts)} lists of trials in the file.",)
