"""Columns of gains and of losses."""

import numpy as np
import pytest
from data.table.doubts.tables import clean, doubts, rewards


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
