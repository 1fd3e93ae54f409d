import numpy as np
import pytest
import torch

from spice.data.onehot import arm_numbers, read_onehot
from spice.exceptions import DataError

NAN = np.nan


def test_rows_of_nothing_are_no_choices() -> None:
    values, valid, on_offer = read_onehot("ys", np.array([[[1.0, 0], [NAN, NAN], [-1, -1], [0, 1]]]), "one-hot")
    assert values.tolist() == [[[1, 0], [0, 0], [0, 0], [0, 1]]]
    assert valid.tolist() == [[True, False, False, True]]
    assert on_offer is None


def test_minus_one_beside_a_choice_was_not_on_offer() -> None:
    values, valid, on_offer = read_onehot("ys", np.array([[[1.0, 0, -1], [-1, -1, -1]]]), "one-hot")
    assert values.tolist() == [[[1, 0, 0], [0, 0, 0]]]
    assert valid.tolist() == [[True, False]]
    assert on_offer is not None
    assert on_offer[0, 0].tolist() == [True, True, False]


@pytest.mark.parametrize("wrong", [[1.0, 1], [0, 0], [0.5, 0.5], [NAN, 1], [-1, 0], [2, -1]])
def test_what_is_not_one_hot_is_named_with_its_place(wrong: list[float]) -> None:
    rows = np.array([[[1.0, 0], [0, 1]], [[1, 0], wrong]])
    with pytest.raises(DataError, match=r"ys: expected one-hot, .*in sequence 1, trial 1"):
        read_onehot("ys", rows, "one-hot")


def test_arms_are_numbered_and_nothing_is_minus_one() -> None:
    choices = torch.tensor([[[0.0, 0, 1], [1, 0, 0]], [[0, 0, 0], [0, 1, 0]]])
    arms = arm_numbers(choices)
    assert arms.tolist() == [[2, 0], [-1, 1]]
    assert arms.dtype == torch.int16
