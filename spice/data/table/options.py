"""Which options were on offer in each trial, as tables say it.

Three ways are common: columns that name the options shown (`on_left`, `on_right`), one column with all of them in a
cell ("a-b", "[1, 3]"), and a column of 0 and 1 for each option. Where the options move, the choice may be a place, such
as left or right, rather than an option: then the place is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.table.answers import label_text
from spice.data.table.table import Bools, Ints, Table
from spice.exceptions import DataError

Texts: TypeAlias = NDArray[np.object_]

ROLE = "df_options"
_SEPARATORS = (r"\s*,\s*", r"\s*;\s*", r"\s*\|\s*", r"\s*/\s*", r"\s*\+\s*", r"\s+", r"\s*-\s*", r"\s*_\s*")
_FLAGS = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False, "": False}
MOSTLY = 0.95
"""Share of the choices that must be among the options named, so that the columns are read so."""


@dataclass(frozen=True)
class Offers:
    """What was on offer.

    Attributes
    ----------
    choice : (n_rows,) array of int
        Arm of each row, -1 where missed.
    arms : tuple
        Labels; also of options that were offered and never chosen.
    offered : (n_rows, n_arms) array of bool
    places : mapping of str to str
        Column that says which option stood in each place, where choices are places.
    """

    choice: Ints
    arms: tuple[Hashable, ...]
    offered: Bools
    places: Mapping[str, str]


def read_offers(table: Table, names: Sequence[str], choice: Ints, arms: tuple[Hashable, ...]) -> Offers:
    """Read the columns that say what was on offer.

    Parameters
    ----------
    table : Table
    names : sequence of str
        The columns.
    choice : (n_rows,) array of int
        As the column of choices has it, -1 where missed.
    arms : tuple
        Its labels.

    Returns
    -------
    Offers

    Raises
    ------
    ColumnError
        A column is not there, or there twice.
    DataError
        The columns cannot be read as options.
    RowError
        The option chosen was not on offer.
    """
    columns = [_texts(table.column(ROLE, name)) for name in names]
    labels = np.array([label_text(arm) for arm in arms], dtype=object)
    made = choice >= 0
    chosen = np.where(made, labels[np.where(made, choice, 0)], "")
    places: dict[str, str] = {}
    if len(columns) == 1:
        shown = _lists(columns[0], chosen, made)
    else:
        shown = pd.DataFrame(dict(enumerate(columns)))
        if _share_among(shown, chosen, made) < MOSTLY:
            if _are_flags(columns) and len(columns) == len(arms):
                return _flags(table, names, columns, choice, arms)
            found = _places(names, columns, labels)
            if found is None:
                raise DataError(
                    ROLE, "columns that name the options shown, or one of 0 and 1 for each option",
                    f"{', '.join(names)}, where the option chosen ({', '.join(labels[:5])}) is often not to be found",
                    "Name the columns that hold the options shown in a trial.",
                )  # fmt: skip
            places = {label: names[k] for label, k in found.items()}
            place = np.array([found[label] for label in labels])[np.where(made, choice, 0)]
            chosen = np.where(made, shown.to_numpy(object)[np.arange(len(shown)), place], "")
    return _named(table, names, shown, chosen, made, arms, places)


def _texts(column: pd.Series[Any]) -> pd.Series[str]:
    return column.map(label_text, na_action="ignore").where(column.notna(), "").astype(object)


def _lists(column: pd.Series[str], chosen: Texts, made: Bools) -> pd.DataFrame:
    """The options named in each cell, with the separator that finds the option chosen most often."""
    bare = column.str.replace(r"[\[\](){}'\"]", "", regex=True).str.strip()
    different = pd.Series(bare.unique())
    best, most = pd.DataFrame({0: bare}), -1.0
    for separator in _SEPARATORS:
        parts = {cell: [part for part in re.split(separator, cell) if part] for cell in different}
        width = max(map(len, parts.values()))
        cells = {
            k: bare.map(lambda cell, k=k, parts=parts: parts[cell][k] if k < len(parts[cell]) else "")
            for k in range(width)
        }
        found = pd.DataFrame(cells)
        share = _share_among(found, chosen, made)
        if share > most:
            best, most = found, share
    return best


def _share_among(shown: pd.DataFrame, chosen: Texts, made: Bools) -> float:
    """Share of the choices that are among the options shown."""
    among = (shown.to_numpy(object) == chosen[:, None]).any(1)
    return float(among[made].mean()) if made.any() else 0.0


def _are_flags(columns: Sequence[pd.Series[str]]) -> bool:
    return all(set(column.str.casefold().unique()) <= set(_FLAGS) for column in columns)


def _flags(
    table: Table, names: Sequence[str], columns: Sequence[pd.Series[str]], choice: Ints, arms: tuple[Hashable, ...]
) -> Offers:
    """A column for each arm: by the arm's label in its name where that tells them apart, else in order."""
    labels = [label_text(arm) for arm in arms]
    order = _by_name(names, labels) or dict(zip(labels, range(len(labels)), strict=True))
    offered = np.column_stack([columns[order[label]].str.casefold().map(_FLAGS).to_numpy(bool) for label in labels])
    _check(table, names, choice >= 0, choice, offered)
    return Offers(choice, arms, offered, {})


def _places(names: Sequence[str], columns: Sequence[pd.Series[str]], labels: Texts) -> dict[str, int] | None:
    """Column of each place that choices name, None where they do not name places."""
    options = {cell for column in columns for cell in column.unique() if cell}
    if len(labels) != len(names) or options & set(labels):
        return None
    return _by_name(names, list(labels)) or {label: k for k, label in enumerate(labels)}


def _by_name(names: Sequence[str], labels: Sequence[str]) -> dict[str, int] | None:
    """Position of the one column whose name has each label in it as a word; None where that is not one each."""
    found = {}
    for label in labels:
        hits = [k for k, name in enumerate(names) if label.casefold() in re.split(r"[\W_]+", str(name).casefold())]
        if len(hits) != 1:
            return None
        found[label] = hits[0]
    return found if len(set(found.values())) == len(names) else None


def _named(
    table: Table, names: Sequence[str], shown: pd.DataFrame, chosen: Texts, made: Bools, arms: tuple[Hashable, ...],
    places: Mapping[str, str],
) -> Offers:  # fmt: skip
    cells = shown.to_numpy(object)
    old = {} if places else {label_text(arm): arm for arm in arms}
    texts = sorted({*old, *(str(cell) for cell in np.unique(cells.astype(str)) if cell)}, key=_in_order)
    if len(texts) < 2:
        raise DataError(ROLE, "at least two options", f"{', '.join(texts) or 'none'}", "Name other columns.")
    whole = all(re.fullmatch(r"-?\d{1,18}", text) for text in texts)
    new_arms = tuple(old.get(text, int(text) if whole else text) for text in texts)
    position = {text: k for k, text in enumerate(texts)}
    offered = np.zeros((len(cells), len(texts)), dtype=np.bool_)
    for k in range(cells.shape[1]):
        column = np.array([position.get(cell, -1) for cell in cells[:, k]])
        offered[np.flatnonzero(column >= 0), column[column >= 0]] = True
    choice = np.where(made, [position.get(text, -1) for text in chosen], -1).astype(np.int64)
    _check(table, names, made, choice, offered)
    return Offers(choice, new_arms, offered, places)


def _check(table: Table, names: Sequence[str], made: Bools, choice: Ints, offered: Bools) -> None:
    absent = made & ((choice < 0) | ~offered[np.arange(len(choice)), np.maximum(choice, 0)])
    table.refuse(
        ROLE, names[0], f"the option chosen among those on offer in {', '.join(names)}", absent, ["another one"],
        "Correct the row, or leave its choice empty.",
    )  # fmt: skip


def _in_order(text: str) -> tuple[bool, float, str]:
    try:
        return (False, float(text), text)
    except ValueError:
        return (True, 0.0, text)
