"""The column of choices: which arm each row is, and which rows are none."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.table.answers import Answers, label_text
from spice.data.table.rewards import reward_values
from spice.data.table.table import Bools, Ints, Table, as_labels

if TYPE_CHECKING:
    from spice.data.table.trial_columns import TrialColumns

_MANY, _AS_OFTEN = 5, 0.5
"""-1 is an arm where it was chosen that many times and at least that often for each choice of another arm."""


def read_choices(table: Table, columns: TrialColumns, answers: Answers) -> tuple[Ints, tuple[Hashable, ...]]:
    """Read the column of choices.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
    answers : Answers
        Labels of missed trials, and labels that are the same. Where nobody said what is missed, -1 is, unless it is an
        arm.

    Returns
    -------
    choices : (n_rows,) array of int
        Arm of each row, -1 where missed.
    arms : tuple
        Label of each arm.

    Raises
    ------
    ColumnError
        There is no such column, or two.
    RowError
        A choice is infinite.
    """
    name = columns.df_choice
    raw = table.column("df_choice", name)
    codes, uniques = pd.factorize(raw)
    labels = pd.Series(_relabelled(list(uniques), answers.relabel), dtype=object)
    numbers = pd.to_numeric(labels, errors="coerce").to_numpy(np.float64)
    texts = np.array([label_text(label) for label in labels], dtype=object)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels))
    missed = texts == ""
    if answers.missed is None:
        is_arm = minus_one_is_an_arm(numbers, counts) and not _never_rewarded(table, columns, answers, numbers, codes)
        missed |= (numbers == -1) & (not is_arm)
    else:
        missed |= np.isin(texts, [label_text(label) for label in answers.missed])
    infinite = np.isin(codes, np.flatnonzero(np.isinf(numbers)))
    expected = f"finite labels of arms in column {name!r}"
    table.refuse("df_choice", name, expected, infinite, ["infinity"], "Leave the choice of a missed trial empty.")
    kept = np.flatnonzero(~missed)
    if np.isfinite(numbers[kept]).all():
        # The same number may be written in two ways ("1" and "1.0").
        values, arm = np.unique(numbers[kept], return_inverse=True)
        is_bool = all(isinstance(label, (bool, np.bool_)) for label in labels[kept])
        arms = as_labels(values.astype(bool) if is_bool else values)
    else:
        _, first, arm = np.unique(labels[kept].astype(str).to_numpy(dtype=str), return_index=True, return_inverse=True)
        arms = as_labels(labels[kept].iloc[first])
    arm_of_code = np.full(len(labels) + 1, -1, dtype=np.int64)  # code -1 (no label) finds the last: missed
    arm_of_code[kept] = arm
    return arm_of_code[codes], arms


def minus_one_is_an_arm(numbers: NDArray[Any], counts: NDArray[Any]) -> bool:
    """Whether -1 is a position of a lever, say, rather than a code for no choice.

    Parameters
    ----------
    numbers : (n_labels,) array of float
        Labels, NaN where they are no numbers.
    counts : (n_labels,) array of int
        How often each was chosen.
    """
    others = (numbers != -1) & (counts > 0) & ~np.isinf(numbers)
    if np.isnan(numbers[others]).any():
        return False
    sound = others & ~is_code(numbers)
    if sound.sum() < 2 or (numbers[sound] < 0).any() or (numbers[sound] % 1 != 0).any():
        return True
    n_chosen = counts[numbers == -1].sum()
    return bool(n_chosen >= _MANY and n_chosen >= _AS_OFTEN * counts[sound].mean())


def _never_rewarded(
    table: Table, columns: TrialColumns, answers: Answers, numbers: NDArray[Any], codes: NDArray[Any]
) -> bool:
    """Whether no row with -1 has a reward, while other rows have."""
    names = [name for name in columns.rewards if (table.frame.columns == name).sum() == 1]
    rewarded = np.zeros(len(codes), dtype=np.bool_)
    for name in names:
        rewarded |= np.isfinite(reward_values(table, name, answers))
    minus_one = np.isin(codes, np.flatnonzero(numbers == -1))
    return bool(rewarded[~minus_one].any() and not rewarded[minus_one].any())


def is_code(numbers: NDArray[Any]) -> Bools:
    """Whether numbers look like a code for nothing: 9, 99, -99, 999 and so on.

    Parameters
    ----------
    numbers : array

    Returns
    -------
    array of bool
    """
    return np.isin(np.abs(numbers), [9.0, *(float(digit * n) for digit in "89" for n in range(2, 6))])


def _relabelled(labels: list[Hashable], relabel: Mapping[str, str]) -> list[Hashable]:
    return [relabel.get(label_text(label), label) for label in labels] if relabel else labels
