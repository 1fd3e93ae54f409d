"""Values far from all others."""

import numpy as np
import pytest
from data.table.doubts.tables import clean, doubts, rewards


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
