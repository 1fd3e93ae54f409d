"""Blocks under other names than `block`, and blocks of a person that come back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.table.answers import Answers
from spice.data.table.doubts.doubt import Answer, Doubt, free_columns, has, named, numbered
from spice.data.table.doubts.phases import holds_practice
from spice.data.table.screens import plain_name
from spice.data.table.table import Ints, Table
from spice.data.table.trial_columns import DEFAULT_BLOCK, TrialColumns

USUAL_BLOCKS = (
    "block", "block_label", "session", "run", "game", "split_by", "visit", "stage", "part", "cond", "sess", "ses",
    "blk", "day",
)  # fmt: skip
"""What columns of blocks are called, in each of which learning starts anew; the first name is the surest."""
BLOCK_NAMES = (
    *USUAL_BLOCKS, "condition", "phase", "round", "episode", "context", "task", "level", "set", "wave", "reversal",
)  # fmt: skip
"""What columns of blocks may be called too; in these, learning often goes on from block to block."""
_FEWEST, _TRIALS_IN_A_ROW, _MOST = 12, 3.0, 100


def is_block_name(name: str) -> bool:
    """Whether a column is called as blocks are."""
    words = [word for word in plain_name(name).split("_") if not word.isdigit()]
    plain = "_".join(
        word for word in words if word not in ("nr", "no", "num", "number", "id", "index", "label", "name")
    )
    return plain in BLOCK_NAMES or any("block" in word or word in ("run", "session", "epoch") for word in words)


def could_be_blocks(labels: pd.Series[Any], person: Ints) -> bool:
    """Whether a column holds stretches of trials of people, several of at least one person.

    Parameters
    ----------
    labels : (n_rows,) Series
    person : (n_rows,) array of int
        Who each row is of.

    Returns
    -------
    bool
        False where a cell is empty, and where values change too often to be blocks.
    """
    codes, uniques = pd.factorize(labels)
    if len(uniques) < 2 or (codes < 0).any():
        return False
    pairs = pd.DataFrame({"person": person, "label": codes})
    of_person = pairs.drop_duplicates().groupby("person").size()
    # What changes from trial to trial is a condition of trials.
    return bool(1 < of_person.max() <= _MOST and _in_a_row(codes, person) >= _TRIALS_IN_A_ROW)


def block_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Columns that may say the block where nobody said one, and blocks that come back."""
    del answers
    if not has(table, columns.df_participant_id) or len(table.rows) < _FEWEST:
        return []
    person = pd.factorize(table.column("df_participant_id", columns.df_participant_id))[0].astype(np.int64)
    block = columns.by_role(table)["df_block"]
    if block:
        return _coming_back(table, columns, block[0], person) if has(table, block[0]) else []
    if columns.df_block != DEFAULT_BLOCK:
        return []  # somebody said that there are none
    names = [name for name in free_columns(table, columns) if is_block_name(name)]
    names = [name for name in names if not holds_practice(name, table.column("df_block", name))]
    candidates = [name for name in names if could_be_blocks(table.column("df_block", name), person)]
    if not candidates:
        return []
    name = candidates[0]
    values = list(dict.fromkeys(str(value) for value in table.column("df_block", name)))
    keep = Answer("One sequence a person", {"df_block": None})
    sentence = (
        f"Column {name!r} changes within people ({named(values)}). Does learning start anew with each value? As it is, "
        "what was learned goes on."
    )
    starts = tuple(Answer(f"Anew with each {other}", {"df_block": other}) for other in candidates[:2])
    return [Doubt("block", name, (), sentence, (*starts, keep), "It goes on")]


def _coming_back(table: Table, columns: TrialColumns, name: str, person: Ints) -> list[Doubt]:
    of = pd.DataFrame({"person": person, "label": pd.factorize(table.column("df_block", name))[0]})
    roles = columns.by_role(table)["df_experiment_id"]
    if roles and has(table, roles[0]):
        of["person"] = of["person"] * 1000 + pd.factorize(table.column("df_experiment_id", roles[0]))[0]
    order = np.argsort(of["person"].to_numpy(), kind="stable")
    sorted_ = of.iloc[order]
    begins = (sorted_ != sorted_.shift()).any(axis=1).to_numpy()
    runs = sorted_[begins]
    back = runs.duplicated().to_numpy()
    if not back.any():
        return []
    rows = np.sort(table.rows[order[begins][back]])
    people = int(runs["person"][back].nunique())
    trials = len(of) / len(runs)
    how = "changes from trial to trial" if trials < _TRIALS_IN_A_ROW else "comes back to an earlier value"
    who = "one person" if people == 1 else f"{people:,} people"
    return [
        Doubt(
            "interleaved", name, numbered(rows),
            f"Block {name!r} {how} in {who}, first in row {rows[0]:,}. Trials of one block are put together, as if "
            "those in between had not been there.",
            (Answer("No blocks: one sequence a person", {"df_block": None}),),
            "Each block is learned by itself",
        )
    ]  # fmt: skip


def _in_a_row(codes: NDArray[Any], person: Ints) -> float:
    """Trials between two changes."""
    order = np.argsort(person, kind="stable")
    changes = (np.diff(codes[order]) != 0) | (np.diff(person[order]) != 0)
    return len(codes) / (int(changes.sum()) + 1)
