"""Rows that may be no trials of the task: practice, other phases, screens on which nothing can be chosen."""

from __future__ import annotations

from typing import Any

import pandas as pd

from spice.data.table.answers import Answers, label_text
from spice.data.table.doubts.doubt import Answer, Doubt, free_columns, has, named, numbered
from spice.data.table.row_filter import columns_in, is_equal, rows_where
from spice.data.table.screens import LOOP, find_screens, plain_name
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns

NAMES = frozenset({
    "phase", "practice", "is_practice", "practise", "practice_trial", "training", "is_training", "trial_type",
    "trialtype", "type", "block_type", "blocktype", "stage", "section", "part", "task", "test_part", "mode",
    "trial_kind", "trial_phase", "task_phase", "exp_phase", "experiment_phase", "warmup", "catch", "is_catch",
    "catch_trial", "display", "screen", "run_type", "block_name", "block", "period", "session", "session_type",
    "excluded", "exclude", "valid",
})  # fmt: skip
ASIDE = frozenset({
    "practice", "practise", "prac", "pract", "warmup", "warm up", "instruction",
    "instructions", "demo", "example", "examples", "tutorial", "catch", "attention", "attention check", "fixation",
    "quiz", "familiarisation", "familiarization", "uebung", "übung", "pilot", "calibration",
    "baseline", "localizer", "dummy",
})  # fmt: skip
_SAY_YES = frozenset({
    "practice", "is_practice", "practise", "practice_trial", "training", "is_training", "warmup", "catch",
    "is_catch", "catch_trial", "excluded", "exclude",
})  # fmt: skip
_TOLD_APART = frozenset(
    {"phase", "stage", "trial_type", "trialtype", "block_type", "task_phase", "trial_phase", "part"}
)
_MOST = 6


def phase_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Columns that look like practice or phases, with how many rows have each value."""
    asked_before = {name for condition in answers.where for name in columns_in(condition)}
    doubts = []
    roles = {name for names in columns.by_role(table).values() for name in names}
    names = [
        *free_columns(table, columns),
        *(n for n in columns.by_role(table)["df_block"] if isinstance(n, str) and has(table, n)),
    ]
    for name in names:
        if plain_name(name) not in NAMES or name in asked_before:
            continue
        column = table.column("where", name)
        column = column.astype(object).where(column.notna(), "")
        counts = column.value_counts(sort=False)
        if 2 <= len(counts) <= _MOST:
            values = sorted(counts.index, key=lambda value: -counts[value])
            doubts += _told_apart(table, name, values, column, answers, name in roles)
    return doubts


def _told_apart(
    table: Table, name: str, values: list[Any], column: pd.Series[Any], answers: Answers, has_role: bool
) -> list[Doubt]:
    says_yes = plain_name(name) in _SAY_YES
    if says_yes and "" in values and len(values) == 2:
        aside = [value for value in values if value != ""]  # a mark where it is practice, nothing elsewhere
    else:
        aside = [value for value in values if _is_aside(name, value)]
    counts = column.value_counts(sort=False)
    said = named([f"{label_text(value) or 'nothing'} in {counts[value]:,} rows" for value in values], _MOST)
    sentence = f"Column {name!r} says {said}. Are all of them trials of the task?"
    keep = "All are trials of the task"
    if aside and len(aside) < len(values):
        without = [is_equal(name, value, equal=False) for value in aside]
        what = name if says_yes else named([label_text(value) for value in aside])
        given = [Answer(f"Leave out {what}", {"where": [*answers.where, *without]})]
        if "training" in plain_name(name):
            # Where a test without outcomes follows, the training is what is learned in.
            given.append(Answer(f"Only {name}", {"where": [*answers.where, is_equal(name, aside[0])]}))
        rows = column.isin(aside).to_numpy()
        return [Doubt("phase", name, numbered(table.rows[rows]), sentence, tuple(given), keep)]
    are_words = any(isinstance(value, str) and any(c.isalpha() for c in value) for value in values)
    if plain_name(name) not in _TOLD_APART or has_role or aside or not are_words:
        return []
    only = tuple(
        Answer(f"Only {label_text(value) or 'nothing'}", {"where": [*answers.where, is_equal(name, value)]})
        for value in values[:3]
    )
    return [Doubt("phase", name, (), sentence, only, keep)]


def screen_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Rows that `arrange` leaves out, because nothing could be chosen on them; of the table as it was read."""
    for condition in answers.where:
        table = table.without(table.rows[~rows_where(table, condition)].tolist())
    rows, name = find_screens(table, columns, answers)
    if not rows.any():
        return _perhaps_screens(table, columns, answers)
    found = numbered(table.rows[rows])
    if name.endswith(LOOP):
        loop = name.removesuffix(LOOP)
        sentence = f"{len(found):,} rows are outside of the loop {loop!r} and have no choice: they are left out."
        return [Doubt("screens", name, found, sentence, (), "All right")]
    kinds = list(dict.fromkeys(label_text(v) if v == v else "nothing" for v in table.frame[name][rows]))
    stays = list(dict.fromkeys(label_text(v) if v == v else "nothing" for v in table.frame[name][~rows]))
    sentence = (
        f"{len(found):,} rows have {named(kinds)} in column {name!r}, with which there never is a choice: they "
        f"are left out, and {named(stays)} stays."
    )
    return [Doubt("screens", name, found, sentence, (), "All right")]


def _perhaps_screens(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """A question about rows without a choice where these are more than others, and nothing says why."""
    name = columns.df_choice
    if not has(table, name) or not isinstance(name, str):
        return []
    condition = is_equal(name, "", equal=False)
    rows = ~rows_where(table, condition)
    if rows.all() or rows.sum() <= len(rows) / 2:
        return []
    found = numbered(table.rows[rows])
    sentence = (
        f"{len(found):,} of {len(rows):,} rows have nothing in column {name!r}. Are they screens on which nothing "
        "could be chosen, such as fixation and feedback, or trials on which people did not choose in time?"
    )
    answer = Answer("They are no trials", {"where": [*answers.where, condition]})
    return [Doubt("screens", name, found, sentence, (answer,), "They are missed trials")]


def holds_practice(name: str, column: pd.Series[Any]) -> bool:
    """Whether some rows of a column say that they are practice, or something else beside the task.

    Parameters
    ----------
    name : str
        Of the column: a 1 says so in one called "practice" alone.
    column : Series

    Returns
    -------
    bool
    """
    return any(_is_aside(name, value) for value in column.dropna().unique())


def _is_aside(name: str, value: object) -> bool:
    text = label_text(value).casefold().replace("_", " ").replace("-", " ")
    if plain_name(name) in _SAY_YES:
        return text in ("true", "1", "yes", "y", "t") or text in ASIDE
    return text in ASIDE or any(text.startswith(f"{word} ") or text.endswith(f" {word}") for word in ASIDE)
