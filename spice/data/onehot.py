"""Choices as they stand in arrays: 1 in the column of the arm."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.last_axis import everywhere, total
from spice.data.layout import NOTHING, is_nan
from spice.exceptions import DataError


def read_onehot(
    argument: str, values: NDArray[Any], expected: str
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_] | None]:
    """One-hot rows, where there are any, and the arms on offer there; None where all always are."""
    absent = values == NOTHING
    valid = ~(everywhere(is_nan(values)) | everywhere(absent))
    not_offered = absent & valid[..., None]
    values = np.where(not_offered, 0.0, values)
    one = total(values) == 1
    wrong = valid & ~(everywhere((values == 0) | (values == 1)) & one)
    if wrong.any():
        sequence, trial = np.argwhere(wrong)[0]
        raise DataError(
            argument, expected, f"{values[sequence, trial].tolist()} in sequence {sequence}, trial {trial}",
            "Encode a choice of arm k as 1 in column k, 0 in those that were on offer too, and -1 elsewhere.",
        )  # fmt: skip
    return np.where(valid[..., None], values, 0.0), valid, ~not_offered if not_offered.any() else None


def arm_numbers(choices: Tensor) -> Tensor:
    """Which arm was chosen, by number.

    Parameters
    ----------
    choices : (…, A)
        One-hot, all zero where there is no choice.

    Returns
    -------
    (…) int16
        From 0; -1 where there is none.
    """
    return torch.where(choices.sum(-1) > 0, choices.argmax(-1), -1).to(torch.int16)
