"""The column of choices."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from data.table.frames import table

from spice.exceptions import DataError
from spice.utils.convert_dataset import convert_dataset

NAN = np.nan


def test_strings_are_sorted() -> None:
    dataset, sessions, *_ = convert_dataset(table(["right", "left", "up", "left"]))
    assert dataset.actions == ("left", "right", "up")
    assert sessions[0].choices.tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize("labels", [[10, 9, 100, 9], ["10", "9", "100", "9.0"], [10.0, 9.0, 100.0, 9.0]])
def test_numbers_are_sorted_as_numbers(labels: list[Any]) -> None:
    dataset, sessions, *_ = convert_dataset(table(labels))
    assert dataset.actions == (9, 10, 100)
    assert sessions[0].choices.tolist() == [1, 0, 2, 0]


def test_fractions_and_booleans() -> None:
    assert convert_dataset(table([0.5, 2, 0.5, 2]))[0].actions == (0.5, 2)
    assert convert_dataset(table([True, False, True, True]))[0].actions == (False, True)


def test_categories() -> None:
    rows = table(["b", "c", "b", "c"])
    rows["choice"] = rows["choice"].astype(pd.CategoricalDtype(["a", "c", "b"]))
    rows["session"] = rows["session"].astype("category")
    dataset = convert_dataset(rows)[0]
    assert (dataset.actions, dataset.participants) == (("b", "c"), ("anna",))


class TestMissedTrials:
    @pytest.mark.parametrize("missed", [NAN, None, -1, "", " ", "-1"])
    def test_kept_without_action_and_reward(self, missed: Any) -> None:
        rows = table(["0", "1", missed, "1", "0"], [1, 0, "?", 1, 0], rt=[1, 2, NAN, 4, 5])
        dataset, sessions, *_ = convert_dataset(rows, additional_inputs="rt")
        assert dataset.actions == (0, 1)
        np.testing.assert_array_equal(dataset.xs[0, 2], [NAN, NAN, NAN, NAN, NAN, 0, 0, 0])
        assert torch.isnan(dataset.ys[0, 1]).all()
        np.testing.assert_array_equal(dataset.ys[0, 2], [0, 1])
        assert sessions[0].choices.tolist() == [0, 1, -1, 1, 0]
        assert np.isnan(sessions[0].rewards[2]).all()

    def test_their_additional_inputs_and_rewards(self) -> None:
        rows = table([0, 1, -1, 1], [1, 0, 99, 1], rt=[1, 2, 3, 4])
        dataset, *_ = convert_dataset(rows, additional_inputs="rt")
        assert dataset.xs[0, 2, 4] == 3
        assert dataset.reward_range == (0, 1)


def test_infinite_choice() -> None:
    with pytest.raises(DataError, match="infinity in row 3"):
        convert_dataset(table([0, np.inf, 1, 0]))
