"""Words, codes, units and columns of rewards."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, doubts

from spice.exceptions import DataError
from spice.utils.convert_dataset import convert_dataset


def rewards(frame: pd.DataFrame, **arguments: Any) -> Any:
    """Reward of the chosen option on each trial, and the range."""
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **arguments)
    xs = dataset.xs.numpy()
    return (xs[..., 2:4] * np.nan_to_num(xs[..., :2])).sum(-1), dataset.reward_range


class TestWords:
    @pytest.mark.parametrize(
        "words", [("loss", "win"), ("Incorrect", "Correct"), ("no", "yes"), ("LOSE", "WIN"), ("nothing", "gain")]
    )
    def test_two(self, words: tuple[str, str]) -> None:
        frame = clean()
        said = frame.assign(reward=frame.reward.map(dict(enumerate(words))))
        (doubt,) = doubts(said)
        np.testing.assert_array_equal(rewards(said, **doubt.answers[0].arguments)[0], rewards(frame)[0])

    def test_three(self) -> None:
        words = np.array(["loss", "neutral", "gain"])[np.arange(40) * 7 % 3]
        (doubt,) = doubts(clean().assign(reward=words))
        assert doubt.answers[0].label == "gain = 1, loss = -1, neutral = 0"
        values, reward_range = rewards(clean().assign(reward=words), **doubt.answers[0].arguments)
        assert reward_range == (-1, 1)
        assert set(values.ravel()) == {0, 0.5, 1}

    def test_unknown_ones_are_asked_for(self) -> None:
        frame = clean().assign(reward=lambda f: f.reward.map({0: "red", 1: "green"}))
        (doubt,) = doubts(frame)
        assert doubt.answers == ()
        assert "reward_words={'green': ..., 'red': ...}" in doubt.sentence
        np.testing.assert_array_equal(rewards(frame, reward_words={"GREEN": 1, "red": 0})[0], rewards(clean())[0])

    def test_a_word_without_a_number(self) -> None:
        with pytest.raises(DataError, match="reward_words: expected finite numbers, but got 'x'"):
            rewards(clean(), reward_words={"win": "x"})


class TestCodes:
    @pytest.mark.parametrize("code", [-999, 9999, 99, -9, -1])
    def test_among_0_and_1(self, code: int) -> None:
        frame = clean()
        frame = frame.assign(reward=frame.reward.mask(frame.index == 9, code))
        (doubt,) = doubts(frame)
        assert doubt.rows == (11,)
        values, reward_range = rewards(frame, **doubt.answers[0].arguments)
        assert reward_range == (0, 1)
        without = rewards(clean())[0]
        without[0, 9] = np.nan
        np.testing.assert_array_equal(values, without)

    def test_among_graded_ones(self) -> None:
        graded = np.random.default_rng(0).normal(50, 10, 40).round()
        assert doubts(clean().assign(reward=graded)) == []
        found = doubts(clean().assign(reward=np.where(np.isin(np.arange(40), [3, 20]), (-999, 9999) * 20, graded)))
        assert sorted(doubt.subject for doubt in found) in (["-999"], ["9999"], ["-999", "9999"])

    @pytest.mark.parametrize("values", [(0, 1), (-1, 1), (0, 10), (-1, 0, 1), (0, 1, 5), (20, 50, 80), (0, 0.2, 0.5)])
    def test_outcomes_of_ordinary_tasks_are_none(self, values: tuple[float, ...]) -> None:
        assert doubts(clean().assign(reward=[values[k * k // 3 % len(values)] for k in range(40)])) == []


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


class TestGainAndLoss:
    @pytest.mark.parametrize("sign", [1, -1])
    @pytest.mark.parametrize("names", [("gain", "loss"), ("win", "lose"), ("reward", "punishment"), ("Wins", "Losses")])
    def test_their_sum(self, names: tuple[str, str], sign: int) -> None:
        frame = clean().rename(columns={"reward": names[0]})
        frame[names[1]] = sign * frame[names[0]].to_numpy()[::-1]
        (doubt,) = doubts(frame, {"df_reward": list(names)})
        assert f"{names[1]!r} is read as the reward of option right" in doubt.sentence
        values, reward_range = rewards(frame, **doubt.answers[0].arguments)
        assert reward_range == (-1, 1)
        expected = frame[names[0]].to_numpy() - frame[names[0]].to_numpy()[::-1]
        np.testing.assert_allclose(values.ravel(), (expected + 1) / 2)

    def test_beside_each_other(self) -> None:
        frame = clean().assign(loss=lambda f: f.reward.to_numpy()[::-1])
        (doubt,) = doubts(frame)
        assert "'loss' is not used" in doubt.sentence

    def test_columns_of_options_are_not_asked_about(self) -> None:
        frame = clean().assign(reward_left=lambda f: f.reward, reward_right=lambda f: 1 - f.reward)
        assert doubts(frame, {"df_reward": ["reward_left", "reward_right"]}) == []

    def test_an_empty_cell_counts_nothing(self) -> None:
        frame = clean().rename(columns={"reward": "gain"}).assign(loss=1.0)
        frame["loss"] = frame.loss.where(frame.gain == 0)
        values, reward_range = rewards(frame, df_reward=["gain", "loss"], reward_sum=True)
        assert reward_range == (-1, 1)
        np.testing.assert_array_equal(values.ravel(), frame.gain)
