"""Which rows are trials, and in which order."""

import numpy as np
import pytest
from data.table.doubts.tables import clean

from spice.exceptions import DataError
from spice.utils.convert_dataset import convert_dataset


@pytest.mark.parametrize(("name", "expected"), [("choice", "numbers, or of dates"), ("trial", "nothing in row 7")])
def test_what_cannot_be_sorted_by(name: str, expected: str) -> None:
    frame = clean().assign(trial=lambda f: f.trial.where(f.index != 5))
    with pytest.raises(DataError, match=expected):
        convert_dataset(frame, df_participant_id="participant", order=name)


def test_sequences_stay_in_order_of_appearance() -> None:
    frame = clean().sort_values("trial", ascending=False, kind="stable", ignore_index=True)
    dataset, sessions, table, _ = convert_dataset(frame, df_participant_id="participant", order="trial")
    assert dataset.participants == ("a", "b")
    assert table.trial.tolist() == list(np.repeat(np.arange(1, 21), 2))
    assert [len(session.choices) for session in sessions] == [20, 20]
