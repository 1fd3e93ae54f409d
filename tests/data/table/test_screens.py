"""Rows on which nothing can be chosen."""

import numpy as np
import pandas as pd
import pytest
from data.table.doubts.tables import clean, doubts, jspsych

from spice.exceptions import DataWarning
from spice.utils.convert_dataset import convert_dataset


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
