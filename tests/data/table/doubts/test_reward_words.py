"""Words in the place of rewards."""

import numpy as np
import pytest
from data.table.doubts.tables import clean, doubts, rewards

from spice.exceptions import DataError


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
