"""The columns of rewards as they were answered to be: words as numbers, codes as missing, gains less losses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from spice.utils.answers import Answers
from spice.utils.table import Floats, Ints, Table

_LOSS = (
    "loss", "losses", "lose", "loses", "lost", "punishment", "punish", "penalty", "cost", "pain", "shock", "neg",
    "negative",
)  # fmt: skip
_GAIN = (
    "gain", "gains", "win", "wins", "won", "winning", "reward", "rewards", "earned", "earnings", "bonus", "pos",
    "positive", "money",
)  # fmt: skip
SUM = "the sum of rewards"


def answered_rewards(
    table: Table, names: tuple[str, ...], choice: Ints, answers: Answers
) -> tuple[Table, tuple[str, ...], Ints]:
    """Rewards after all answers.

    Parameters
    ----------
    table : Table
    names : tuple of str
        Columns of rewards.
    choice : (n_rows,) array of int
    answers : Answers

    Returns
    -------
    table : Table
        With other columns of rewards where an answer changes them.
    names : tuple of str
        Of these columns.
    choice : (n_rows,) array of int
        -1 also where the reward of the chosen arm is a code for a missing one.
    """
    if answers.reward_words or answers.reward_missing:
        columns = {name: _answered(table.column("df_reward", name), answers) for name in names}
        table = replace(table, frame=table.frame.assign(**{name: column for name, (column, _) in columns.items()}))
        missing = np.column_stack([is_missing for _, is_missing in columns.values()])
        own = np.clip(choice, 0, len(names) - 1) if len(names) > 1 and not answers.reward_sum else np.zeros_like(choice)
        choice = np.where(missing[np.arange(len(choice)), own], -1, choice)
    if answers.reward_sum:
        needed = choice >= 0
        columns_of = [table.numbers("df_reward", name, needed, gaps=True) for name in names]
        table = replace(table, frame=table.frame.assign(**{SUM: _sum(columns_of, names)}))
        names = (SUM,)
    return table, names, choice


def reward_values(table: Table, name: str, answers: Answers) -> Floats:
    """A column of rewards as numbers, NaN where it holds none, without any complaint."""
    column, _ = _answered(table.column("df_reward", name), answers)
    if column.dtype.kind in "mMc":
        return np.full(len(column), np.nan)
    values = pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def is_loss(name: str) -> bool:
    """Whether a column is called as losses are."""
    return any(word in _LOSS for word in _words(name))


def is_gain(name: str) -> bool:
    """Whether a column is called as gains are."""
    return any(word in _GAIN for word in _words(name))


def _words(name: str) -> list[str]:
    return [word for word in "".join(c if c.isalpha() else " " for c in str(name).casefold()).split() if word]


def _answered(column: pd.Series[Any], answers: Answers) -> tuple[pd.Series[Any], np.ndarray[Any, Any]]:
    if answers.reward_words:
        words = column.map(answers.value_of_word, na_action="ignore").astype(np.float64)
        column = column.astype(object).where(words.isna(), words)
    numbers = (
        pd.to_numeric(column, errors="coerce") if column.dtype.kind not in "mMc" else pd.Series(np.nan, column.index)
    )
    is_missing = numbers.isin(answers.reward_missing).to_numpy(np.bool_)
    return (column.where(~is_missing) if is_missing.any() else column), is_missing


def _sum(columns: Sequence[Floats], names: Sequence[str]) -> Floats:
    """Gains less losses; an empty cell counts nothing where another of the row is filled."""
    signed = np.column_stack(
        [-c if is_loss(n) and not (c < 0).any() else c for c, n in zip(columns, names, strict=True)]
    )
    return np.where(np.isnan(signed).all(axis=1), np.nan, np.nansum(signed, axis=1))
