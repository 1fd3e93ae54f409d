"""Practice, other phases, and many rows without a choice."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, doubts, jspsych, phases

from spice.utils.convert_dataset import convert_dataset


@pytest.mark.parametrize(
    ("name", "practice", "task"),
    [
        ("phase", "practice", "main"), ("practice", 1, 0), ("is_practice", True, False),
        ("Block Type", "Training", "test"),
        ("trialType", "catch", "choice"), ("practice", "yes", "no"), ("block", "practice", "1"),
    ],
)  # fmt: skip
def test_practice_is_left_out_by_one_answer(name: str, practice: Any, task: Any) -> None:
    is_practice = clean().trial <= 4
    frame = phases(**{name: pd.Series([practice if p else task for p in is_practice], dtype=object)})
    (doubt,) = (doubt for doubt in doubts(frame) if doubt.code == "phase")
    assert f"{practice} in 8 rows" in doubt.sentence
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", df_block=None, **doubt.answers[0].arguments)
    assert dataset.xs.shape[:2] == (2, 16)


def test_phases_of_no_known_name_are_told_with_their_counts() -> None:
    frame = phases(phase=np.where(clean().trial <= 15, "learning", "transfer"))
    (doubt,) = doubts(frame)
    assert doubt.sentence == (
        "Column 'phase' says learning in 30 rows and transfer in 10 rows. Are all of them trials of the task?"
    )
    assert [answer.label for answer in doubt.answers] == ["Only learning", "Only transfer"]


def test_many_rows_without_a_choice_are_asked_about() -> None:
    frame = jspsych().drop(columns="trial_type")
    (doubt,) = doubts(frame)
    assert doubt.sentence.startswith("42 of 82 rows have nothing in column 'choice'.")
    expected, *_ = convert_dataset(clean(), df_participant_id="participant")
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **doubt.answers[0].arguments)
    np.testing.assert_array_equal(dataset.xs, expected.xs)
    assert doubts(frame, **doubt.keep.arguments) == []
