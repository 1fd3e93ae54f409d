"""The columns of a table by their roles."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, rewards
from data.table.frames import table

from spice.exceptions import ColumnError, DataError
from spice.utils.convert_dataset import convert_dataset

NAN = np.nan


@pytest.mark.parametrize(
    "names",
    [
        {"df_block": "run"},
        {"df_experiment_id": "study"},
        {"df_reward": "points"},
        {"df_reward": ["reward", "points"]},
        {"additional_inputs": ["rt"]},
    ],
)
def test_absent_ones_that_were_named(names: dict[str, Any]) -> None:
    with pytest.raises(ColumnError, match="one of the columns session, choice, reward"):
        convert_dataset(table(), **names)


def test_none_means_one_block() -> None:
    rows = table(block=[1, 1, 2, 2], experiment=[1, 2, 1, 2])
    assert len(convert_dataset(rows)[0]) == 4
    assert len(convert_dataset(rows, df_block=None, df_experiment_id=None)[0]) == 1


@pytest.mark.parametrize(
    "names",
    [
        {"df_reward": "choice"},
        {"df_block": "session"},
        {"df_reward": ["reward", "reward"]},
        {"additional_inputs": ["reward"]},
    ],
)
def test_two_roles(names: dict[str, Any]) -> None:
    with pytest.raises(ColumnError, match="a column of its own for each role"):
        convert_dataset(table(), **names)


class TestRewards:
    def test_graded_and_negative_are_scaled(self) -> None:
        dataset, sessions, *_ = convert_dataset(table(rewards=[-1, 0, 3, 1]))
        assert dataset.reward_range == (-1, 3)
        np.testing.assert_allclose(dataset.xs[0, :, 2:4], [[0.0, -1.0], [-1.0, 0.25], [-1.0, 1.0], [0.5, -1.0]])
        np.testing.assert_allclose(sessions[0].rewards, dataset.xs[0, :, 2:4])

    def test_within_zero_and_one_stay(self) -> None:
        dataset, *_ = convert_dataset(table(rewards=[0.2, 0.4, 0.4, 0.5]))
        assert dataset.reward_range == (0, 1)
        np.testing.assert_allclose(dataset.xs[0, 0, 2], 0.2)

    def test_constant(self) -> None:
        dataset, *_ = convert_dataset(table(rewards=[5, 5, 5, 5]))
        np.testing.assert_array_equal(dataset.xs[0, :, 2:4].max(-1).values, [0, 0, 0, 0])

    def test_counterfactual_columns(self) -> None:
        rows = table("0110", a=[10, -10, NAN, 0], b=[NAN, 30, 20, -1])
        dataset, *_ = convert_dataset(rows, df_reward=["a", "b"])
        assert dataset.reward_range == (-10, 30)
        np.testing.assert_allclose(
            dataset.xs[0, :, 2:4], [[0.5, NAN], [0.0, 1.0], [NAN, 0.75], [0.25, 0.225]], rtol=1e-6
        )

    @pytest.mark.parametrize("hidden", [NAN, -1])
    def test_columns_without_counterfactual_feedback(self, hidden: float) -> None:
        rows = table("0110", a=[1, hidden, hidden, 0], b=[hidden, 0, 1, hidden])
        dataset, *_ = convert_dataset(rows, df_reward=("a", "b"))
        assert dataset.reward_range == (0, 1)
        np.testing.assert_array_equal(dataset.xs[0, :, 2:4], [[1, -1], [-1, 0], [-1, 1], [0, -1]])

    def test_columns_follow_the_sorted_arms(self) -> None:
        rows = table(["y", "x", "x", "y"], x=[NAN, 0.1, 0.2, NAN], y=[0.3, NAN, NAN, 0.4])
        dataset, *_ = convert_dataset(rows, df_reward=["x", "y"])
        np.testing.assert_allclose(dataset.xs[0, 0, :4], [0, 1, -1, 0.3])


class TestBadValues:
    """Row numbers count the header as row 1."""

    @pytest.mark.parametrize("bad", [NAN, np.inf, -np.inf, "much", None, ""])
    def test_reward(self, bad: Any) -> None:
        rows = table("01101", [1, 0, 1, bad, 1])
        with pytest.raises(DataError, match=r"df_reward: .*in row 5\."):
            convert_dataset(rows)

    def test_reward_of_the_chosen_arm_in_columns(self) -> None:
        rows = table("0110", a=[1, 0, 0, NAN], b=[0, 1, 1, 1])
        with pytest.raises(DataError, match="nothing in row 5"):
            convert_dataset(rows, df_reward=["a", "b"])

    def test_text_as_reward_of_an_unchosen_arm(self) -> None:
        rows = table("0110", a=[1, "?", 0, 1], b=[0, 1, 1, 1])
        with pytest.raises(DataError, match=r"'\?' in row 3"):
            convert_dataset(rows, df_reward=["a", "b"])

    @pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
    def test_columns_and_arms_differ(self, names: list[str]) -> None:
        with pytest.raises(DataError, match="2 columns, one for each of the arms 0, 1"):
            convert_dataset(table(a=1, b=1, c=1), df_reward=names)

    @pytest.mark.parametrize("bad", [NAN, np.inf, "slow", pd.Timestamp("2024-01-01")])
    def test_additional_input(self, bad: Any) -> None:
        with pytest.raises(DataError, match=r"column 'rt' on trials with a choice.*row 4"):
            convert_dataset(table(rt=[1, 2, bad, 4]), additional_inputs=["rt"])

    def test_one_arm(self) -> None:
        with pytest.raises(DataError, match="only 1"):
            convert_dataset(table("1111"))

    def test_no_choices(self) -> None:
        with pytest.raises(DataError, match="no choice at all"):
            convert_dataset(table([NAN] * 4))

    def test_too_few_choices(self) -> None:
        rows = pd.concat([table(), table(["0", "1", NAN, -1], participant="ben")], ignore_index=True)
        with pytest.raises(DataError, match="at least three choices of each participant, but got fewer from 'ben'"):
            convert_dataset(rows)

    def test_choices_are_counted_over_blocks(self) -> None:
        assert len(convert_dataset(table(block=[1, 2, 3, 4]))[0]) == 4


class TestUnit:
    @pytest.mark.parametrize("unit", [0.01, 0.5, 0.8, 1, 5, 100])
    def test_of_money_makes_no_difference(self, unit: float) -> None:
        frame = clean()
        values, reward_range = rewards(frame.assign(reward=frame.reward * unit))
        assert reward_range == (0, unit)
        np.testing.assert_array_equal(values, rewards(frame)[0])

    @pytest.mark.parametrize("unit", [0.01, 1, 100])
    def test_of_several_coins(self, unit: float) -> None:
        coins = np.array([0, 5, 10, 25])[np.arange(40) * 7 % 4]
        values, _ = rewards(clean().assign(reward=coins * unit))
        np.testing.assert_allclose(values, rewards(clean().assign(reward=coins))[0], rtol=1e-6)

    def test_graded_ones_between_0_and_1_stay(self) -> None:
        graded = np.random.default_rng(1).uniform(0.2, 0.9, 40)
        assert rewards(clean().assign(reward=graded))[1] == (0, 1)
        assert rewards(clean().assign(reward=graded / 2))[1] == (0, 1)


class TestRange:
    def test_of_other_data(self) -> None:
        first, second = (
            clean().assign(reward=[values[k % 3] for k in range(40)]) for values in ((0, 50, 100), (20, 50, 80))
        )
        _, scale = rewards(first)
        values, reward_range = rewards(second, reward_range=scale)
        assert reward_range == scale == (0, 100)
        np.testing.assert_allclose(values[0, :3], [0.2, 0.5, 0.8])

    @pytest.mark.parametrize("wrong", [(1, 0), (0, np.inf), 3, (0, "x"), (0, 1, 2)])
    def test_that_is_none(self, wrong: Any) -> None:
        with pytest.raises(DataError, match="reward_"):
            rewards(clean(), reward_range=wrong)
