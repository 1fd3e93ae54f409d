"""The choices that follow trials, which a fit is scored on."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spice.data.arrays import as_array
from spice.data.last_axis import total
from spice.data.onehot import read_onehot
from spice.data.trials import Trials
from spice.exceptions import DataError


def read_targets(
    argument: str, targets: Any, conditions_shape: tuple[int, ...], trials: Trials
) -> tuple[Tensor, Trials]:
    """Read the choice that follows each trial, and which arms are on offer in it.

    Where trials were missed in between, the choice after them belongs to the last trial before.

    Parameters
    ----------
    argument : str
        Name of the targets.
    targets : (n_sequences, n_trials, n_actions)
    conditions_shape : tuple of int
    trials : Trials
        The conditions as they were read.

    Returns
    -------
    following : (T, S, A)
        One-hot; all zero where it is not scored, as where a single arm was on offer.
    trials : Trials
        With the arms on offer.

    Raises
    ------
    DataError
        They are of another shape than the conditions, or not one-hot.
    """
    ys = as_array(argument, targets)
    expected = (*conditions_shape[:2], trials.n_actions)
    if ys.shape != expected:
        raise DataError(
            argument, f"shape {expected} (as the conditions, one column per arm)", f"shape {ys.shape}",
            "Pass the xs and ys of one data set.",
        )  # fmt: skip
    onehot, valid, on_offer = read_onehot(
        argument, ys, "the next action one-hot (-1: not on offer), or all NaN (or -1) where there is none"
    )
    n_rows = ys.shape[1]
    # The row just before the next choice: later missed rows stand between a trial and that row.
    following = np.concatenate([trials.rows[1:], np.full((1, trials.n_sequences), n_rows)]) - 1
    index = np.arange(trials.n_trials)[:, None]
    last = index == trials.lengths[None] - 1
    rows = np.where(last, trials.rows, np.clip(following, 0, n_rows - 1))
    sequences = np.arange(trials.n_sequences)
    # The first choice of a block that starts inside a sequence follows from no trial before.
    blocks = trials.blocks.numpy()
    same_block = np.concatenate([blocks[1:] == blocks[:-1], np.ones((1, trials.n_sequences), dtype=bool)])
    scored = valid[sequences, rows] & (index < trials.lengths[None]) & same_block
    if on_offer is not None:
        # The targets know it after the last trial of a stretch too, where the conditions do not.
        known = on_offer[sequences, rows] | ~scored[..., None]
        scored &= total(known.astype(int)) > 1
        trials = replace(trials, offered=torch.as_tensor(known))
    return torch.as_tensor(onehot[sequences, rows] * scored[..., None], dtype=torch.float32), trials
