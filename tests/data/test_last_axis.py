import numpy as np
import pytest
import torch

from spice.data.last_axis import anywhere, everywhere, total

VALUES = np.array([[[0.0, 0.0, 0.0], [1.0, 2.0, 0.0]], [[3.0, 4.0, 5.0], [0.0, np.nan, 1.0]]])


@pytest.mark.parametrize("values", [VALUES, torch.tensor(VALUES)])
def test_the_last_axis_is_reduced(values: np.ndarray | torch.Tensor) -> None:
    assert everywhere(values > 0).tolist() == [[False, False], [True, False]]
    assert anywhere(values > 0).tolist() == [[False, True], [True, True]]
    np.testing.assert_array_equal(np.asarray(total(values)), [[0, 3], [12, np.nan]])
