"""Options and people written in two ways."""

from typing import Any

import numpy as np
import pytest
from data.table.doubts.tables import clean, doubts

from spice.utils.convert_dataset import convert_dataset


@pytest.mark.parametrize("other", ["Left", "LEFT", "le ft", "Le_ft"])
def test_spellings(other: str) -> None:
    frame = clean()
    frame = frame.assign(choice=frame.choice.mask((frame.index % 3 == 0) & (frame.choice == "left"), other))
    (doubt,) = doubts(frame)
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **doubt.answers[0].arguments)
    assert dataset.actions == ("left", "right")
    expected, *_ = convert_dataset(clean(), df_participant_id="participant")
    np.testing.assert_array_equal(dataset.xs, expected.xs)


@pytest.mark.parametrize("labels", [("A", "B"), (1, -1), ("a1", "a2"), ("left", "Right"), ("+", "-1"), ("x-1", "x1")])
def test_labels_that_differ_in_more(labels: tuple[Any, Any]) -> None:
    frame = clean().assign(choice=lambda f: f.choice.map(dict(zip(("left", "right"), labels, strict=True))))
    assert doubts(frame) == []


@pytest.mark.parametrize("other", ["A", " a", "a "])
def test_people_who_are_written_in_two_ways(other: str) -> None:
    frame = clean()
    frame = frame.assign(participant=frame.participant.mask((frame.trial > 10) & (frame.participant == "a"), other))
    found = doubts(frame)
    assert [doubt.code for doubt in found] == ["people"] * len(found)
    answers = dict(found[0].answers[0].arguments) if found else {}
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **answers)
    expected, *_ = convert_dataset(clean(), df_participant_id="participant")
    np.testing.assert_array_equal(dataset.xs, expected.xs)
    assert doubts(clean().assign(participant=lambda f: f.participant.map({"a": "p1", "b": "p-1"}))) == []
