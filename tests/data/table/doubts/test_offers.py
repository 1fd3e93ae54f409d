"""Columns that say which options were shown."""

import numpy as np
import pytest
from data.table.frames import of_pairs

from spice.data.table.doubts import find_doubts
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import DataWarning
from spice.utils.convert_dataset import convert_dataset


def test_columns_that_hold_options_are_asked_about() -> None:
    table = of_pairs()
    (doubt,) = find_doubts(table, TrialColumns(df_participant_id="who"))
    assert doubt.code == "options"
    assert dict(doubt.answers[0].arguments) == {"df_options": ["on_left", "on_right"]}
    with pytest.warns(DataWarning, match="name 2 of 4 options in each trial"):
        convert_dataset(table, df_participant_id="who")
    side = table.assign(choice=np.where(table["choice"] == table["on_left"], "left", "right"))
    (doubt,) = find_doubts(side, TrialColumns(df_participant_id="who"))
    assert "the choices are places" in doubt.sentence
    convert_dataset(side, df_participant_id="who", keep=[doubt.key])


def test_a_task_in_which_all_options_are_always_shown_is_not_asked_about() -> None:
    table = of_pairs()
    two = table.assign(choice=np.where(table["reward"] > 0, "a", "b"), on_left="a", on_right="b")
    assert not [d for d in find_doubts(two, TrialColumns(df_participant_id="who")) if d.code == "options"]
