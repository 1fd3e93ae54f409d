"""What the mechanisms of a declaration read from trials; it is known before anything is run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.data.onehot import arm_numbers
from spice.data.trials import Trials
from spice.declaration.mechanisms import ACTION, ALL, CHOSEN, NOT_CHOSEN, POSITION, REWARD, Mechanism, State


@dataclass(frozen=True)
class Signals:
    """T trials of S sequences with A arms, as D inputs and M mechanisms see them.

    Attributes
    ----------
    inputs : (T, S, A, D)
        One column for each signal and arm that inputs name; see `signal_columns`.
    masks : (T, S, A, M) bool
        Arms that each mechanism updates; none in padding.
    actions : (T, S, A)
        One-hot; all zero in padding.
    chosen : (T, S) int16
        The same by number, -1 in padding.
    starts : (T, S) bool
        Trials at which a block starts inside a sequence.
    following : (T, S) int16
        The choice that follows and is scored, -1 for none.
    offered : (T, S, A) bool, or (0, S, A)
        Arms on offer in it; none are told apart where all always are.
    scored : bool
        Whether choices to score were given.
    """

    inputs: Tensor
    masks: Tensor
    actions: Tensor
    chosen: Tensor
    starts: Tensor
    following: Tensor
    offered: Tensor
    scored: bool = False

    @property
    def n_trials(self) -> int:
        """Number of trials, T."""
        return len(self.actions)

    @cached_property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """What kernels read: inputs, masks, chosen, starts, following, offered, and which sequences to run: all."""
        tensors = (self.inputs.double(), self.masks, self.chosen, self.starts, self.following, self.offered)
        return *(values.contiguous().numpy() for values in tensors), np.arange(self.actions.shape[1])

    def select(self, sequences: NDArray[np.int_], n_trials: int) -> "Signals":
        """The first trials of some sequences.

        Parameters
        ----------
        sequences : (n,) array of int
            Their positions, in the order wanted.
        n_trials : int
            How many trials to keep of each.

        Returns
        -------
        Signals
        """
        index = torch.as_tensor(sequences)
        return self._map(lambda values: values[:n_trials, index])

    def window(self, start: int, stop: int) -> "Signals":
        """A stretch of trials of every sequence.

        Parameters
        ----------
        start, stop : int
            Its first trial, and the one after its last.

        Returns
        -------
        Signals
        """
        return self._map(lambda values: values[start:stop])

    def _map(self, part: Any) -> "Signals":
        tensors = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "scored"}
        return replace(self, **{name: part(values) for name, values in tensors.items()})


def signal_columns(mechanisms: Sequence[Mechanism], states: Mapping[str, State]) -> dict[tuple[str, str], int]:
    """Column of each (signal, arm) among the inputs that come from data."""
    columns: dict[tuple[str, str], int] = {}
    for mechanism in mechanisms:
        for entry in mechanism.entries:
            if entry.signal not in states:
                columns.setdefault((entry.signal, entry.arm), len(columns))
    return columns


def read_signals(
    mechanisms: Sequence[Mechanism],
    states: Mapping[str, State],
    trials: Trials,
    additional_inputs: Sequence[str] = (),
    targets: Tensor | None = None,
    previous_blocks: Tensor | None = None,
) -> Signals:
    """Read what mechanisms need.

    Parameters
    ----------
    mechanisms, states
        The declaration.
    trials : Trials
    additional_inputs : sequence of str
        Names of the columns of `trials.additional`, in order.
    targets : (T, S, A), optional
        Choices to score, one-hot.
    previous_blocks : (S,), optional
        Blocks of the trial before the first.

    Returns
    -------
    Signals
    """
    named = {ACTION: trials.actions, REWARD: trials.rewards, POSITION: positions(trials.actions)}
    named |= {
        name: trials.additional[..., k : k + 1].expand_as(trials.actions) for k, name in enumerate(additional_inputs)
    }
    inputs = [
        read_arm(arm, named[signal], trials.actions, trials.shown if signal == REWARD else None)
        for signal, arm in signal_columns(mechanisms, states)
    ]
    masks = torch.stack([_applies(mechanism, named, trials.shown) for mechanism in mechanisms], -1)
    blocks, actions = trials.blocks, trials.actions
    first = torch.zeros_like(blocks[:1], dtype=torch.bool) if previous_blocks is None else blocks[:1] != previous_blocks
    return Signals(
        inputs=torch.stack(inputs, -1) if inputs else actions.new_zeros((*actions.shape, 0)),
        masks=masks,
        actions=actions,
        chosen=arm_numbers(actions),
        starts=torch.cat([first, blocks[1:] != blocks[:-1]]),
        following=torch.full_like(blocks, -1, dtype=torch.int16) if targets is None else arm_numbers(targets),
        offered=actions.new_zeros((0, *actions.shape[1:])).bool() if trials.offered is None else trials.offered,
        scored=targets is not None,
    )


def positions(actions: Tensor) -> Tensor:
    """Where each arm stands, from -1/2 for the first to 1/2 for the last.

    Parameters
    ----------
    actions : (..., A)
        Of any values.

    Returns
    -------
    (..., A)
    """
    return torch.linspace(-0.5, 0.5, actions.shape[-1]).to(actions).expand_as(actions)


def read_arm(arm: str, values: Tensor, actions: Tensor, shown: Tensor | None = None) -> Tensor:
    """Values per arm (..., S, A) as the update of each arm sees them: its own, the chosen arm's, or a mean.

    `shown` weighs rewards: what was not shown is in no mean.
    """
    if arm == "own":
        return values
    if arm == "chosen":
        return (values * actions).sum(-1, keepdim=True).expand_as(values)
    weights = torch.ones_like(values) if shown is None else shown.expand_as(values)
    total, count = (values * weights).sum(-1, keepdim=True), weights.sum(-1, keepdim=True)
    if arm == "other":
        total, count = total - values * weights, count - weights
    return (total / count.clamp(min=1)).expand_as(values)


def _applies(mechanism: Mechanism, named: Mapping[str, Tensor], shown: Tensor) -> Tensor:
    """Arms that a mechanism updates: where its signal says so, and every reward it reads was shown."""
    actions = named[ACTION]
    in_sequence = actions.sum(-1, keepdim=True) > 0
    if mechanism.applies_to == CHOSEN:
        mask = actions > 0
    elif mechanism.applies_to == NOT_CHOSEN:
        mask = (actions == 0) & in_sequence
    elif mechanism.applies_to == ALL:
        mask = in_sequence.expand_as(actions)
    else:
        mask = (named[mechanism.applies_to] != 0) & in_sequence
    for entry in mechanism.entries:
        if entry.signal == REWARD:
            mask = mask & (read_arm(entry.arm, shown, actions, shown) > 0)
    return mask
