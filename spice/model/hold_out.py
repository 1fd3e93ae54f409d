"""Choices held out of training, with the states before them carried over."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from spice.exceptions import ConfigError
from spice.model.training_data import TrainingData


def hold_out(
    data: TrainingData, ratio: float | Sequence[int], sources: NDArray[np.int_] | None = None
) -> tuple[TrainingData, TrainingData]:
    """Split the scored choices; the states of held-out trials are carried over from those before.

    Parameters
    ----------
    data : TrainingData
    ratio : float or sequence of int
        Share of each sequence's choices to train on, or positions (from 1) of sequences to hold out among those of
        each participant.
    sources : (S,), optional
        Sequence that each row is a stretch of, where sequences were cut; positions count those.
    """
    scored = data.targets.sum(-1) > 0
    if isinstance(ratio, int | float | np.floating):
        if not 0 < ratio < 1:
            raise ConfigError("train_test_ratio", "a share above 0, up to 1, or a list", ratio, "Use e.g. 0.8.")
        rank = scored.cumsum(0)
        # The small number undoes rounding: 0.6 of 25 choices are 15.
        held_out = rank > (rank[-1].double() * float(ratio) - 1e-6).ceil()
    else:
        rows = np.arange(data.trials.n_sequences) if sources is None else sources
        _, first, back = np.unique(rows, return_index=True, return_inverse=True)
        position = _positions(data.trials.participants[first])[back]
        chosen = np.isin(position, list(ratio))
        if not chosen.any() or chosen.all():
            raise ConfigError(
                "train_test_ratio",
                f"some of the positions 1 to {position.max()}",
                list(ratio),
                "Name others.",
            )
        held_out = torch.as_tensor(chosen).expand_as(scored)
    keep = (~held_out)[..., None].to(data.targets)
    return replace(data, targets=data.targets * keep), replace(data, targets=data.targets * (1 - keep))


def _positions(participants: NDArray[np.int_]) -> NDArray[np.int_]:
    """Position of each sequence, from 1, among those of its participant."""
    order = np.argsort(participants, kind="stable")
    ranked = participants[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    within = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
    positions = np.empty_like(within)
    positions[order] = within + 1
    return positions
