import numpy as np
import pytest
import torch

from spice.data.arrays import as_array, as_numbers
from spice.exceptions import DataError


def test_an_array_is_a_copy() -> None:
    original = np.zeros((1, 2, 5))
    as_array("conditions", original)[:] = 9
    assert (original == 0).all()


def test_a_table_of_trials_is_one_sequence() -> None:
    table = torch.arange(6.0, requires_grad=True).reshape(2, 3)
    array = as_array("conditions", table)
    assert array.dtype == np.float64
    assert array.tolist() == [[[0, 1, 2], [3, 4, 5]]]


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((1, 0, 3)), np.zeros((1, 1, 1, 1))])
def test_other_shapes_are_refused(values: np.ndarray) -> None:
    with pytest.raises(DataError) as raised:
        as_array("targets", values)
    assert raised.value.argument == "targets"
    assert str(values.shape) in str(raised.value)


def test_what_is_no_array_is_refused_with_what_to_pass() -> None:
    with pytest.raises(DataError) as raised:
        as_numbers("experiment", [[1.0], [1.0, 2.0]], "one sequence")
    assert "Pass one sequence." in str(raised.value)
