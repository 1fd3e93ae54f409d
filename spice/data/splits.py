"""Two ways to hold part of a data set out, and the rules of what is held out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice._validation import check_data_set, kind_of
from spice.data.dataset import DatasetRNN, Device
from spice.data.layout import is_choice, is_padding, participants_of
from spice.exceptions import ConfigError, DataError


def split_data_along_timedim(
    dataset: DatasetRNN, split_ratio: float, device: Device = None
) -> tuple[DatasetRNN, DatasetRNN]:
    """Hold out the last trials of every sequence.

    The test part holds the *full* sequences, with the targets of the training part masked. A model's state
    at the first held-out trial is the result of all trials before it; were the test part cut off, the model
    would meet a person halfway through a session with the values of a beginner, and be scored for that.

    Parameters
    ----------
    dataset : DatasetRNN
    split_ratio : float, in (0, 1)
        Share of each sequence's trials with a choice that is used for training (rounded down).
    device : str or torch.device, optional
        Where the parts live; None: where `dataset` does.

    Returns
    -------
    train, test : DatasetRNN
        Same sequences in the same order. `train` is cut to its longest sequence, the rest is padded with
        NaN; the last target of each sequence is masked, for it is the first held-out choice.

    Raises
    ------
    ConfigError
        `split_ratio` outside (0, 1), or overlapping windows (training trials of one would be test trials of
        the other).
    DataError
        Nothing to score in one of the parts.
    """
    check_data_set("dataset", dataset, DatasetRNN)
    if not isinstance(split_ratio, Real) or not 0 < split_ratio < 1:
        raise ConfigError(
            "split_ratio", "a number between 0 and 1, both excluded", split_ratio, "Two thirds is common."
        )
    if dataset.overlapping:
        raise ConfigError(
            "dataset",
            "whole sequences or windows that do not overlap",
            "overlapping windows",
            "Split first, then cut the training part into windows.",
        )
    chosen = is_choice(dataset.xs, dataset.n_actions)
    n_train = torch.as_tensor(n_training_trials(chosen.sum(1).cpu().numpy(), split_ratio), device=chosen.device)[
        :, None
    ]
    in_train = (n_train > 0) & ((chosen.cumsum(1) < n_train) | (chosen & (chosen.cumsum(1) == n_train)))
    lengths = in_train.sum(1)
    n_longest = int(lengths.max())

    trial = torch.arange(dataset.xs.shape[1], device=dataset.device)
    before_last = trial < lengths[:, None] - 1
    train_xs = dataset.xs.masked_fill(~in_train[..., None], math.nan)[:, :n_longest]
    train_ys = dataset.ys.masked_fill(~before_last[..., None], math.nan)[:, :n_longest]
    test_ys = dataset.ys.masked_fill(before_last[..., None], math.nan)
    for name, ys in (("training", train_ys), ("test", test_ys)):
        if not bool((ys > 0).any()):
            raise DataError(
                "split_ratio",
                "at least one choice to score in each part",
                f"none in the {name} part with {split_ratio}",
                "Move the ratio towards one half, or give longer sequences.",
            )
    everything = torch.ones(len(dataset), dtype=torch.bool)
    return (
        _part(dataset, train_xs, train_ys, everything, device),
        _part(dataset, dataset.xs, test_ys, everything, device),
    )


def split_data_along_sessiondim(
    dataset: DatasetRNN, list_test_sessions: Sequence[int] | None = None, device: Device = None
) -> tuple[DatasetRNN, DatasetRNN]:
    """Hold out whole sequences (sessions) of each participant.

    Parameters
    ----------
    dataset : DatasetRNN
    list_test_sessions : sequence of int, optional
        Positions among each participant's sequences, counted from 1 in order of appearance: 3 is the third.
        None: the last sequence of every participant who has more than one. Participants without such a
        sequence stay wholly in training.
    device : str or torch.device, optional
        Where the parts live; None: where `dataset` does.

    Returns
    -------
    train, test : DatasetRNN
        With the labels of the whole data set, so that ids mean the same in both.

    Raises
    ------
    ConfigError
        Positions that are not whole numbers from 1.
    DataError
        A position that no participant has, or a participant left without training data.
    """
    check_data_set("dataset", dataset, DatasetRNN)
    participant = _participant_ids(dataset)
    sessions = np.asarray(dataset.sequence_index)
    _, first, session_of = np.unique(sessions, return_index=True, return_inverse=True)
    owner = participant[first]
    _, back, counts = np.unique(owner, return_inverse=True, return_counts=True)
    position, n_sessions = positions(owner), counts[back]

    if list_test_sessions is None:
        is_test = (position == n_sessions) & (n_sessions > 1)
        if not is_test.any():
            raise DataError(
                "dataset",
                "a participant with more than one session",
                "one session each",
                "Hold out trials instead: split_data_along_timedim.",
            )
    else:
        wanted = _check_positions(list_test_sessions)
        absent = np.setdiff1d(wanted, position)
        if len(absent):
            raise DataError(
                "list_test_sessions",
                f"positions from 1 to {position.max()}",
                ", ".join(map(str, absent)),
                "Leave out positions that no participant has.",
            )
        is_test = np.isin(position, wanted)
    untrained = np.setdiff1d(owner, owner[~is_test]).astype(int)
    if len(untrained):
        labels = dict(enumerate(dataset.participants or ()))
        names = [labels.get(i, i) for i in untrained.tolist()]
        raise DataError(
            "list_test_sessions",
            "a session left for training in every participant",
            f"none for {', '.join(map(str, names[:5]))}{' and others' if len(names) > 5 else ''}",
            "Hold out fewer sessions, or leave these participants out.",
        )
    in_test = torch.as_tensor(is_test[session_of])
    return (
        _part(dataset, dataset.xs, dataset.ys, ~in_test, device),
        _part(dataset, dataset.xs, dataset.ys, in_test, device),
    )


def n_training_trials(n_choices: NDArray[np.int_], share: float) -> NDArray[np.int_]:
    """How many of the trials with a choice of each sequence are trained on: a share of them, rounded down.

    Parameters
    ----------
    n_choices : (n_sequences,) array of int
    share : float
        Between 0 and 1.

    Returns
    -------
    (n_sequences,) array of int
    """
    # The margin keeps 0.29 * 100 = 28.999... at 29.
    return np.asarray(np.floor(n_choices * float(share) + 1e-6), dtype=np.int_)


def positions(participants: NDArray[Any]) -> NDArray[np.int_]:
    """Position of each sequence, from 1, among those of its participant.

    Parameters
    ----------
    participants : (n_sequences,) array
        Ids.

    Returns
    -------
    (n_sequences,) array of int
    """
    order = np.argsort(participants, kind="stable")
    ranked = participants[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    within = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
    positions = np.empty_like(within)
    positions[order] = within + 1
    return positions


def _part(dataset: DatasetRNN, xs: Tensor, ys: Tensor, keep: Tensor, device: Device) -> DatasetRNN:
    """Keep some sequences, and everything else of the data set."""
    part = DatasetRNN(
        xs[keep.to(xs.device)],
        ys[keep.to(ys.device)],
        device=dataset.device if device is None else device,
        participants=dataset.participants,
        experiments=dataset.experiments,
        blocks=dataset.blocks,
        actions=dataset.actions,
        additional_inputs=dataset.additional_inputs,
        reward_range=dataset.reward_range,
    )
    part.sequence_index = tuple(np.asarray(dataset.sequence_index)[keep.cpu().numpy()].tolist())
    part.overlapping = dataset.overlapping
    return part


def _check_positions(positions: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    try:
        values = np.atleast_1d(np.asarray(positions))
    except ValueError:
        values = np.empty(0)
    if values.size == 0 or not np.issubdtype(values.dtype, np.integer) or values.min() < 1:
        raise ConfigError(
            "list_test_sessions",
            "positions counted from 1",
            positions if values.size else kind_of(positions),
            "[3, 6] holds out the third and the sixth session of each participant.",
        )
    return np.unique(values).astype(np.int64)


def _participant_ids(dataset: DatasetRNN) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Participant of each sequence, read from its first trial."""
    first = (~is_padding(dataset.xs)).int().argmax(1)
    ids: np.ndarray[Any, np.dtype[np.float32]] = (
        participants_of(dataset.xs)[torch.arange(len(dataset), device=dataset.xs.device), first].cpu().numpy()
    )
    return ids
