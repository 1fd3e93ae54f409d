"""The columns of rewards as they were answered to be: words as numbers, codes as missing, gains less losses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spice.data.table.answers import Answers
from spice.data.table.table import Bools, Floats, Ints, Table
from spice.data.table.table_changes import with_columns

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
    missing = np.column_stack([_is_missing(table, name, answers) for name in names])
    own = np.clip(choice, 0, len(names) - 1) if len(names) > 1 and not answers.reward_sum else np.zeros_like(choice)
    choice = np.where(missing[np.arange(len(choice)), own], -1, choice)
    table = _answered(table, names, answers)
    if answers.reward_sum:
        needed = choice >= 0
        columns_of = [table.numbers("df_reward", name, needed, gaps=True) for name in names]
        table = with_columns(table, {SUM: _sum(columns_of, names)})
        names = (SUM,)
    return table, names, choice


def reward_values(table: Table, name: str, answers: Answers) -> Floats:
    """A column of rewards as numbers, NaN where it holds none, without any complaint.

    Parameters
    ----------
    table : Table
    name : str
        Of the column.
    answers : Answers
        What words stand for, and what stands for no reward.

    Returns
    -------
    (n_rows,) array of float
    """
    return _numbers(_answered(table, (name,), answers), name)


def is_loss(name: str) -> bool:
    """Whether a column is called as losses are.

    Parameters
    ----------
    name : str
        Of the column, such as `lossAmount`.

    Returns
    -------
    bool
    """
    return any(word in _LOSS for word in _words(name))


def is_gain(name: str) -> bool:
    """Whether a column is called as gains are.

    Parameters
    ----------
    name : str
        Of the column, such as `gain`.

    Returns
    -------
    bool
    """
    return any(word in _GAIN for word in _words(name))


def _words(name: str) -> list[str]:
    return [word for word in "".join(c if c.isalpha() else " " for c in str(name).casefold()).split() if word]


def _numbers(table: Table, name: str) -> Floats:
    return table.numbers("df_reward", name, np.zeros(len(table.rows), dtype=np.bool_))


def _is_missing(table: Table, name: str, answers: Answers) -> Bools:
    if not answers.reward_missing:
        return np.zeros(len(table.rows), dtype=np.bool_)
    return np.isin(_numbers(table, name), answers.reward_missing)


def _answered(table: Table, names: tuple[str, ...], answers: Answers) -> Table:
    """Rewards with numbers in place of words, and nothing in place of codes of what is missing."""
    changed: dict[str, Any] = {}
    for name in names:
        column = table.column("df_reward", name)
        if answers.reward_words:
            words = column.map(answers.value_of_word, na_action="ignore").astype(np.float64)
            column = column.astype(object).where(words.isna(), words)
        is_missing = _is_missing(table, name, answers)
        column = column.where(~is_missing) if is_missing.any() else column
        changed |= {name: column} if answers.reward_words or is_missing.any() else {}
    return with_columns(table, changed) if changed else table


def _sum(columns: Sequence[Floats], names: Sequence[str]) -> Floats:
    """Gains less losses; an empty cell counts nothing where another of the row is filled."""
    signed = np.column_stack(
        [-c if is_loss(n) and not (c < 0).any() else c for c, n in zip(columns, names, strict=True)]
    )
    return np.where(np.isnan(signed).all(axis=1), np.nan, np.nansum(signed, axis=1))
