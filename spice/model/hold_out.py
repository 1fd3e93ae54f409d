"""Choices held out of training, with the states before them carried over."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.splits import n_training_trials, positions
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
        Share of each sequence's trials to train on, rounded down as by `split_data_along_timedim`, or positions (from
        1) of sequences to hold out among those of each participant.
    sources : (S,), optional
        Sequence that each row is a stretch of, where sequences were cut; positions count those.

    Returns
    -------
    training, held_out : TrainingData
        The same trials, each with its share of the choices.

    Raises
    ------
    ConfigError
        Where the share or the positions leave nothing on one side.
    """
    if isinstance(ratio, int | float | np.floating):
        if not 0 < ratio < 1:
            raise ConfigError("train_test_ratio", "a share above 0, up to 1, or a list", ratio, "Use e.g. 0.8.")
        # The choice that follows the last of these trials is held out.
        last = torch.as_tensor(n_training_trials(data.trials.lengths, float(ratio))) - 1
        held_out = torch.arange(data.trials.n_trials)[:, None] >= last
    else:
        rows = np.arange(data.trials.n_sequences) if sources is None else sources
        _, first, back = np.unique(rows, return_index=True, return_inverse=True)
        position = positions(data.trials.participants[first])[back]
        chosen = np.isin(position, list(ratio))
        if not chosen.any() or chosen.all():
            raise ConfigError(
                "train_test_ratio",
                f"some of the positions 1 to {position.max()}",
                list(ratio),
                "Name others.",
            )
        held_out = torch.as_tensor(chosen).expand(data.trials.n_trials, -1)
    return _split(data, held_out)


def first_choices(data: TrainingData, share: float) -> tuple[TrainingData, TrainingData]:
    """Split the scored choices of each sequence: a share of them, rounded up, and those after them.

    For what is decided inside a fit. Of what people hold out, trials are counted; here it is choices, and games of two
    or three trials keep one in the first part.

    Parameters
    ----------
    data : TrainingData
    share : float
        Above 0, at most 1.

    Returns
    -------
    first, later : TrainingData
        The same trials, each with its share of the choices.
    """
    rank = (data.targets.sum(-1) > 0).cumsum(0)
    # The small number undoes rounding: 0.6 of 25 choices are 15.
    return _split(data, rank > (rank[-1].double() * share - 1e-6).ceil())


def validation_part(data: TrainingData, share: float) -> tuple[TrainingData, TrainingData]:
    """Split off choices to watch a training by.

    Whole sessions where everybody has enough of them for that share, spread over what each has played: 5, 10, … for a
    fifth. Else the last choices of each sequence.

    Parameters
    ----------
    data : TrainingData
    share : float, in (0, 1)
        Of the choices, to be held out.

    Returns
    -------
    training, validation : TrainingData
        The same trials, each with its share of the choices.
    """
    every = round(1 / share)
    position = positions(data.trials.participants)
    _, counts = np.unique(data.trials.participants, return_counts=True)
    if counts.min() < every:
        return first_choices(data, 1 - share)
    return _split(data, torch.as_tensor(position % every == 0).expand(data.trials.n_trials, -1))


def _split(data: TrainingData, held_out: Tensor) -> tuple[TrainingData, TrainingData]:
    keep = (~held_out)[..., None].to(data.targets)
    return replace(data, targets=data.targets * keep), replace(data, targets=data.targets * (1 - keep))
