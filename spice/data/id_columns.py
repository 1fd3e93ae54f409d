"""Ids as they stand in arrays: whole numbers that the array holds exactly, one of each kind a sequence."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.layout import ID_COLUMNS, Columns
from spice.exceptions import DataError

REMEDY = "Number the labels from 0 (convert_dataset does)."


def exact_up_to(dtype: Any) -> int:
    """The first whole number that an array of that type may have come to by rounding."""
    if isinstance(dtype, torch.dtype):
        return int(2 / torch.finfo(dtype).eps) if dtype.is_floating_point else exact_up_to(np.dtype(np.float64))
    return int(2 / np.finfo(dtype if np.issubdtype(dtype, np.floating) else np.float64).eps)


def largest_id(values: Tensor | NDArray[Any], columns: Columns) -> int:
    """The largest of all ids, whatever sign it has; 0 where there is none."""
    of_ids = values[..., list(columns.ids.values())]
    numbers = of_ids.detach().cpu().numpy() if isinstance(of_ids, Tensor) else np.asarray(of_ids)
    known = np.abs(numbers[np.isfinite(numbers)])
    return int(known.max()) if known.size else 0


def is_exact(values: Tensor, n_actions: int) -> bool:
    """Whether the type of `xs` (…, n_features) tells all of its ids apart."""
    return largest_id(values, Columns.of(values.shape[-1], n_actions, "xs")) < exact_up_to(values.dtype)


def check_exact(argument: str, values: Any, n_actions: int) -> None:
    """Refuse ids that are too large for the array's type to tell them from the next.

    Parameters
    ----------
    argument : str
        What the array is called.
    values : array or Tensor, (…, n_features)
        As it was handed in.
    n_actions : int
        Arms, which say where the ids are.

    Raises
    ------
    DataError
        Names the id and the one that it cannot be told from.
    """
    if not isinstance(values, Tensor):
        values = np.asarray(values)
        if values.dtype == object:
            values = values.astype(np.float64)
    columns = Columns.of(values.shape[-1], n_actions, argument)
    limit, largest = exact_up_to(values.dtype), largest_id(values, columns)
    if largest < limit:
        return
    for name, column in columns.ids.items():
        of_name = values[..., column]
        numbers = of_name.detach().cpu().numpy() if isinstance(of_name, Tensor) else of_name
        wrong = numbers[np.isfinite(numbers) & (np.abs(numbers) >= limit)]
        if wrong.size:
            held = str(values.dtype).removeprefix("torch.")
            other = exact_up_to(np.dtype(np.float64))
            remedy = "Pass it as float64, as it was before it was rounded." if limit < other else REMEDY
            raise DataError(
                f"{name} ids in {argument}", f"whole numbers below {limit:,}, which {held} tells apart",
                f"{int(wrong[0])}, which is the same as {int(wrong[0]) + 1} there", remedy,
            )  # fmt: skip


def check_whole(argument: str, values: Any, columns: Columns, is_choice: Any) -> None:
    """Refuse ids that are no whole numbers, on rows with a choice.

    Parameters
    ----------
    argument : str
    values : array, (n_sequences, n_trials, n_features)
    is_choice : array of bool, (n_sequences, n_trials)
    """
    for name, column in columns.ids.items():
        ids = np.asarray(values[..., column], dtype=np.float64)
        wrong = np.argwhere(np.asarray(is_choice) & (ids != np.floor(ids)))
        if len(wrong):
            sequence, trial = wrong[0]
            raise DataError(
                f"{name} ids in {argument}", "a whole number on each trial with a choice",
                f"{ids[sequence, trial]:g} in sequence {sequence}, trial {trial}", REMEDY,
            )  # fmt: skip


def sequence_ids(name: str, ids: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.int_]:
    """The id (S,) of each sequence, of its rows (S, n_rows); `valid` are those with a choice."""
    assert name in ID_COLUMNS
    known = ids[np.isfinite(ids) & (ids >= 0)]
    first = ids[np.arange(len(ids)), valid.argmax(1)]
    # A sequence without any choice may have no id either; nothing of it is ever used.
    first = np.where(valid.any(1), first, known[0] if len(known) else 0.0)
    mixed = (np.where(valid, ids, first[:, None]) != first[:, None]).any(1)
    if mixed.any():
        raise DataError(
            f"{name} ids in conditions", "one id per sequence", f"several in sequence {int(mixed.argmax())}",
            "Give each participant and experiment a sequence of its own.",
        )  # fmt: skip
    return np.asarray(first.astype(np.int64))
