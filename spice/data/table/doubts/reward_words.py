"""Outcomes written as words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.answers import Answers, label_text
from spice.data.table.choices import read_choices
from spice.data.table.doubts.doubt import Answer, Doubt, has, named, numbered
from spice.data.table.rewards import reward_values
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns

GOOD = frozenset({
    "win", "won", "wins", "winner", "correct", "right", "yes", "y", "gain", "gained", "true", "reward", "rewarded",
    "hit", "good", "success", "positive", "pos", "plus", "+", "happy", "money", "coin", "food", "juice", "water",
    "high", "winning", "1", "smile", "treasure", "gewinn", "gewonnen", "richtig", "ja", "oui", "gagne",
})  # fmt: skip
NOTHING = frozenset({
    "nothing", "none", "neutral", "zero", "0", "no reward", "no_reward", "noreward", "unrewarded", "not rewarded",
    "omission", "empty", "no win", "no_win", "nowin", "no gain", "no money", "no coin", "non-win", "nonwin",
    "no-win", "no-reward", "non-reward", "nonreward", "null",
})  # fmt: skip
BAD = frozenset({
    "loss", "lose", "lost", "loses", "incorrect", "wrong", "no", "n", "false", "error", "miss", "bad", "failure",
    "fail", "negative", "neg", "minus", "-", "sad", "punishment", "punished", "shock", "penalty", "low", "losing",
    "frown", "verlust", "verloren", "falsch", "nein", "non", "perdu", "perte",
})  # fmt: skip
_MOST_NAMED, _MOST_WORDS = 5, 12
_FEW, _FEWEST = 0.2, 5
"""Share of rewards, and rewards, that are words where it is no typing error."""


def reward_word_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Words in a column of rewards; where all are known, what they may be worth."""
    if not has(table, columns.df_choice, *columns.rewards):
        return []
    chosen = read_choices(table, columns, answers)[0] >= 0
    rows, words = np.zeros(len(chosen), dtype=np.bool_), set[str]()
    for name in columns.rewards:
        column = table.column("df_reward", name)
        if column.dtype.kind in "mMc":
            continue
        is_number = pd.to_numeric(column, errors="coerce").notna().to_numpy()
        filled = chosen & column.notna().to_numpy()
        is_word = filled & ~is_number & np.isnan(reward_values(table, name, answers))
        if is_word.sum() <= _FEW * filled.sum():
            continue  # typing errors, not a way to write outcomes
        found = {label_text(value) for value in pd.unique(column[is_word])}
        rows |= is_word
        words |= {word for word in found if any(c.isalpha() for c in word) or word in "+-"}
    if not words or len(words) > _MOST_WORDS:
        return []
    worth = _worth(words)
    if worth is None and rows.sum() < _FEWEST:
        return []
    answer = () if worth is None else (Answer(_label(worth), {"reward_words": {**answers.reward_words, **worth}}),)
    remedy = "" if answer else f" Say it by reward_words={{{', '.join(f'{word!r}: ...' for word in sorted(words))}}}."
    name = named(list(columns.rewards))
    return [
        Doubt(
            "reward-words", columns.rewards[0], numbered(table.rows[rows]),
            f"Rewards in column {name!r} are words: {named(sorted(words), _MOST_NAMED)}. What is each worth?{remedy}",
            answer, "They are no rewards",
        )
    ]  # fmt: skip


def are_outcomes(column: pd.Series[Any]) -> bool:
    """Whether a column holds nothing but words that are known for outcomes.

    Parameters
    ----------
    column : Series

    Returns
    -------
    bool
        True where there are two words or more, and all are known ("win" and "loss").
    """
    words = {label_text(value) for value in column.dropna().unique()[: _MOST_WORDS + 1]}
    return 2 <= len(words) <= _MOST_WORDS and _worth(words) is not None


def _worth(words: set[str]) -> dict[str, float] | None:
    """1 for what is good, 0 for what is not; -1 for what is bad where there is something between."""
    plain = {word: " ".join(word.casefold().split()) for word in sorted(words)}
    between = any(text in NOTHING for text in plain.values())
    worth: dict[str, float] = {}
    for word, text in plain.items():
        if text in GOOD:
            worth[word] = 1
        elif text in NOTHING:
            worth[word] = 0
        elif text in BAD:
            worth[word] = -1 if between else 0
        else:
            return None
    return worth if len(set(worth.values())) > 1 else None


def _label(worth: dict[str, float]) -> str:
    return ", ".join(f"{word} = {value:g}" for word, value in worth.items())
