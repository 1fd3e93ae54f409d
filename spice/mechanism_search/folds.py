"""What is held out while models are compared: each session in turn, or each third of sessions."""

import numpy as np
import torch

from spice.data.dataset import DatasetRNN
from spice.data.layout import participants_of
from spice.data.splits import split_data_along_sessiondim
from spice.exceptions import DataError

FOLDS = 3
"""Parts that choices are held out in."""

Fold = tuple[DatasetRNN, DatasetRNN]


def folds_of(dataset: DatasetRNN) -> list[Fold]:
    """Pairs of choices that are learned from and choices held out, so that each choice is held out once.

    Parameters
    ----------
    dataset : DatasetRNN

    Returns
    -------
    list of (training, held out)
        Where everybody has three sessions or more, whole sessions are held out. Otherwise thirds of each session are:
        a model lives through all trials, and is fitted to the choices of two thirds.

    Raises
    ------
    DataError
        Sessions are so short that a third of them is no choice.
    """
    owners = participants_of(dataset.xs)[:, 0].cpu().numpy()
    counts = np.unique(owners, return_counts=True)[1]
    if counts.min() < FOLDS:
        return [_third(dataset, k) for k in range(FOLDS)]
    sessions = np.arange(1, counts.max() + 1)
    return [split_data_along_sessiondim(dataset, sessions[k::FOLDS].tolist()) for k in range(FOLDS)]


def _third(dataset: DatasetRNN, k: int) -> Fold:
    """Fitted to the choices outside a third of those that each session has, scored on those inside."""
    is_scored = (dataset.ys > 0).any(-1)
    place, n_choices = is_scored.cumsum(1), is_scored.sum(1, keepdim=True)
    inside = is_scored & (place > n_choices * k // FOLDS) & (place <= n_choices * (k + 1) // FOLDS)
    if not bool(inside.any()):
        raise DataError("dataset", f"sessions of {FOLDS} choices or more", "shorter ones", "Give more choices.")
    parts = [dataset.ys.masked_fill(mask[..., None], torch.nan) for mask in (inside, ~inside)]
    return DatasetRNN(dataset.xs, parts[0]), DatasetRNN(dataset.xs, parts[1])
