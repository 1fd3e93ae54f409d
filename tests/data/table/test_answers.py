from typing import Any

import numpy as np
import pytest

from spice.data.table.answers import Answers, label_text, several
from spice.exceptions import DataError


def test_one_of_several_may_stand_alone() -> None:
    alone = Answers.of(missed=99, where="phase != 'practice'", reward_missing=-999, keep="rare")
    listed = Answers.of(missed=[99], where=["phase != 'practice'"], reward_missing=[-999.0], keep=("rare",))
    assert alone == listed
    assert (alone.missed, alone.reward_missing) == ((99,), (-999.0,))


def test_nobody_said_is_not_no_label() -> None:
    assert Answers.of().missed is None
    assert Answers.of(missed=[]).missed == ()
    assert Answers.of(missed=[]).arguments() == {"missed": []}


def test_what_was_answered_can_be_answered_again() -> None:
    given: dict[str, Any] = {
        "missed": ["timeout"], "order": "trial", "relabel": {"Left": "left"}, "reward_words": {"win": 1.0},
        "reward_range": (0.0, 100.0), "reward_sum": True, "leave_out_copies": True, "keep": ["block"],
    }  # fmt: skip
    answers = Answers.of(**given)
    assert answers.arguments() == given
    assert Answers.of(**answers.arguments()) == answers
    assert Answers().arguments() == {}


def test_words_are_known_in_any_spelling() -> None:
    answers = Answers.of(reward_words={" Win ": 1, 2.0: -1})
    assert answers.value_of_word("WIN") == 1
    assert answers.value_of_word("2") == answers.value_of_word(2) == -1
    assert np.isnan(answers.value_of_word("loss"))


@pytest.mark.parametrize(
    ("given", "argument", "got"),
    [
        ({"reward_words": {"win": "much"}}, "reward_words", "'much'"),
        ({"reward_missing": [0, np.inf]}, "reward_missing", "inf"),
        ({"reward_range": (1, 1)}, "reward_range", r"\(1, 1\)"),
        ({"reward_range": (0, None)}, "reward_range", "None"),
        ({"reward_range": 5}, "reward_range", "nan"),
    ],
)
def test_numbers_that_are_none(given: dict[str, Any], argument: str, got: str) -> None:
    with pytest.raises(DataError, match=f"{argument}: .*got {got}"):
        Answers.of(**given)


@pytest.mark.parametrize(
    ("label", "text"),
    [(3.0, "3"), (np.float64(-1), "-1"), (0.5, "0.5"), (" left ", "left"), ("3.0", "3.0"), (True, "True")],
)
def test_labels_as_people_write_them(label: object, text: str) -> None:
    assert label_text(label) == text


def test_one_or_several() -> None:
    assert several("ab") == ("ab",)
    assert several(None) == (None,)
    assert several(np.array([1, 2])) == (1, 2)
