"""Trials as the engine reads them: from the documented array layout to named, masked tensors.

A missed trial changes no state, so it is left out of the rollout: the remaining trials move up, and results
are put back into the rows of the caller. What is left at the end of a shorter sequence is padding.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.arrays import as_array
from spice.data.id_columns import check_exact, check_whole, sequence_ids
from spice.data.last_axis import anywhere, everywhere, total
from spice.data.layout import (
    Columns,
    in_full,
    is_padding,
    is_trial,
    participants_of,
    reads_minus_one,
    scaled,
    shown_rewards,
)
from spice.data.onehot import read_onehot
from spice.data.reward_scale import reward_scale
from spice.exceptions import DataError


@dataclass(frozen=True)
class Trials:
    """Sequences of trials with choices, without gaps; S sequences, T trials, A arms, K additional inputs.

    Attributes
    ----------
    actions : (T, S, A)
        One-hot; all zero in padding.
    rewards : (T, S, A)
        In [0, 1]; zero where not shown.
    shown : (T, S, A)
        1 where the reward was shown, else 0.
    additional : (T, S, K)
    blocks : (T, S)
    participants, experiments : (S,)
        Ids as they came.
    lengths : (S,)
        Trials with a choice in each sequence.
    rows : (T, S)
        Row of the caller's array that each trial came from; padding repeats the last one.
    source : (S, n_rows)
        For each of the caller's rows the trial whose state it shows: -1 before the first choice, -2 in padding.
    offered : (T, S, A) bool, optional
        Arms on offer in the choice after each trial, all of them after the last; None where all always are.
    first_offered : (S, A) bool, optional
        Arms on offer in the first choice.
    counterfactual : bool
        Whether -1 on an arm that was not chosen is a reward in such data; see `reads_minus_one`.
    """

    actions: Tensor
    rewards: Tensor
    shown: Tensor
    additional: Tensor
    blocks: Tensor
    participants: NDArray[np.int_]
    experiments: NDArray[np.int_]
    lengths: NDArray[np.int_]
    rows: NDArray[np.int_]
    source: NDArray[np.int_]
    offered: Tensor | None = None
    first_offered: NDArray[np.bool_] | None = None
    counterfactual: bool = False

    @property
    def n_actions(self) -> int:
        """Number of arms."""
        return int(self.actions.shape[-1])

    @property
    def n_trials(self) -> int:
        """Length of the longest sequence."""
        return int(self.actions.shape[0])

    @property
    def n_sequences(self) -> int:
        """Number of sequences."""
        return int(self.actions.shape[1])

    def to(self, dtype: torch.dtype, device: torch.device | None = None) -> "Trials":
        """The same trials in another precision or on another device.

        Parameters
        ----------
        dtype : torch.dtype
            Of choices, rewards and additional inputs.
        device : torch.device, optional
            None: where they are.

        Returns
        -------
        Trials
        """
        moved = {
            name: getattr(self, name).to(device=device, dtype=dtype)
            for name in ("actions", "rewards", "shown", "additional")
        }
        offered = None if self.offered is None else self.offered.to(device=device)
        return replace(self, **moved, blocks=self.blocks.to(device=device), offered=offered)

    def select(self, sequences: NDArray[np.int_]) -> "Trials":
        """Some of the sequences, cut to the longest of them.

        Parameters
        ----------
        sequences : (n,) array of int
            Their positions, in the order wanted.

        Returns
        -------
        Trials
        """
        index = torch.as_tensor(sequences, device=self.actions.device)
        end = int(self.lengths[sequences].max(initial=1))
        tensors = {
            name: getattr(self, name)[:end, index] for name in ("actions", "rewards", "shown", "additional", "blocks")
        }
        return replace(
            self,
            **tensors,
            participants=self.participants[sequences],
            experiments=self.experiments[sequences],
            lengths=self.lengths[sequences],
            rows=self.rows[:end, sequences],
            source=self.source[sequences],
            offered=None if self.offered is None else self.offered[:end, index],
            first_offered=None if self.first_offered is None else self.first_offered[sequences],
        )

    def window(self, start: int, stop: int) -> "Trials":
        """A stretch of trials of every sequence.

        Parameters
        ----------
        start, stop : int
            Its first trial, and the one after its last.

        Returns
        -------
        Trials
        """
        tensors = {
            name: getattr(self, name)[start:stop] for name in ("actions", "rewards", "shown", "additional", "blocks")
        }
        offered = None if self.offered is None else self.offered[start:stop]
        return replace(self, **tensors, rows=self.rows[start:stop], offered=offered)

    @property
    def chance_at_first(self) -> NDArray[np.float64]:
        """Probability (S, A) of each arm in the first choice, of which nothing is known."""
        if self.first_offered is None:
            return np.full((self.n_sequences, self.n_actions), 1.0 / self.n_actions)
        return np.asarray(self.first_offered / self.first_offered.sum(1, keepdims=True))

    def scatter(self, values: NDArray[np.float64], before_first: NDArray[np.float64]) -> NDArray[np.float64]:
        """Put values of trials back into the caller's rows.

        Parameters
        ----------
        values : (T, S, A)
        before_first : (S, A)
            For rows before the first choice.

        Returns
        -------
        (S, n_rows, A)
            NaN in padding.
        """
        trial = np.clip(self.source, 0, None)
        out = values[trial, np.arange(self.n_sequences)[:, None]]
        sequence, row = np.nonzero(self.source == -1)
        out[sequence, row] = before_first[sequence]
        out[self.source == -2] = np.nan
        return np.asarray(out)


def read_conditions(
    conditions: Any, n_actions: int, reward_range: tuple[float, float] | None = None, counterfactual: bool = False
) -> tuple[Trials, tuple[float, float]]:
    """Read an array in the documented layout.

    Parameters
    ----------
    conditions : (n_sequences, n_trials, n_features)
        Numpy or torch; not changed.
    n_actions : int
    reward_range : (float, float), optional
        Smallest and largest reward, mapped to 0 and 1. By default those of `reward_scale`.
    counterfactual : bool
        Whether -1 is known to be a reward on arms that were not chosen too; see `shown_rewards`.

    Returns
    -------
    (Trials, (float, float))
        The trials, and the range of rewards used.

    Raises
    ------
    DataError
        Where the shape, the one-hot actions, the rewards or the ids are not as documented.
    """
    xs = as_array("conditions", conditions)
    check_exact("conditions", conditions, n_actions)
    xs = in_full(xs, n_actions)
    columns = Columns.of(xs.shape[-1], n_actions)
    additional, participants = xs[..., columns.inputs], participants_of(xs)
    blocks, experiments = (xs[..., columns.ids[name]] for name in ("block", "experiment"))
    chosen, valid, on_offer = _read_actions(xs[..., columns.actions])
    rewards, shown, reward_range = _read_rewards(
        xs[..., columns.rewards], chosen == 1, valid, reward_range, counterfactual
    )
    if not np.isfinite(additional[valid]).all():
        where = np.argwhere(~np.isfinite(additional) & valid[..., None])[0]
        raise DataError(
            "additional inputs", "finite numbers on every trial with a choice",
            f"{additional[tuple(where)]} in sequence {where[0]}, trial {where[1]}", "Fill or drop those trials.",
        )  # fmt: skip
    check_whole("conditions", xs, columns, valid)
    # Rows after the last choice that carry ids are missed trials: their prediction is the last state's.
    order, source, lengths = _close_gaps(valid, is_padding(xs) | ~np.isfinite(participants) | ~is_trial(xs))
    sequences = np.arange(len(xs))
    first_offered, offered = None, None
    if on_offer is not None:
        in_order = on_offer[sequences, order] | (np.arange(len(order))[:, None] >= lengths[None])[..., None]
        first_offered, following = in_order[0], np.ones_like(in_order)
        following[:-1] = in_order[1:]
        offered = torch.as_tensor(following)

    def compact(values: NDArray[Any], fill: float = 0.0) -> Tensor:
        packed = values[sequences, order]
        packed[np.arange(len(order))[:, None] >= lengths[None]] = fill
        return torch.as_tensor(packed, dtype=torch.float32)

    return (
        Trials(
            actions=compact(chosen),
            rewards=compact(rewards),
            shown=compact(shown.astype(float)),
            additional=compact(np.nan_to_num(additional)),
            blocks=torch.as_tensor(np.nan_to_num(blocks)[sequences, order]).long(),
            participants=sequence_ids("participant", participants, valid),
            experiments=sequence_ids("experiment", experiments, valid),
            lengths=lengths,
            rows=order,
            source=source,
            offered=offered,
            first_offered=first_offered,
            counterfactual=counterfactual or reads_minus_one(shown, chosen == 1, reward_range),
        ),
        reward_range,
    )


def _read_actions(
    actions: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_] | None]:
    # All-zero rows are how some scripts write a missed trial.
    actions = np.where(everywhere(actions == 0)[..., None], np.nan, actions)
    chosen, valid, on_offer = read_onehot(
        "actions in conditions", actions,
        "one-hot rows (-1: not on offer), or all NaN (or -1) where no choice was made",
    )  # fmt: skip
    if not valid.any():
        raise DataError("conditions", "at least one choice", "none", "Check the columns of the array.")
    return chosen, valid, on_offer


def _read_rewards(
    rewards: NDArray[Any],
    chosen: NDArray[np.bool_],
    valid: NDArray[np.bool_],
    reward_range: tuple[float, float] | None,
    counterfactual: bool,
) -> tuple[NDArray[Any], NDArray[np.bool_], tuple[float, float]]:
    shown = shown_rewards(rewards, chosen, counterfactual or None)
    bad = valid & (~np.isfinite(total(np.where(chosen, rewards, 0.0))) | anywhere(np.isinf(rewards)))
    if bad.any():
        sequence, trial = np.argwhere(bad)[0]
        raise DataError(
            "rewards in conditions", "a finite reward of the chosen arm on every trial with a choice",
            f"{rewards[sequence, trial].tolist()} in sequence {sequence}, trial {trial}",
            "Fill in the reward, or mark the trial as missed by an action row of NaN.",
        )  # fmt: skip
    if reward_range is None:
        reward_range = reward_scale(rewards[shown])
    return np.where(shown, scaled(rewards, reward_range), 0.0), shown, reward_range


def _close_gaps(
    valid: NDArray[np.bool_], padding: NDArray[np.bool_]
) -> tuple[NDArray[np.int_], NDArray[np.int_], NDArray[np.int_]]:
    lengths = valid.sum(1)
    n_trials = int(lengths.max())
    order = np.argsort(~valid, axis=1, kind="stable")[:, :n_trials]
    order = np.take_along_axis(order, np.minimum(np.arange(n_trials), np.maximum(lengths - 1, 0)[:, None]), axis=1)
    source = np.cumsum(valid, axis=1) - 1
    source[padding & ~valid] = -2
    return order.T, source, lengths
