"""From choices and rewards of simulated sessions to the columns of a data set."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.data.dataset import DatasetRNN
from spice.data.last_axis import anywhere
from spice.data.layout import NOTHING, join_columns, next_actions, scaled, shown_rewards
from spice.data.reward_scale import reward_scale

FloatArray = NDArray[np.float64]


def mark_unknown_rewards(choices: NDArray[np.int64], rewards: FloatArray, counterfactual: bool = False) -> FloatArray:
    """Mark the rewards nobody saw as the data layout wants it.

    NaN on missed trials. On arms not chosen, -1; or NaN, if the reward of an arm not chosen is shown anywhere
    in the data.

    Parameters
    ----------
    choices : (n_sessions, n_trials) array of int
        Chosen arms, -1 where missed.
    rewards : (n_sessions, n_trials, n_actions) array of float
        As an environment gives them: NaN, and -1 on arms not chosen, where nothing was shown.
    counterfactual : bool
        Whether the environment shows all rewards, so that -1 is one.

    Returns
    -------
    (n_sessions, n_trials, n_actions) array of float
    """
    chosen = choices[..., None] == np.arange(rewards.shape[-1])
    shown = shown_rewards(rewards, chosen, counterfactual)
    hidden = anywhere(chosen)[..., None] & ~chosen & ~shown
    marked = np.where(hidden, np.nan if (shown & ~chosen).any() else NOTHING, rewards)
    return np.where(anywhere(chosen)[..., None], marked, np.nan)


def scale_rewards(choices: NDArray[np.int64], rewards: FloatArray) -> tuple[FloatArray, tuple[float, float]]:
    """Scale marked rewards linearly as `reward_scale` says, and say which rewards became 0 and 1.

    Parameters
    ----------
    choices : (n_sessions, n_trials) array of int
    rewards : (n_sessions, n_trials, n_actions) array of float
        As `mark_unknown_rewards` gives them.

    Returns
    -------
    rewards : (n_sessions, n_trials, n_actions) array of float
    reward_range : (float, float)
        In the unit of the environment.
    """
    shown = shown_rewards(rewards, choices[..., None] == np.arange(rewards.shape[-1]))
    if not shown.any():
        return rewards, (0.0, 1.0)
    reward_range = reward_scale(rewards[shown])
    return np.where(shown, scaled(rewards, reward_range), rewards), reward_range


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

    Returns
    -------
    DatasetRNN
    """
    n_sessions, _, n_actions = rewards.shape
    one_hot = (choices[..., None] == np.arange(n_actions)).astype(np.float32)
    one_hot[choices < 0] = np.nan
    values, reward_range = scale_rewards(choices, rewards)
    block_ids = np.broadcast_to(blocks, n_sessions)
    participant_ids = np.broadcast_to(participants, n_sessions)
    return DatasetRNN(
        join_columns(one_hot, values, block=block_ids[:, None], participant=participant_ids[:, None]),
        next_actions(one_hot),
        participants=_labels(participant_ids),
        experiments=(0,),
        blocks=_labels(block_ids),
        actions=tuple(range(n_actions)),
        reward_range=reward_range,
        **dataset_options,
    )


def _labels(ids: ArrayLike) -> Sequence[Hashable]:
    return tuple(range(int(np.max(ids)) + 1))
