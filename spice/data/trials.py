"""Trials as the engine reads them: from the documented array layout to named, masked tensors.

A missed trial changes no state, so it is left out of the rollout: the remaining trials move up, and results
are put back into the rows of the caller. What is left at the end of a shorter sequence is padding.
"""

from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice._validation import check_real_and_dense
from spice.data.reward_scale import reward_scale
from spice.exceptions import DataError

N_IDS = 3  # block, experiment, participant


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
        """The same trials in another precision or on another device."""
        moved = {
            name: getattr(self, name).to(device=device, dtype=dtype)
            for name in ("actions", "rewards", "shown", "additional")
        }
        offered = None if self.offered is None else self.offered.to(device=device)
        return replace(self, **moved, blocks=self.blocks.to(device=device), offered=offered)

    def select(self, sequences: NDArray[np.int_]) -> "Trials":
        """Some of the sequences, cut to the longest of them."""
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
        """Trials `start` to `stop` of every sequence."""
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
        """Put values of trials (T, S, A) back into the caller's rows (S, n_rows, A); NaN in padding.

        Rows before the first choice get those of `before_first` (S, A).
        """
        trial = np.clip(self.source, 0, None)
        out = values[trial, np.arange(self.n_sequences)[:, None]]
        sequence, row = np.nonzero(self.source == -1)
        out[sequence, row] = before_first[sequence]
        out[self.source == -2] = np.nan
        return np.asarray(out)


def n_additional(n_features: int, n_actions: int) -> int:
    """Number of additional inputs in a row of that many features (the short layout has none)."""
    if n_features == 2 * n_actions + 1:
        return 0
    extra = n_features - 2 * n_actions - N_IDS
    if extra < 0:
        raise DataError(
            "conditions",
            f"{2 * n_actions + N_IDS} features or more ([action {n_actions} | reward {n_actions} | additional "
            f"inputs | block | experiment | participant]), or {2 * n_actions + 1} in the short layout",
            f"{n_features}",
            "Check n_actions, or build the array with convert_dataset or create_dataset.",
        )
    return extra


def as_array(argument: str, values: Any) -> NDArray[np.float64]:
    """A caller's numpy array or torch tensor as (n_sequences, n_trials, n) float64, never a view of theirs."""
    check_real_and_dense(argument, values)
    if isinstance(values, Tensor):
        values = values.detach().cpu().numpy()
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(argument, "an array of numbers", type(values).__name__, "Pass dataset.xs or .ys.") from error
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or 0 in array.shape:
        raise DataError(
            argument,
            "a non-empty array (n_sequences, n_trials, n_features)",
            f"shape {array.shape}",
            "Reshape it.",
        )
    return array


def read_conditions(
    conditions: Any, n_actions: int, reward_range: tuple[float, float] | None = None
) -> tuple[Trials, tuple[float, float]]:
    """Read an array in the documented layout.

    Parameters
    ----------
    conditions : (n_sequences, n_trials, n_features)
        Numpy or torch; not changed.
    n_actions : int
    reward_range : (float, float), optional
        Smallest and largest reward, mapped to 0 and 1. By default those of `reward_scale`.

    Returns
    -------
    (Trials, (float, float))
        The trials, and the range of rewards used.

    Raises
    ------
    DataError
        Where the shape, the one-hot actions or the rewards are not as documented.
    """
    xs = as_array("conditions", conditions)
    if xs.shape[-1] == 2 * n_actions + 1:
        ids = np.where(np.isnan(xs[..., -1:]), np.nan, 0.0)
        xs = np.concatenate([xs[..., :-1], ids, ids, xs[..., -1:]], axis=-1)
    extra = n_additional(xs.shape[-1], n_actions)
    additional, blocks, experiments, participants = (
        xs[..., 2 * n_actions : 2 * n_actions + extra],
        *(xs[..., -k] for k in (3, 2, 1)),
    )
    chosen, valid, on_offer = _read_actions(xs[..., :n_actions])
    rewards, shown, reward_range = _read_rewards(xs[..., n_actions : 2 * n_actions], chosen, valid, reward_range)
    if not np.isfinite(additional[valid]).all():
        where = np.argwhere(~np.isfinite(additional) & valid[..., None])[0]
        raise DataError(
            "additional inputs", "finite numbers on every trial with a choice",
            f"{additional[tuple(where)]} in sequence {where[0]}, trial {where[1]}", "Fill or drop those trials.",
        )  # fmt: skip
    padding = _everywhere(np.isnan(xs)) | _everywhere(xs == -1)
    # Rows after the last choice that carry ids are missed trials: their prediction is the last state's.
    order, source, lengths = _close_gaps(valid, padding | ~np.isfinite(participants) | (participants < 0))
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
            participants=_sequence_ids("participant", participants, valid),
            experiments=_sequence_ids("experiment", experiments, valid),
            lengths=lengths,
            rows=order,
            source=source,
            offered=offered,
            first_offered=first_offered,
        ),
        reward_range,
    )


def read_targets(
    argument: str, targets: Any, conditions_shape: tuple[int, ...], trials: Trials
) -> tuple[Tensor, Trials]:
    """The choice that follows each trial, one-hot (T, S, A), and the trials with the arms on offer in it.

    All zero where it is not scored, as where a single arm was on offer. Where trials were missed in between, the
    choice after them belongs to the last trial before.
    """
    ys = as_array(argument, targets)
    expected = (*conditions_shape[:2], trials.n_actions)
    if ys.shape != expected:
        raise DataError(
            argument, f"shape {expected} (as the conditions, one column per arm)", f"shape {ys.shape}",
            "Pass the xs and ys of one data set.",
        )  # fmt: skip
    onehot, valid, on_offer = _read_onehot(
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
        # Also after the last trial of a stretch, where the conditions know nothing of it.
        known = on_offer[sequences, rows] | ~scored[..., None]
        scored &= _total(known.astype(int)) > 1
        trials = replace(trials, offered=torch.as_tensor(known))
    return torch.as_tensor(onehot[sequences, rows] * scored[..., None], dtype=torch.float32), trials


def _everywhere(condition: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`condition.all(-1)`, which numpy is slow at where the last axis is short; likewise the next two."""
    return reduce(np.logical_and, np.moveaxis(condition, -1, 0))


def _anywhere(condition: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`condition.any(-1)`."""
    return reduce(np.logical_or, np.moveaxis(condition, -1, 0))


def _total(values: NDArray[Any]) -> NDArray[Any]:
    """`values.sum(-1)`."""
    return reduce(np.add, np.moveaxis(values, -1, 0))


def _read_onehot(
    argument: str, values: NDArray[Any], expected: str
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_] | None]:
    """One-hot rows, where there are any, and the arms on offer there; None where all always are."""
    absent = values == -1
    valid = ~(_everywhere(np.isnan(values)) | _everywhere(absent))
    not_offered = absent & valid[..., None]
    values = np.where(not_offered, 0.0, values)
    one = _total(values) == 1
    wrong = valid & ~(_everywhere((values == 0) | (values == 1)) & one)
    if wrong.any():
        sequence, trial = np.argwhere(wrong)[0]
        raise DataError(
            argument, expected, f"{values[sequence, trial].tolist()} in sequence {sequence}, trial {trial}",
            "Encode a choice of arm k as 1 in column k, 0 in those that were on offer too, and -1 elsewhere.",
        )  # fmt: skip
    return np.where(valid[..., None], values, 0.0), valid, ~not_offered if not_offered.any() else None


def _read_actions(
    actions: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_] | None]:
    # All-zero rows are how some scripts write a missed trial.
    actions = np.where(_everywhere(actions == 0)[..., None], np.nan, actions)
    chosen, valid, on_offer = _read_onehot(
        "actions in conditions", actions,
        "one-hot rows (-1: not on offer), or all NaN (or -1) where no choice was made",
    )  # fmt: skip
    if not valid.any():
        raise DataError("conditions", "at least one choice", "none", "Check the columns of the array.")
    return chosen, valid, on_offer


def _read_rewards(
    rewards: NDArray[Any],
    chosen: NDArray[Any],
    valid: NDArray[np.bool_],
    reward_range: tuple[float, float] | None,
) -> tuple[NDArray[Any], NDArray[np.bool_], tuple[float, float]]:
    own = chosen == 1
    shown = ~np.isnan(rewards) & valid[..., None]
    counterfactual = (shown & ~own & (rewards != -1)).any()
    if not counterfactual:
        shown &= own
    bad = valid & (~np.isfinite(_total(np.where(own, rewards, 0.0))) | _anywhere(np.isinf(rewards)))
    if bad.any():
        sequence, trial = np.argwhere(bad)[0]
        raise DataError(
            "rewards in conditions", "a finite reward of the chosen arm on every trial with a choice",
            f"{rewards[sequence, trial].tolist()} in sequence {sequence}, trial {trial}",
            "Fill in the reward, or mark the trial as missed by an action row of NaN.",
        )  # fmt: skip
    if reward_range is None:
        reward_range = reward_scale(rewards[shown])
    low, high = reward_range
    return np.where(shown, (rewards - low) / (high - low), 0.0), shown, reward_range


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


def _sequence_ids(name: str, ids: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.int_]:
    known = ids[np.isfinite(ids) & (ids >= 0)]
    first = ids[np.arange(len(ids)), valid.argmax(1)]
    # A sequence without any choice may have no id either; nothing of it is ever used.
    first = np.where(valid.any(1), first, known[0] if len(known) else 0.0)
    mixed = (np.where(valid, ids, first[:, None]) != first[:, None]).any(1) & ~np.isnan(first)
    if mixed.any():
        raise DataError(
            f"{name} ids in conditions", "one id per sequence", f"several in sequence {int(mixed.argmax())}",
            "Give each participant and experiment a sequence of its own.",
        )  # fmt: skip
    if not np.isfinite(first).all() or (first != np.floor(first)).any():
        raise DataError(
            f"{name} ids in conditions", "whole numbers", f"{first[~(first == np.floor(first))][:3].tolist()}",
            "Number the labels from 0 (convert_dataset does).",
        )  # fmt: skip
    return np.asarray(first.astype(int))
