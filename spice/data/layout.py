"""The layout of the arrays: what each column holds, what -1 means, how rewards are scaled.

``[one-hot action (A) | reward per arm (A) | additional inputs | block | experiment | participant]``, or the short
layout ``[one-hot action (A) | reward per arm (A) | participant]``, with a trial in each row. NaN is nothing, and so is
-1 where it can be no value: in an action it is an arm that was not on offer, in all of a row it is padding, and as the
reward of an arm that was not chosen it was not shown, in data in which no such reward ever is.

Functions take NumPy arrays and torch tensors alike, with any leading axes, and give the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spice.data.last_axis import anywhere, everywhere
from spice.exceptions import DataError

NOTHING = -1
"""What stands, as NaN does, where there is no value."""
ID_COLUMNS = ("block", "experiment", "participant")
"""The last columns, in that order."""
Range = tuple[float, float]


@dataclass(frozen=True)
class Columns:
    """Where things are in a row.

    Parameters
    ----------
    n_actions : int
        Arms.
    n_inputs : int
        Additional inputs.
    is_short : bool
        Whether participants are the only ids.
    """

    n_actions: int
    n_inputs: int = 0
    is_short: bool = False

    @classmethod
    def of(cls, n_features: int, n_actions: int, argument: str = "conditions") -> Columns:
        """The columns of rows with that many features.

        Parameters
        ----------
        n_features, n_actions : int
        argument : str
            What an error calls the array.

        Returns
        -------
        Columns

        Raises
        ------
        DataError
            Too few features for that many arms.
        """
        if n_features == 2 * n_actions + 1:
            return cls(n_actions, is_short=True)
        n_inputs = n_features - 2 * n_actions - len(ID_COLUMNS)
        if n_inputs < 0:
            raise DataError(
                argument,
                f"{2 * n_actions + len(ID_COLUMNS)} features or more ([action {n_actions} | reward {n_actions} | "
                f"additional inputs | block | experiment | participant]), or {2 * n_actions + 1} in the short layout",
                f"{n_features}",
                "Check n_actions, or build the array with convert_dataset or create_dataset.",
            )
        return cls(n_actions, n_inputs)

    @property
    def actions(self) -> slice:
        """One-hot actions."""
        return slice(0, self.n_actions)

    @property
    def rewards(self) -> slice:
        """Rewards, one an arm."""
        return slice(self.n_actions, 2 * self.n_actions)

    @property
    def inputs(self) -> slice:
        """Additional inputs."""
        return slice(2 * self.n_actions, 2 * self.n_actions + self.n_inputs)

    @property
    def ids(self) -> dict[str, int]:
        """Column of each id that there is, counted from the end."""
        names = ID_COLUMNS[-1:] if self.is_short else ID_COLUMNS
        return {name: ID_COLUMNS.index(name) - len(ID_COLUMNS) for name in names}


def participants_of(xs: Any) -> Any:
    """Participant ids of rows.

    Parameters
    ----------
    xs : (…, F) array or Tensor

    Returns
    -------
    (…) array or Tensor
        NaN or -1 in padding.
    """
    return xs[..., -1]


def in_full(xs: Any, n_actions: int, argument: str = "conditions") -> Any:
    """Fill up rows of the short layout with a block and an experiment, 0.

    Parameters
    ----------
    xs : (…, F) array or Tensor
    n_actions : int
    argument : str
        What an error calls the array.

    Returns
    -------
    (…, 2 A + 3) array or Tensor
        The rows themselves where they have all ids.

    Raises
    ------
    DataError
        Too few features for that many arms.
    """
    if not Columns.of(xs.shape[-1], n_actions, argument).is_short:
        return xs
    others, people = xs[..., :-1], xs[..., -1:]
    parts = others, 0 * people, 0 * people, people
    return torch.cat(parts, dim=-1) if isinstance(xs, Tensor) else np.concatenate(parts, axis=-1)


def join_columns(
    actions: Any, rewards: Any, inputs: Any = None, *, block: Any = 0, experiment: Any = 0, participant: Any = 0
) -> Any:
    """Make rows of their parts.

    Parameters
    ----------
    actions, rewards : (…, A)
    inputs : (…, K), optional
    block, experiment, participant : number or array
        That broadcasts to the leading axes of the actions.

    Returns
    -------
    (…, 2 A + K + 3) array or Tensor
    """
    given = [actions, rewards] if inputs is None else [actions, rewards, inputs]
    shape = actions.shape[:-1]
    ids = block, experiment, participant
    if isinstance(actions, Tensor):
        return torch.cat([*given, *(torch.as_tensor(i).to(actions).expand(shape)[..., None] for i in ids)], dim=-1)
    return np.concatenate([*given, *(np.broadcast_to(i, shape)[..., None] for i in ids)], axis=-1)


def next_actions(actions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The targets: the action of the next row.

    Parameters
    ----------
    actions : (S, T, A)

    Returns
    -------
    (S, T, A)
        NaN after the last row.
    """
    targets = np.full(actions.shape, np.nan, dtype=actions.dtype)
    targets[:, :-1] = actions[:, 1:]
    return targets


# What is there -------------------------------------------------------------------------------------------------


def is_nan(values: Any) -> Any:
    """Where arrays or tensors are NaN."""
    return torch.isnan(values) if isinstance(values, Tensor) else np.isnan(values)


def is_padding(rows: Any) -> Any:
    """Whether rows are no trial.

    Parameters
    ----------
    rows : (…, F) array or Tensor

    Returns
    -------
    (…) array or Tensor of bool
        Rows in which all is NaN, or all is -1.
    """
    return everywhere(is_nan(rows)) | everywhere(rows == NOTHING)


def is_trial(xs: Any) -> Any:
    """Whether rows have a participant, with a choice or without.

    Parameters
    ----------
    xs : (…, F) array or Tensor

    Returns
    -------
    (…) array or Tensor of bool
    """
    return participants_of(xs) >= 0


def chosen_arms(actions: Any) -> Any:
    """Which arm was chosen.

    Parameters
    ----------
    actions : (…, A) array or Tensor
        One-hot; NaN, or -1 on arms that were not on offer.

    Returns
    -------
    (…, A) array or Tensor of bool
        True nowhere where a trial was missed.
    """
    return actions > 0


def is_choice(xs: Any, n_actions: int) -> Any:
    """Whether rows have a choice.

    Parameters
    ----------
    xs : (…, F) array or Tensor
    n_actions : int

    Returns
    -------
    (…) array or Tensor of bool
    """
    return anywhere(chosen_arms(xs[..., Columns(n_actions).actions]))


def shown_rewards(rewards: Any, chosen: Any, counterfactual: bool | None = None) -> Any:
    """Rewards (…, A) that people saw: the one rule for -1.

    NaN was not shown, nor was anything on a trial without a choice. -1 is a reward like others, but on an arm that was
    not chosen where no arm that was not chosen has any other reward.

    Parameters
    ----------
    rewards : (…, A)
    chosen : (…, A) of bool
        See `chosen_arms`.
    counterfactual : bool, optional
        Whether -1 is a reward on arms that were not chosen too, where that is known; None: all of these rows decide.

    Returns
    -------
    (…, A) of bool
    """
    known = ~is_nan(rewards) & anywhere(chosen)[..., None]
    other = known & ~chosen & (rewards != NOTHING)
    if counterfactual is None:
        counterfactual = bool(other.any())
    return known if counterfactual else (known & chosen) | other


def reads_minus_one(shown: Any, chosen: Any, reward_range: Range) -> bool:
    """Whether -1 on an arm that was not chosen is a reward to whom these were shown.

    So it is where rewards of arms that were not chosen are shown, and some are as low.

    Parameters
    ----------
    shown, chosen : (…, A) of bool
    reward_range : (float, float)

    Returns
    -------
    bool
    """
    return reward_range[0] <= NOTHING and bool((shown & ~chosen).any())


def shows_other_outcomes(xs: Any, n_actions: int) -> bool:
    """Whether people saw rewards of arms that they did not choose.

    Parameters
    ----------
    xs : (…, F) array or Tensor
    n_actions : int

    Returns
    -------
    bool
    """
    columns = Columns.of(xs.shape[-1], n_actions)
    chosen = chosen_arms(xs[..., columns.actions])
    return bool((shown_rewards(xs[..., columns.rewards], chosen) & ~chosen).any())


# Rewards --------------------------------------------------------------------------------------------------------


def scaled(rewards: Any, reward_range: tuple[Any, Any]) -> Any:
    """Scale rewards such that the range is 0 to 1.

    Parameters
    ----------
    rewards : array or Tensor
    reward_range : (float, float)

    Returns
    -------
    array or Tensor
    """
    low, high = reward_range
    return (rewards - low) / (high - low)


def in_unit(values: Any, reward_range: Range) -> Any:
    """The rewards that were scaled to these values.

    Parameters
    ----------
    values : array or Tensor
        Scaled rewards.
    reward_range : (float, float)

    Returns
    -------
    array or Tensor
        In the unit of the range.
    """
    low, high = reward_range
    return low + values * (high - low)
