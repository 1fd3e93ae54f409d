"""One value among the rewards that is far from all others."""

from __future__ import annotations

import numpy as np

from spice.data.table.answers import Answers
from spice.data.table.choices import is_code, read_choices
from spice.data.table.doubts.doubt import Answer, Doubt, first_rows, has, numbered, times
from spice.data.table.rewards import reward_values
from spice.data.table.table import Floats, Table
from spice.data.table.trial_columns import TrialColumns

_FAR, _FAR_FOR_A_CODE = 10.0, 3.0
"""Distance to all others, in ranges of these; numbers such as -999 are asked about sooner."""
_RARE, _VERY_RARE = 0.2, 0.05
_MOST_ASKED = 3


def reward_value_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Values such as -999 that may stand for a missing reward."""
    if not has(table, columns.df_choice, *columns.rewards):
        return []
    chosen = read_choices(table, columns, answers)[0] >= 0
    values = np.column_stack([reward_values(table, name, answers) for name in columns.rewards])
    values = np.where(chosen[:, None], values, np.nan)
    if len(columns.rewards) > 1 and not answers.reward_sum:
        values[values == -1] = np.nan  # how columns of unchosen arms say that nothing was shown
    doubts = []
    for value in _far_values(values[np.isfinite(values)]):
        rows = table.rows[(values == value).any(axis=1)]
        sentence = (
            f"Reward {value:g} comes {times(len(rows))} ({first_rows(rows)}) and is far from all others. Is it a code "
            "for a missing reward?"
        )
        missing = Answer("It is missing: no choice there", {"reward_missing": [*answers.reward_missing, value]})
        doubts.append(
            Doubt(
                "reward-code", columns.rewards[0], numbered(rows), sentence, (missing,), "It is a reward", f"{value:g}"
            )
        )
    return doubts


def _far_values(values: Floats) -> list[float]:
    different, counts = np.unique(values, return_counts=True)
    found: list[float] = []
    while len(found) < _MOST_ASKED and len(different) > 2:
        ends = []
        for end, rest in ((0, slice(1, None)), (-1, slice(None, -1))):
            others = different[rest]
            gap = float(np.abs(others - different[end]).min())
            ends.append((gap / max(float(np.ptp(others)), 1e-12), end, rest))
        far, end, rest = max(ends, key=lambda item: item[0])
        value = float(different[end])
        looks_coded = bool(is_code(np.array([value]))[0])
        # Where nothing else is negative, a few of -1 are a code as often as a loss.
        only_negative = value < 0 <= float(different[rest].min())
        is_lone = only_negative and (looks_coded or (value == -1 and counts[end] <= _VERY_RARE * len(values)))
        is_far = far > (_FAR_FOR_A_CODE if looks_coded else _FAR) or is_lone
        if not is_far or counts[end] > _RARE * len(values):
            break
        found.append(int(value) if value.is_integer() else value)
        different, counts = different[rest], counts[rest]
    return found
