"""Practice, phases, screens without a choice, blocks and spellings."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, doubts

from spice.exceptions import DataWarning
from spice.utils.convert_dataset import convert_dataset


def phases(**columns: Any) -> pd.DataFrame:
    return clean().assign(**columns)


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


def jspsych() -> pd.DataFrame:
    """Before each choice a fixation, at the beginning instructions."""
    frame = clean()
    rows = []
    for person, of_person in frame.groupby("participant"):
        rows.append({"participant": person, "trial_type": "instructions"})
        for row in of_person.to_dict("records"):
            rows += [{"participant": person, "trial_type": "fixation"}, {**row, "trial_type": "html-button-response"}]
    return pd.DataFrame(rows)


def test_screens_without_a_choice_are_left_out_and_said() -> None:
    with pytest.warns(DataWarning, match="42 rows have instructions and fixation in column 'trial_type'"):
        dataset, *_ = convert_dataset(jspsych(), df_participant_id="participant")
    expected, *_ = convert_dataset(clean(), df_participant_id="participant")
    np.testing.assert_array_equal(dataset.xs, expected.xs)
    assert convert_dataset(jspsych(), df_participant_id="participant", keep="screens")[0].xs.shape == expected.xs.shape


def test_a_trial_that_was_missed_is_no_screen() -> None:
    frame = jspsych()
    frame.loc[[2, 20], ["choice", "reward"]] = None
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", keep="screens")
    assert dataset.xs.shape[1] == 20
    assert int(dataset.xs[..., 0].isnan().sum()) == 2


@pytest.mark.parametrize("name", ["run", "split_by", "cond", "visit", "stage_nr", "Session", "block_number", "day"])
def test_blocks_under_other_names(name: str) -> None:
    frame = phases(**{name: clean().trial // 11})
    (doubt,) = (doubt for doubt in doubts(frame) if doubt.code == "block")
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **doubt.answers[0].arguments)
    assert len(dataset.xs) == 4
    assert doubts(frame, {"df_block": None}) == []


def test_what_differs_between_people_only_is_no_block() -> None:
    assert doubts(phases(cond=clean().participant.map({"a": 1, "b": 2}))) == []


def test_what_changes_from_trial_to_trial_is_no_block() -> None:
    assert doubts(phases(cond=clean().trial % 2)) == []


@pytest.mark.parametrize(
    ("cond", "how"), [("ABAB" * 5, "from trial to trial"), ("AAAAABBBBB" * 2, "to an earlier value")]
)
def test_blocks_that_come_back(cond: str, how: str) -> None:
    (doubt,) = doubts(phases(cond=list(cond * 2)), {"df_block": "cond"})
    assert how in doubt.sentence
    assert "in 2 people" in doubt.sentence
    assert doubts(phases(cond=list("A" * 10 + "B" * 10) * 2), {"df_block": "cond"}) == []


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


def test_rows_outside_of_a_loop_of_psychopy_are_no_missed_trials() -> None:
    frame = clean().drop(columns="trial")
    parts = []
    for person, of_person in frame.groupby("participant"):
        inside = of_person.assign(**{"trials.thisN": range(len(of_person))}).astype({"choice": object})
        inside.iloc[[3], inside.columns.get_indexer(["choice", "reward"])] = None
        parts += [pd.DataFrame({"participant": [person]}), inside, pd.DataFrame({"participant": [person]})]
    (doubt,) = (doubt for doubt in doubts(pd.concat(parts, ignore_index=True)) if doubt.code == "screens")
    assert doubt.sentence == "4 rows are outside of the loop 'trials' and have no choice: they are left out."
    dataset, *_ = convert_dataset(pd.concat(parts, ignore_index=True), df_participant_id="participant", keep="screens")
    assert dataset.xs.shape[1] == 20
    assert dataset.xs[..., 0].isnan().sum(1).tolist() == [1, 1]


def test_choices_outside_of_a_loop_count() -> None:
    frame = clean()
    frame = frame.assign(**{"trials.thisN": frame.trial.where(frame.trial > 4)})
    assert [doubt.code for doubt in doubts(frame)] == []


def test_many_rows_without_a_choice_are_asked_about() -> None:
    frame = jspsych().drop(columns="trial_type")
    (doubt,) = doubts(frame)
    assert doubt.sentence.startswith("42 of 82 rows have nothing in column 'choice'.")
    expected, *_ = convert_dataset(clean(), df_participant_id="participant")
    dataset, *_ = convert_dataset(frame, df_participant_id="participant", **doubt.answers[0].arguments)
    np.testing.assert_array_equal(dataset.xs, expected.xs)
    assert doubts(frame, **doubt.keep.arguments) == []
