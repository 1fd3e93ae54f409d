"""Rows that may not be in the order in which the trials were."""

from __future__ import annotations

import numpy as np
import pandas as pd

from spice.data.table.answers import Answers
from spice.data.table.arrange import copies, order_values, sequence_keys
from spice.data.table.doubts.blocks import is_block_name
from spice.data.table.doubts.doubt import Answer, Doubt, first_rows, free_columns, has, numbered, times
from spice.data.table.screens import plain_name
from spice.data.table.table import Floats, Table
from spice.data.table.trial_columns import TrialColumns

TRIALS = frozenset({
    "trial", "trials", "trial_nr", "trial_no", "trial_num", "trial_number", "trial_index", "trial_id", "trialnr",
    "trialno", "trialnum", "trialnumber", "trialindex", "trialid", "trial_n", "trial_count", "trial_counter", "trl",
    "tr", "t", "i", "index", "trial_idx", "idx", "trial_order", "order", "this_n", "trials_this_n", "trial_in_block",
    "trial_block", "timestep", "time_step", "step", "nr", "n_trial", "ntrial", "itrial", "turn",
})  # fmt: skip
TIMES = frozenset({
    "time", "timestamp", "time_stamp", "time_elapsed", "onset", "trial_onset", "stim_onset", "stimulus_onset", "date",
    "datetime", "date_time", "start", "start_time", "trial_start", "trial_start_time", "utc", "unix_time", "clock",
    "local_timestamp", "utc_timestamp", "choice_time", "feedback_onset", "choice_onset", "cue_onset", "created_at",
})  # fmt: skip
# These may count trials, or something longer.
COUNTS = frozenset({"round", "number", "count", "n", "seq", "sequence", "row", "rank", "counter", "pos", "position"})
_FEWEST = 8


def order_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Trial numbers or times that fall, and trial numbers that repeat, within people and blocks."""
    free = free_columns(table, columns)
    if not has(table, columns.df_participant_id) or len(table.rows) < _FEWEST:
        return []
    keys = sequence_keys(table, columns)
    for names, may_repeat in ((TRIALS, False), (TIMES | COUNTS, True)):
        for name in (name for name in free if plain_name(name) in names):
            values = order_values(table.column("order", name))
            if values is None or len(np.unique(values)) < 3:
                continue
            doubt = _doubt(table, columns, name, values, keys, may_repeat, answers, free)
            if doubt is not None:
                return [doubt]
    return []


def _doubt(
    table: Table, columns: TrialColumns, name: str, values: Floats, keys: pd.Series[int], may_repeat: bool,
    answers: Answers, free: list[str],
) -> Doubt | None:  # fmt: skip
    is_sorted = answers.order is not None
    steps = pd.Series(values).groupby(keys.to_numpy()).diff().to_numpy()
    falls = steps < 0
    twice = ~np.isnan(values) & pd.DataFrame({"key": keys.to_numpy(), "value": values}).duplicated().to_numpy()
    if is_sorted or not (falls.any() or (twice.any() and not may_repeat)):
        return None
    lowest = pd.Series(values).groupby(keys.to_numpy()).transform("min").to_numpy()
    sort = Answer(f"Sort by {name}", {"order": name})
    if falls.any() and not ((values == lowest) | ~falls).all():
        sentence = (
            f"Column {name!r} goes down {times(int(falls.sum()))} within people, first in "
            f"{first_rows(table.rows[falls][:1])}: the rows are not in the order of the trials."
        )
        return Doubt("order", name, numbered(table.rows[falls]), sentence, (sort,), "The rows are in order")
    rows = table.rows[falls] if falls.any() else table.rows[twice]
    blocks = [other for other in free if other != name and _makes_it_rise(table, columns, other, values, keys)]
    blocks.sort(key=lambda other: not is_block_name(other))
    settled = tuple(Answer(f"{other} says the block", {"df_block": other}) for other in blocks[:2])
    if not falls.any():
        sentence = f"Column {name!r} is the same for several rows of a person, as in {first_rows(rows)}."
        return Doubt("order", name, numbered(rows), f"{sentence} Is each of them a trial?", settled, "Each is a trial")
    sentence = f"Column {name!r} starts again {times(int(falls.sum()))} within people, first in {first_rows(rows[:1])}."
    if copies(table)[falls | twice].all():
        why = "These rows are the same as earlier ones: is the table in the file twice?"
        without = Answer("Leave out the copies", {"leave_out_copies": True})
        return Doubt("order", name, numbered(rows), f"{sentence} {why}", (without,), "They are trials of their own")
    # What restarts often comes back to an earlier trial; sorting would mix the two.
    why = "Does something new begin there?"
    return Doubt("order", name, numbered(rows), f"{sentence} {why}", (*settled, sort), "It goes on")


def _makes_it_rise(table: Table, columns: TrialColumns, other: str, values: Floats, keys: pd.Series[int]) -> bool:
    labels, uniques = pd.factorize(table.column("order", other))
    if (labels < 0).any() or not 2 <= len(uniques) <= 200:
        return False
    finer = pd.factorize(keys.to_numpy() * len(uniques) + labels)[0]
    steps = pd.Series(values).groupby(finer).diff().dropna()
    return len(steps) > len(values) / 2 and bool((steps > 0).all())
