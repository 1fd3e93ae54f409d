"""From choices and rewards of simulated sessions to the columns of a data set."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.data.dataset import DatasetRNN
from spice.data.reward_scale import reward_scale

FloatArray = NDArray[np.float64]


def mark_unknown_rewards(choices: NDArray[np.int64], rewards: FloatArray) -> FloatArray:
    """Mark the rewards nobody saw as the data layout wants it.

    NaN on missed trials. On arms not chosen, -1; or NaN, if the reward of an arm not chosen is shown anywhere
    in the data.

    Parameters
    ----------
    choices : (n_sessions, n_trials) array of int
        Chosen arms, -1 where missed.
    rewards : (n_sessions, n_trials, n_actions) array of float
        Rewards, with -1 or NaN on arms not chosen whose reward was not shown.
    """
    missed = choices[..., None] < 0
    not_chosen = (choices[..., None] != np.arange(rewards.shape[-1])) & ~missed
    hidden = not_chosen & (np.isnan(rewards) | (rewards == -1.0))
    counterfactual = bool(np.any(not_chosen & ~hidden))
    marked = np.where(hidden, np.nan if counterfactual else -1.0, rewards)
    return np.where(missed, np.nan, marked)


def scale_rewards(choices: NDArray[np.int64], rewards: FloatArray) -> tuple[FloatArray, tuple[float, float]]:
    """Scale marked rewards linearly as `reward_scale` says, and say which rewards became 0 and 1."""
    chosen = choices[..., None] == np.arange(rewards.shape[-1])
    observed = ~np.isnan(rewards) & (chosen | (rewards != -1.0))
    if not observed.any():
        return rewards, (0.0, 1.0)
    low, high = reward_scale(rewards[observed])
    return np.where(observed, (rewards - low) / (high - low), rewards), (low, high)


def build_dataset(
    choices: NDArray[np.int64],
    rewards: FloatArray,
    participants: ArrayLike,
    blocks: ArrayLike = 0,
    **dataset_options: Any,
) -> DatasetRNN:
    """Build the data set of simulated sessions, all of the same length and of one experiment.

    Parameters
    ----------
    choices : (n_sessions, n_trials) array of int
        Chosen arms, -1 where missed.
    rewards : (n_sessions, n_trials, n_actions) array of float
        Marked rewards, see `mark_unknown_rewards`.
    participants, blocks : int or (n_sessions,) array of int
        Ids of each session, from 0.
    **dataset_options
        Passed on to `DatasetRNN`.
    """
    n_sessions, n_trials, n_actions = rewards.shape
    one_hot = (choices[..., None] == np.arange(n_actions)).astype(np.float32)
    one_hot[choices < 0] = np.nan
    scaled, reward_range = scale_rewards(choices, rewards)
    block_ids = np.broadcast_to(blocks, n_sessions)
    participant_ids = np.broadcast_to(participants, n_sessions)
    ids = np.stack([block_ids, np.zeros(n_sessions), participant_ids], axis=-1)
    columns = one_hot, scaled, np.broadcast_to(ids[:, None], (n_sessions, n_trials, 3))
    nothing_follows = np.full((n_sessions, 1, n_actions), np.nan, dtype=np.float32)
    return DatasetRNN(
        np.concatenate(columns, axis=-1, dtype=np.float32),
        np.concatenate([one_hot[:, 1:], nothing_follows], axis=1),
        participants=_labels(participant_ids),
        experiments=(0,),
        blocks=_labels(block_ids),
        actions=tuple(range(n_actions)),
        reward_range=reward_range,
        **dataset_options,
    )


def _labels(ids: ArrayLike) -> Sequence[Hashable]:
    return tuple(range(int(np.max(ids)) + 1))
