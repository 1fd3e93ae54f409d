from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice.data.table.answers import Answers
from spice.data.table.rewards import SUM, answered_rewards, is_gain, is_loss, reward_values
from spice.data.table.table import Table
from spice.exceptions import RowError

NAN = np.nan


def small(**columns: Any) -> Table:
    frame = pd.DataFrame(columns)
    return Table(frame, np.arange(2, len(frame) + 2))


def test_without_answers_nothing_changes() -> None:
    table, choice = small(reward=[0, 1]), np.array([0, 1])
    after, names, made = answered_rewards(table, ("reward",), choice, Answers())
    assert after is table
    assert (names, made.tolist()) == (("reward",), [0, 1])


def test_words_become_numbers_and_numbers_stay() -> None:
    answers = Answers.of(reward_words={"win": 1, "loss": -1})
    table, names, _ = answered_rewards(small(reward=["Win", "LOSS", 0.5]), ("reward",), np.array([0, 1, 0]), answers)
    assert table.numbers("df_reward", names[0], np.ones(3, dtype=bool)).tolist() == [1, -1, 0.5]


def test_a_code_on_the_chosen_arm_makes_the_trial_a_missed_one() -> None:
    table = small(a=[1.0, -999, -999], b=[0.0, 1, -999])
    after, names, choice = answered_rewards(table, ("a", "b"), np.array([0, 1, 1]), Answers.of(reward_missing=-999))
    # The second row chose b, so that the code is that of an arm that was not chosen.
    assert choice.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(after.frame[list(names)], [[1, 0], [NAN, 1], [NAN, NAN]])


@pytest.mark.parametrize("sign", [1, -1])
def test_the_sum_is_gains_less_losses_however_these_are_written(sign: int) -> None:
    table = small(gain=[2.0, 0, NAN, NAN], loss=[NAN, 3 * sign, 1 * sign, NAN])
    after, names, choice = answered_rewards(
        table, ("gain", "loss"), np.array([0, 1, 0, -1]), Answers.of(reward_sum=True)
    )
    assert names == (SUM,)
    np.testing.assert_array_equal(after.frame[SUM], [2, -3, -1, NAN])
    assert choice.tolist() == [0, 1, 0, -1]


def test_text_that_is_no_answered_word_is_refused_in_a_sum() -> None:
    with pytest.raises(RowError, match="'much' in row 3"):
        answered_rewards(
            small(gain=["1", "much"], loss=[0, 0]), ("gain", "loss"), np.array([0, 1]), Answers.of(reward_sum=True)
        )


def test_values_are_read_without_complaint() -> None:
    answers = Answers.of(reward_words={"win": 1}, reward_missing=99)
    values = reward_values(small(reward=["win", "?", 99, None, 2]), "reward", answers)
    np.testing.assert_array_equal(values, [1, NAN, NAN, NAN, 2])


def test_names_of_gains_and_losses() -> None:
    assert [is_gain(name) for name in ("Gain", "total_won", "money 2", "again", "points")] == [True] * 3 + [False] * 2
    assert [is_loss(name) for name in ("LOSS", "money_lost", "shock", "closs", "reward")] == [True] * 3 + [False] * 2
