"""Arrays and tensors as callers hand them in, read as float64."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spice._validation import check_real_and_dense
from spice.exceptions import DataError


def as_numbers(argument: str, values: Any, remedy: str) -> NDArray[np.float64]:
    """A caller's array or tensor as float64, never a view of theirs.

    Parameters
    ----------
    argument, remedy : str
        Its name, and what to pass instead of what is no array of numbers.
    values : array or Tensor

    Returns
    -------
    array

    Raises
    ------
    DataError
        It is missing, sparse, complex, or no array of numbers.
    """
    check_real_and_dense(argument, values)
    if isinstance(values, Tensor):
        values = values.detach().cpu().numpy()
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(argument, "an array of numbers", type(values).__name__, f"Pass {remedy}.") from error


def as_array(argument: str, values: Any) -> NDArray[np.float64]:
    """A caller's array or tensor with an axis of sequences, never a view of theirs.

    Parameters
    ----------
    argument : str
    values : array or Tensor

    Returns
    -------
    (n_sequences, n_trials, n) float64

    Raises
    ------
    DataError
        It is no array of numbers, is empty, or has another number of axes.
    """
    array = as_numbers(argument, values, "dataset.xs or .ys")
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or 0 in array.shape:
        raise DataError(
            argument,
            "a non-empty array (n_sequences, n_trials, n_features)",
            f"shape {array.shape}",
            "Give a row of trials for each sequence; array[None] makes one sequence of a table of trials.",
        )
    return array
