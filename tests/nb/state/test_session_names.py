"""Sessions are called by the label of the participant, and by the block where somebody has several."""

import pandas as pd
import pytest

from spice.utils.convert_dataset import convert_dataset
from spice_nb.state.session_names import named_sessions


@pytest.mark.parametrize(
    ("blocks", "names"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 0], ["Ann", "Bob"]),
        ([0, 0, 1, 1, 0, 0, 0, 0], ["Ann, block 1", "Ann, block 2", "Bob, block 1"]),
    ],
)
def test_names_tell_sessions_apart(blocks: list[int], names: list[str]) -> None:
    table = pd.DataFrame(
        {"participant": ["Ann"] * 4 + ["Bob"] * 4, "block": blocks, "choice": [0, 1] * 4, "reward": [1, 0] * 4}
    )
    dataset, *_ = convert_dataset(table, df_participant_id="participant")
    assert named_sessions(dataset) == [(name, row) for row, name in enumerate(names)]
