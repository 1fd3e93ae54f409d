from typing import Any

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, doubts

from spice.utils.convert_dataset import convert_dataset


def actions(frame: pd.DataFrame, **answers: Any) -> Any:
    return convert_dataset(frame, df_participant_id="participant", **answers)[0].xs[..., :2].numpy()


@pytest.mark.parametrize("name", ["trial", "Trial Nr", "trialIndex", "trial_number", "t", "trials.thisN"])
@pytest.mark.parametrize("by", ["choice", "reward", "shuffled", "backwards"])
def test_sorted_otherwise(name: str, by: str) -> None:
    frame = clean().rename(columns={"trial": name})
    shuffled = np.random.default_rng(0).permutation(len(frame))
    keys = {"shuffled": shuffled, "backwards": -np.arange(len(frame))}
    wrong = frame.iloc[np.argsort(keys[by] if by in keys else frame[by], kind="stable")].reset_index(drop=True)
    (doubt,) = doubts(wrong)
    assert "the rows are not in the order of the trials." in doubt.sentence
    assert dict(doubt.answers[0].arguments) == {"order": name}
    people = list(dict.fromkeys(wrong.participant))
    expected = actions(frame)[[people.index("a"), people.index("b")] if people[0] == "a" else [1, 0]]
    np.testing.assert_array_equal(actions(wrong, order=name), expected)
    assert not np.array_equal(actions(wrong, keep=doubt.key), expected)


def test_times_of_the_day_are_sorted_by() -> None:
    frame = clean().drop(columns="trial")
    frame["timestamp"] = pd.date_range("2026-03-01T23:50", periods=len(frame), freq="47s").strftime("%Y-%m-%dT%H:%M:%S")
    assert doubts(frame) == []
    backwards = frame.iloc[::-1].reset_index(drop=True)
    (doubt,) = doubts(backwards)
    assert doubt.column == "timestamp"
    np.testing.assert_array_equal(actions(backwards, order="timestamp"), actions(frame)[::-1])


def test_numbers_that_are_text_are_numbers() -> None:
    frame = clean().assign(trial=lambda f: f.trial.astype(str))
    assert doubts(frame) == []
    assert len(doubts(frame.sort_values(["participant", "trial"], ignore_index=True))) == 1


def test_a_file_that_was_pasted_twice() -> None:
    (doubt,) = doubts(pd.concat([clean(), clean()], ignore_index=True))
    assert doubt.sentence == (
        "Column 'trial' starts again 2 times within people, first in row 42. These rows are the same as earlier ones: "
        "is the table in the file twice?"
    )
    twice = pd.concat([clean(), clean()], ignore_index=True)
    np.testing.assert_array_equal(actions(twice, **doubt.answers[0].arguments), actions(clean()))


def test_a_second_session_without_a_column() -> None:
    frame = clean()
    again = frame.assign(choice=frame.choice.map({"left": "right", "right": "left"}))
    (doubt,) = doubts(pd.concat([frame, again], ignore_index=True))
    assert "Does something new begin there?" in doubt.sentence


def test_two_sessions_that_were_merged() -> None:
    frame = clean()
    both = pd.concat([frame.assign(part="1"), frame.assign(part="2")]).sort_values(["participant", "trial"])
    kinds = {doubt.code: doubt for doubt in doubts(both.reset_index(drop=True))}
    assert dict(kinds["order"].answers[0].arguments) == {"df_block": "part"}


def test_trials_that_begin_anew_in_each_block_are_in_order() -> None:
    frame = clean().assign(block=lambda f: f.trial // 11, trial=lambda f: f.trial % 11)
    assert doubts(frame) == []
