"""Options and people written in two ways, and options so rare that their name may be a typing error."""

from __future__ import annotations

import difflib
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spice.data.table.answers import Answers, label_text
from spice.data.table.choices import read_choices
from spice.data.table.doubts.doubt import Answer, Doubt, first_rows, has, named, numbered, times
from spice.data.table.doubts.missed import looks_missed
from spice.data.table.table import Ints, Table
from spice.data.table.trial_columns import TrialColumns

RARE, MUCH_MORE = 2, 20
"""Choices of an option that is rare, and by how many times the most frequent one has more."""


def spelling_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Options that differ in capitals and blanks only."""
    if not has(table, columns.df_choice):
        return []
    choice, arms = read_choices(table, columns, answers)
    counts = np.bincount(choice[choice >= 0], minlength=len(arms))
    alike: dict[str, list[int]] = {}
    for k, arm in enumerate(arms):
        alike.setdefault(_letters(label_text(arm)), []).append(k)
    return [_alike(table, columns.df_choice, choice, arms, counts, same) for same in alike.values() if len(same) > 1]


def _alike(
    table: Table, column: str, choice: Ints, arms: tuple[Hashable, ...], counts: NDArray[Any], same: list[int]
) -> Doubt:
    same = sorted(same, key=lambda k: -counts[k])
    texts = [label_text(arms[k]) for k in same]
    often = named([f"{text!r} {times(int(counts[k]))}" for text, k in zip(texts, same, strict=True)])
    return Doubt(
        "spelling",
        column,
        numbered(table.rows[np.isin(choice, same[1:])]),
        f"Column {column!r} has {often}: are they one option?",
        (Answer(f"One option, {texts[0]}", {"relabel": dict.fromkeys(texts[1:], texts[0])}),),
        "They are different",
        texts[0],
    )


def people_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """People whose labels differ in capitals and blanks only."""
    del answers
    name = columns.df_participant_id
    if not has(table, name):
        return []
    column = table.column("df_participant_id", name)
    alike: dict[str, list[str]] = {}
    for text in column.dropna().unique():
        if isinstance(text, str):
            alike.setdefault(_letters(text), []).append(text)
    return [
        Doubt(
            "people", name, numbered(table.rows[column.isin(same[1:]).to_numpy()]),
            f"Column {name!r} has {named([repr(text) for text in same])}: are they one person?",
            (Answer(f"One person, {same[0]}", {"relabel": dict.fromkeys(same[1:], same[0])}),),
            "They are different people", same[0],
        )
        for same in alike.values() if len(same) > 1
    ]  # fmt: skip


def rare_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Options that were chosen once or twice, where others were chosen far more often."""
    if not has(table, columns.df_choice):
        return []
    choice, arms = read_choices(table, columns, answers)
    counts = np.bincount(choice[choice >= 0], minlength=len(arms))
    texts = [label_text(arm) for arm in arms]
    often = [text for text, count in zip(texts, counts, strict=True) if count > RARE]
    doubts = []
    for k in np.flatnonzero((counts > 0) & (counts <= RARE) & (counts * MUCH_MORE <= counts.max(initial=0))):
        others = [text for text in texts if text != texts[k]]
        if looks_missed(texts[k]) or _letters(texts[k]) in map(_letters, others):
            continue
        close = difflib.get_close_matches(texts[k], often, n=1, cutoff=0.6)
        rows = table.rows[choice == k]
        doubts.append(
            Doubt(
                "rare",
                columns.df_choice,
                numbered(rows),
                f"{first_rows(rows).capitalize()}: {texts[k]!r} was chosen nowhere else. Is it a typing error?",
                tuple(Answer(f"Read it as {text}", {"relabel": {texts[k]: text}}) for text in close),
                "It is an option",
                texts[k],
            )
        )
    return doubts


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if not c.isspace() and c != "_")
