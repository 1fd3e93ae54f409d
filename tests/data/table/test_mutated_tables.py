"""Tables as people write them: each gives the data set of the clean one, or a question, never another in silence."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice.exceptions import DataError, DataWarning
from spice.utils.convert_dataset import convert_dataset

Random = np.random.Generator


def clean(random: Random) -> pd.DataFrame:
    """Two to four people who learn between two options, some trials missed, in two blocks."""
    rows = []
    for person in range(random.integers(2, 5)):
        value, paid = np.full(2, 0.5), random.permutation([0.8, 0.3])
        for trial in range(1, 61):
            choice = int(random.random() < 1 / (1 + np.exp(3 * (value[0] - value[1]))))
            reward = int(random.random() < paid[choice])
            value[choice] += 0.3 * (reward - value[choice])
            rows.append((f"p{person}", trial, 1 + trial // 31, choice, reward))
    frame = pd.DataFrame(rows, columns=["participant", "trial", "block", "choice", "reward"]).astype({"choice": object})
    missed = random.choice(len(frame), 5, replace=False)
    frame.loc[missed, ["choice", "reward"]] = None
    return frame


def coded_missed(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    code = random.choice(["timeout", "none", "miss", "-", "[]", "99", "-999", "9", "2", "no response", "-1", "", "."])
    none = frame.choice.isna()
    reward = frame.reward.mask(none, random.choice([0, -999, None]))
    return frame.assign(choice=frame.choice.mask(none, code), reward=reward)


def in_another_order(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    by = [["choice"], ["reward", "trial"], ["participant", "choice"], ["block", "choice"]][random.integers(4)]
    return frame.sort_values(by, kind="stable", ignore_index=True)


def shuffled(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    return frame.iloc[random.permutation(len(frame))].reset_index(drop=True)


def spelled(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    names = frame.choice.map({0: "left", 1: "right"})
    some = pd.Series(random.random(len(frame)) < 0.3) & names.notna()
    return frame.assign(choice=names.mask(some, names.str.capitalize() if random.random() < 0.5 else names.str.upper()))


def in_another_unit(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    return frame.assign(reward=frame.reward * random.choice([0.01, 0.05, 0.5, 10, 100]))


def in_words(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    words = [("loss", "win"), ("incorrect", "correct"), ("no", "yes"), ("red", "green")][random.integers(4)]
    return frame.assign(reward=frame.reward.map(dict(enumerate(words))))


def with_missing_rewards(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    chosen = np.flatnonzero(frame.choice.notna())
    some = np.isin(np.arange(len(frame)), random.choice(chosen, 3, replace=False))
    return frame.assign(reward=frame.reward.mask(some, random.choice([-999, 999, -99, 9999, -1])))


def with_practice(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    practice = frame[frame.trial <= 6].assign(trial=lambda f: f.trial - 6, choice=1, reward=1)
    name, says = [("phase", ("practice", "main")), ("is_practice", (1, 0)), ("trial_type", ("practice", "test"))][
        random.integers(3)
    ]
    both = pd.concat([practice.assign(**{name: says[0]}), frame.assign(**{name: says[1]})])
    return both.sort_values(["participant", "trial"], kind="stable", ignore_index=True)


def with_other_screens(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    screens = frame.assign(
        choice=None, reward=None, trial_type=str(random.choice(["fixation", "html-keyboard-response"]))
    )
    both = pd.concat([screens, frame.assign(trial_type="choice")]).sort_values(["participant", "trial"], kind="stable")
    return both.reset_index(drop=True).drop(columns="trial")


def with_renamed_blocks(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    return frame.rename(
        columns={"block": str(random.choice(["run", "split_by", "cond", "visit", "Block_Nr", "session"]))}
    )


def as_a_lever(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    code = random.choice([0, None])
    return frame.assign(choice=frame.choice.map({0: -1, 1: 1}).astype(object).where(frame.choice.notna(), code))


def twice(frame: pd.DataFrame, random: Random) -> pd.DataFrame:
    return pd.concat([frame, frame.iloc[: int(random.integers(60, len(frame)))]], ignore_index=True)


def arrays(frame: pd.DataFrame) -> tuple[Any, list[str]]:
    """The data set, None where it is refused, and what is asked."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", DataWarning)
        try:
            dataset, *_ = convert_dataset(frame, df_participant_id="participant")
        except DataError:
            return None, [str(warning.message) for warning in said]
    return dataset.xs.numpy(), [str(warning.message) for warning in said]


MUTATIONS: list[Callable[[pd.DataFrame, Random], pd.DataFrame]] = [
    coded_missed, in_another_order, shuffled, spelled, in_another_unit, in_words, with_missing_rewards, with_practice,
    with_other_screens, with_renamed_blocks, as_a_lever, twice,
]  # fmt: skip


@pytest.mark.parametrize("mutate", MUTATIONS)
@pytest.mark.parametrize("seed", range(20))
def test_the_same_or_a_question(mutate: Callable[[pd.DataFrame, Random], pd.DataFrame], seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = clean(random)
    expected, asked = arrays(frame)
    assert asked == []
    got, asked = arrays(mutate(frame, random))
    same = got is not None and got.shape == expected.shape and np.array_equal(got, expected, equal_nan=True)
    assert same or asked or got is None
    if mutate in (in_another_unit, with_other_screens):
        assert same
