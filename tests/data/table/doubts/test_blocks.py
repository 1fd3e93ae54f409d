"""Blocks under other names, and blocks that come back."""

import pytest
from data.table.doubts.tables import clean, doubts, phases

from spice.utils.convert_dataset import convert_dataset


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
