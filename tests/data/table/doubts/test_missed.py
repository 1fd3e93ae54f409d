from typing import Any

import numpy as np
import pytest
from data.table.doubts.tables import clean, doubts

from spice.utils.convert_dataset import convert_dataset


def with_label(label: Any, reward: Any = 0, rows: Any = (3, 11, 23, 31), numbers: Any = None) -> Any:
    frame = clean()
    if numbers is not None:
        frame = frame.assign(choice=frame.choice.map(dict(zip(("left", "right"), numbers, strict=True))))
    some = np.isin(np.arange(len(frame)), list(rows))
    return frame.assign(choice=frame.choice.astype(object).mask(some, label), reward=frame.reward.mask(some, reward))


def arms(frame: Any, **answers: Any) -> tuple[Any, ...]:
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **answers)
    assert dataset.actions is not None
    return dataset.actions


@pytest.mark.parametrize(
    "label", ["timeout", "Time-out", "none", "miss", "no response", "[]", "-", ".", "?", "NO_RESPONSE", "Too slow"]
)
def test_words_are_asked_about_however_rare(label: str) -> None:
    for rows in ((3,), (3, 11, 23, 31), range(0, 40, 2)):
        frame = with_label(label, rows=rows)
        (doubt,) = doubts(frame)
        assert doubt.key == f"missed:{label}"
        assert doubt.rows == tuple(row + 2 for row in rows)
        assert arms(frame, missed=label) == ("left", "right")
        assert arms(frame, keep=doubt.key) == tuple(sorted(("left", "right", label)))


@pytest.mark.parametrize(
    ("numbers", "label"),
    [((1, 2), 0), ((0, 1), 2), ((1, 2), 9), ((0, 1), 99), ((1, 2), -999), ((37, 39), 32), ((0, 1), -9)],
)
def test_numbers_that_stand_apart(numbers: tuple[int, int], label: int) -> None:
    frame = with_label(label, numbers=numbers)
    (doubt,) = doubts(frame)
    assert doubt.answers[0].arguments == {"missed": [label]}
    assert arms(frame, missed=label) == numbers


@pytest.mark.parametrize("label", ["left", "up", "middle", "no", "yes"])
def test_other_words_are_options(label: str) -> None:
    assert doubts(with_label(label, reward=1, rows=(3, 11))) == []
    assert doubts(with_label(label, rows=range(0, 40, 3), reward=1)) == []


def test_a_rare_option_that_is_rewarded_like_others_is_one() -> None:
    frame = with_label(2, numbers=(0, 1))
    assert doubts(frame.assign(reward=frame.reward.mask(frame.index == 3, 1))) == []


def test_without_a_reward() -> None:
    (doubt,) = doubts(with_label("escape", reward=None))
    assert "'escape' stands in column 'choice' 4 times, without a reward." in doubt.sentence


class TestMinusOne:
    def test_beside_other_arms_it_is_missed(self) -> None:
        assert doubts(with_label(-1, numbers=(0, 1))) == []
        assert arms(with_label(-1, numbers=(0, 1))) == (0, 1)
        assert arms(with_label(-1, numbers=(1, 2))) == (1, 2)
        assert arms(with_label(-1)) == ("left", "right")

    def test_a_lever_has_no_missed_trials(self) -> None:
        frame = clean().assign(choice=lambda f: f.choice.map({"left": -1, "right": 1}))
        assert doubts(frame) == []
        assert arms(frame) == (-1, 1)
        frame = clean().assign(choice=lambda f: f.choice.map({"left": -2, "right": -1}))
        assert arms(frame) == (-2, -1)
        frame = clean().assign(choice=lambda f: f.choice.map({"left": -0.5, "right": 0.5}))
        assert arms(frame.assign(choice=frame.choice.mask(frame.index == 5, -1)), keep=["missed", "rare"]) == (
            -1,
            -0.5,
            0.5,
        )

    def test_a_lever_that_may_be_let_alone_is_asked_about(self) -> None:
        frame = with_label(0, reward=1, numbers=(-1, 1))
        (doubt,) = doubts(frame)
        assert [answer.label for answer in doubt.answers] == ["0 means no choice", "-1 means no choice"]
        assert arms(frame, **doubt.answers[0].arguments) == (-1, 1)
        assert arms(frame, **doubt.answers[1].arguments) == (0, 1)
        assert arms(frame, missed=[]) == arms(frame, keep=doubt.key) == (-1, 0, 1)

    def test_rare_but_with_outcomes_it_is_asked_about(self) -> None:
        frame = with_label(-1, numbers=(0, 1))
        frame = frame.assign(reward=frame.reward.mask(frame.index == 3, 1))
        (doubt,) = doubts(frame)
        assert "It is read as no choice" in doubt.sentence
        assert arms(frame, keep=doubt.key) == (0, 1)
        assert arms(frame, **doubt.answers[-1].arguments) == (-1, 0, 1)

    def test_other_codes_are_asked_about_with_it(self) -> None:
        frame = with_label(-1, reward=[0, 1, 0, 1] * 10, numbers=(0, 1), rows=range(1, 40, 3))
        frame = frame.assign(choice=frame.choice.mask(frame.index.isin([5, 7]), 99))
        (doubt,) = doubts(frame)
        assert "holds -1, 0, 1 and 99" in doubt.sentence
        found = [arms(frame, **answer.arguments, keep="rare") for answer in doubt.answers]
        assert found == [(-1, 1), (0, 1), (-1, 0, 1)]
        assert [answer.label for answer in doubt.answers][:2] == ["0 and 99 mean no choice", "-1 and 99 mean no choice"]

    def test_other_codes_keep_it_missed(self) -> None:
        frame = with_label(-1, numbers=(0, 1))
        frame = frame.assign(choice=frame.choice.mask(frame.index.isin([5, 7]), 99))
        (doubt,) = doubts(frame)
        assert doubt.answers[0].arguments == {"missed": [-1, 99]}
        assert arms(frame, missed=[-1, 99]) == (0, 1)
        assert arms(frame, missed=[99], keep="missed:-1") == (-1, 0, 1)


def test_no_label_means_missed() -> None:
    assert arms(with_label("timeout"), missed=[]) == ("left", "right", "timeout")
    dataset, *_ = convert_dataset(with_label(None).assign(reward=1), df_participant_id="participant", missed=[])
    assert int((dataset.xs[..., :2] > 0).sum()) == 36


def test_numbers_and_text_mean_the_same_label() -> None:
    assert arms(with_label(99, numbers=(0, 1)), missed=["99"]) == (0, 1)
    assert arms(with_label("99", numbers=(0, 1)), missed=99.0) == (0, 1)
