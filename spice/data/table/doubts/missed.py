"""Labels in the column of choices that may mean that none was made."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.table.answers import Answers, label_text
from spice.data.table.choices import is_code, read_choices
from spice.data.table.doubts.doubt import Answer, Doubt, has, named, numbered, times
from spice.data.table.rewards import reward_values
from spice.data.table.table import Bools, Floats, Ints, Table
from spice.data.table.trial_columns import TrialColumns

WORDS = frozenset({
    "timeout", "timed out", "time out", "none", "null", "nan", "na", "n a", "nil", "miss", "missed", "missing",
    "no response", "noresponse", "no resp", "noresp", "nr", "no choice", "nochoice", "no answer", "no press", "no key",
    "no button", "nothing", "omission", "omitted", "omit", "too late", "toolate", "too slow", "tooslow", "undefined",
    "invalid", "no decision", "not responded", "unanswered", "empty", "blank", "no reply", "missed trial", "skipped",
    "lapse", "expired", "nokey", "keine", "aucune",
})  # fmt: skip
_IN_NAMES = frozenset({"timeout", "none", "null", "missed", "omission", "noresponse", "noresp", "nan", "undefined"})
_RARE_WORDS = frozenset({"late", "slow", "skip", "error", "other", "fail", "failed", "abort", "aborted", "false"})
_FEWEST = 12
"""In smaller tables nothing is said about how often something comes."""
_RARE, _ODD = 0.5, 0.01
"""How often a label comes for each time that a usual one does, and a probability."""


def looks_missed(text: str) -> bool:
    """Whether a label is one of the words, or signs, for nothing."""
    plain = " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    return plain in WORDS or plain == "" or any(word in _IN_NAMES for word in plain.split())


def missed_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Labels such as `timeout`, 99 or -1 that are read as an option, or -1 that is read as none."""
    name = columns.df_choice
    if not has(table, name) or answers.missed == ():
        return []
    choice, arms = read_choices(table, columns, answers)
    rewards = [reward_values(table, column, answers) for column in columns.rewards if has(table, column)]
    reward = _first_finite(rewards) if rewards else None
    texts = [label_text(arm) for arm in arms]
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce").to_numpy(np.float64)
    missed_now = _missed_labels(table, name, choice, answers)
    counts = np.bincount(choice[choice >= 0], minlength=len(arms))
    # There must be two options left.
    doubtful = [
        k for k in range(len(arms)) if len(arms) > 2 and _is_doubtful(k, texts, numbers, counts, choice, reward)
    ]
    if answers.missed is None:
        codes = [_plain(arms[k]) for k in doubtful if numbers[k] not in (-1.0, 0.0)]
        doubts = _minus_one(table, name, choice, numbers, reward, codes)
        if doubts:
            return doubts  # settles the others with it, or is asked before them
    doubts = []
    for k in doubtful:
        rows = choice == k
        doubts.append(
            Doubt(
                "missed",
                name,
                numbered(table.rows[rows]),
                f"{texts[k]!r} stands in column {name!r} {times(int(counts[k]))}{_reward_said(rows, reward)}. "
                "Is it an option, or was no choice made?",
                (Answer("No choice was made", {"missed": [*missed_now, _plain(arms[k])]}),),
                "It is an option",
                texts[k],
            )
        )
    return doubts


def _minus_one(
    table: Table, name: str, choice: Ints, numbers: Floats, reward: Floats | None, codes: list[Hashable]
) -> list[Doubt]:
    """A question about -1, where it may be an option and may be none; `codes` are other labels that may be none."""
    column = pd.to_numeric(table.column("df_choice", name), errors="coerce").to_numpy(np.float64, na_value=np.nan)
    rows = column == -1
    others = np.isfinite(numbers) & (numbers != -1) & ~is_code(numbers)
    possible = others.sum() >= 2 and (numbers[others] >= 0).all() and (numbers[others] % 1 == 0).all()
    if not rows.any() or len(rows) < _FEWEST or not possible:
        return []
    is_arm = bool((choice[rows] >= 0).all())
    informative = reward is not None and len(np.unique(reward[rows & np.isfinite(reward)])) > 1
    if not is_arm and not informative:
        return []
    also = named([label_text(code) for code in codes])
    mean = f"{also} mean" if codes else "means"
    answers = [Answer(f"-1{' and ' if codes else ' '}{mean} no choice", {"missed": [-1, *codes]})]
    if set(numbers[others]) == {0.0, 1.0}:
        answers.insert(0, Answer(f"0{' and ' if codes else ' '}{mean} no choice", {"missed": [0, *codes]}))
    if codes:
        answers.append(Answer(f"Only {also}: no choice", {"missed": codes}))
    if not is_arm:
        answers.append(Answer("All are options", {"missed": []}))
    keep = "All are options" if is_arm else "-1 means no choice"
    if not is_arm and not codes:
        answers = [answer for answer in answers if answer.arguments != {"missed": [-1]}]
    options = named([label_text(number) for number in sorted({-1.0, *numbers[np.isfinite(numbers)]})])
    return [
        Doubt(
            "missed", name, numbered(table.rows[rows]),
            f"Column {name!r} holds {options}, -1 {times(int(rows.sum()))}{_reward_said(rows, reward)}. "
            f"It is read as {'an option' if is_arm else 'no choice'}. Is one of them no choice?",
            tuple(answers), keep, "-1",
        )
    ]  # fmt: skip


def _is_doubtful(
    k: int, texts: list[str], numbers: Floats, counts: NDArray[Any], choice: Ints, reward: Floats | None
) -> bool:
    if looks_missed(texts[k]):
        return True
    other = np.arange(len(texts)) != k
    usual = float(np.median(counts[other]))
    if counts.sum() < _FEWEST:
        return False
    if counts[k] <= 2 * usual and _never_has_another_reward(choice == k, choice, reward):
        return True
    if counts[k] > _RARE * usual:
        return False
    if texts[k].casefold() in _RARE_WORDS or _has_no_reward(choice == k, choice, reward):
        return True
    if not np.isfinite(numbers[k]):
        return False
    if not np.isfinite(numbers[other]).any() or (is_code(numbers[[k]])[0] and not is_code(numbers[other]).any()):
        return True  # a number among words, or 99 among 1 and 2
    known = np.sort(numbers[other & np.isfinite(numbers)])
    if known[0] <= numbers[k] <= known[-1]:
        return False
    gap = min(abs(numbers[k] - known[0]), abs(numbers[k] - known[-1]))
    usual_gap = float(np.diff(known).max()) if len(known) > 1 else 1.0
    if gap > 3 * max(usual_gap, 1.0):
        return True
    return counts[k] <= _RARE * usual and _has_one_reward(choice == k, choice, reward)


def _has_no_reward(rows: Bools, choice: Ints, reward: Floats | None) -> bool:
    if reward is None:
        return False
    others = ~rows & (choice >= 0)
    return not np.isfinite(reward[rows]).any() and bool(np.isfinite(reward[others]).mean() > 0.5)


def _has_one_reward(rows: Bools, choice: Ints, reward: Floats | None) -> bool:
    """Whether all of these rows have the same reward, nothing or the least, which is not so of each other option."""
    if reward is None or reward[rows][0] not in (0.0, np.nanmin(reward, initial=np.inf)):
        return False
    others = np.unique(choice[(choice >= 0) & ~rows])
    return len(np.unique(reward[rows])) == 1 and all(len(np.unique(reward[choice == k])) > 1 for k in others)


def _never_has_another_reward(rows: Bools, choice: Ints, reward: Floats | None) -> bool:
    """Whether the same reward on all of these rows would be odd, were they choices like others."""
    if reward is None or not _has_one_reward(rows, choice, reward):
        return False
    share = float((reward[~rows & (choice >= 0)] == reward[rows][0]).mean())
    return bool(share ** rows.sum() < _ODD)


def _reward_said(rows: Bools, reward: Floats | None) -> str:
    if reward is None:
        return ""
    found = np.unique(reward[rows & np.isfinite(reward)])
    if len(found) == 0:
        return ", without a reward"
    return f", always with reward {found[0]:g}" if len(found) == 1 and rows.sum() > 1 else ""


def _first_finite(columns: list[Floats]) -> Floats:
    first = columns[0]
    for column in columns[1:]:
        first = np.where(np.isfinite(first), first, column)
    return first


def _missed_labels(table: Table, name: str, choice: Ints, answers: Answers) -> list[Hashable]:
    """What is read as missed now, besides empty cells."""
    if answers.missed is not None:
        return list(answers.missed)
    column = table.column("df_choice", name)
    return [-1] if (column[choice < 0].dropna().map(label_text) == "-1").any() else []


def _plain(label: Hashable) -> Hashable:
    return label.item() if isinstance(label, np.generic) else label
