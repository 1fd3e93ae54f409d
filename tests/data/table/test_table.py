"""Columns of a table, and the rows of it that cannot be used."""

import io

import numpy as np
import pandas as pd
import pytest
from data.table.frames import table

from spice.exceptions import ColumnError, DataError
from spice.utils.convert_dataset import convert_dataset

NAN = np.nan


def test_ids_of_any_kind() -> None:
    rows = pd.concat([table(participant=name) for name in ("s_007", "3", 4.0)], ignore_index=True)
    dataset = convert_dataset(rows)[0]
    assert dataset.participants == ("s_007", "3", 4)
    assert dataset.xs[:, 0, -1].tolist() == [0, 1, 2]


def test_absent_with_suggestion() -> None:
    rows = table().rename(columns={"choice": "Choices"})
    with pytest.raises(ColumnError, match=r"session, Choices, reward.*'choice'.*df_choice='Choices'"):
        convert_dataset(rows)


def test_usual_names_are_suggested() -> None:
    rows = table().rename(columns={"session": "subject"})
    with pytest.raises(ColumnError, match="df_participant_id='subject'"):
        convert_dataset(rows)


def test_two_columns_of_one_name() -> None:
    rows = pd.concat([table(), table()[["choice"]]], axis=1)
    with pytest.raises(ColumnError, match="2 named 'choice'"):
        convert_dataset(rows)


def test_dates_are_no_numbers() -> None:
    with pytest.raises(DataError, match="row 2 and 3 more"):
        convert_dataset(table(rt=pd.Timestamp("2024-01-01")), additional_inputs=["rt"])


def test_row_number_in_a_file_with_blank_lines() -> None:
    text = "session,choice,reward\n1,0,1\n\n1,1,0\n1,1,x\n1,0,y\n"
    with pytest.raises(DataError, match=r"'x' in row 5 and 1 more"):
        convert_dataset(io.StringIO(text))


@pytest.mark.parametrize("role", ["session", "block", "experiment"])
def test_missing_id(role: str) -> None:
    rows = table("0110", block=[1, 1, 1, 1], experiment=[1, 1, 1, 1]).astype({role: object})
    rows.loc[2, role] = None
    with pytest.raises(DataError, match="nothing in row 4"):
        convert_dataset(rows)
