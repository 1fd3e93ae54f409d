"""The reference rollout: run declared mechanisms over trials, in plain torch.

At run time a mechanism is a *form*: a network or a polynomial. Both are prepared once for a window of trials,
where everything that depends on data alone is computed for all trials at once, and then stepped through time.

Axes: T trials, S sequences, A arms, and optionally an ensemble axis E in front of S, carried by the initial
state and the forms; data have none and broadcast.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from spice.resources.mechanisms import ACTION, ALL, CHOSEN, NOT_CHOSEN, REWARD, Input, Mechanism, State
from spice.resources.trials import Trials

StepFunction = Callable[[int, Tensor, Sequence[Tensor | None]], Tensor]
"""(trial, value, state inputs) -> next value, all ([E,] S, A); inputs from data are None."""


class Form(Protocol):
    """A mechanism at run time."""

    def prepare(self, data: Sequence[Tensor | None]) -> StepFunction:
        """Fold in the inputs known beforehand, each (T, S, A); None marks an input read from a state."""


@dataclass
class Recording:
    """What went into a mechanism and came out; one tensor (T, [E,] S, A) each, inputs (T, [E,] S, A, n)."""

    values: list[Tensor] = field(default_factory=list)
    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    masks: list[Tensor] = field(default_factory=list)


@dataclass(frozen=True)
class Rollout:
    """Result of a rollout: each state after each trial (T, [E,] S, A), and the last one, ready to go on."""

    states: dict[str, Tensor]
    last: dict[str, Tensor]


def rollout(
    mechanisms: Sequence[Mechanism],
    forms: Mapping[str, Form],
    states: Mapping[str, State],
    trials: Trials,
    initial: Mapping[str, Tensor],
    start: Mapping[str, Tensor] | None = None,
    additional_inputs: Sequence[str] = (),
    previous_blocks: Tensor | None = None,
    recordings: Mapping[str, Recording] | None = None,
) -> Rollout:
    """Run all mechanisms, in the order declared, over all trials.

    Parameters
    ----------
    mechanisms, states
        The declaration.
    forms : mapping of mechanism to Form
    trials : Trials
        T trials of S sequences.
    initial : mapping of state to ([E,] S, A)
        Values at the start of a sequence or block.
    start : mapping of state to ([E,] S, A), optional
        Values to go on from, where the trials continue an earlier window.
    additional_inputs : sequence of str
        Names of `trials.additional`, in order.
    previous_blocks : (S,), optional
        Blocks of the last trial before this window.
    recordings : mapping of mechanism to Recording, optional
        Filled with what each mechanism saw and did.
    """
    signals = {ACTION: trials.actions, REWARD: trials.rewards}
    signals |= {
        name: trials.additional[..., k : k + 1].expand_as(trials.actions) for k, name in enumerate(additional_inputs)
    }
    prepared = [_prepare(m, forms[m.name], signals, trials.shown) for m in mechanisms]
    resets = _block_changes(trials.blocks, previous_blocks)
    current = dict(initial if start is None else start)
    history: dict[str, list[Tensor]] = {name: [] for name in states}

    for t in range(trials.n_trials):
        if resets is not None:
            for name, state in states.items():
                if state.resets == "block":
                    current[name] = torch.where(resets[t], initial[name], current[name])
        before = dict(current)
        for mechanism, (step, mask) in zip(mechanisms, prepared, strict=True):
            value = current[mechanism.state]
            inputs = [
                read_arm(entry, (before if entry.when == "before" else current)[entry.signal], trials.actions[t])
                if entry.signal in states
                else None
                for entry in mechanism.entries
            ]
            updated = step(t, value, inputs)
            if mechanism.bounds is not None:
                updated = updated.clamp(*mechanism.bounds)
            if recordings is not None and mechanism.name in recordings:
                _record(recordings[mechanism.name], mechanism, signals, trials, t, value, inputs, updated, mask[t])
            rest = value if mechanism.others == "keep" else torch.zeros_like(value)
            current[mechanism.state] = torch.where(mask[t], updated, rest)
        for name in states:
            history[name].append(current[name])
    return Rollout({name: stack_broadcast(h) for name, h in history.items()}, current)


def stack_broadcast(tensors: Sequence[Tensor]) -> Tensor:
    """Stack tensors of shapes that broadcast; a state has no ensemble axis before its first update."""
    return torch.stack(torch.broadcast_tensors(*tensors))  # type: ignore[no-untyped-call]


def read_arm(entry: Input, values: Tensor, actions: Tensor, shown: Tensor | None = None) -> Tensor:
    """The arm of an input: (..., S, A) values per arm to what each arm's update sees.

    `shown` weighs rewards: what was not shown is in no mean.
    """
    if entry.arm == "own":
        return values
    if entry.arm == "chosen":
        return (values * actions).sum(-1, keepdim=True).expand_as(values)
    weights = torch.ones_like(values) if shown is None else shown.expand_as(values)
    total, count = (values * weights).sum(-1, keepdim=True), weights.sum(-1, keepdim=True)
    if entry.arm == "other":
        total, count = total - values * weights, count - weights
    return (total / count.clamp(min=1)).expand_as(values)


def _prepare(
    mechanism: Mechanism, form: Form, signals: Mapping[str, Tensor], shown: Tensor
) -> tuple[StepFunction, Tensor]:
    data: list[Tensor | None] = []
    mask = _applies(mechanism, signals)
    for entry in mechanism.entries:
        if entry.signal not in signals:
            data.append(None)
            continue
        is_reward = entry.signal == REWARD
        data.append(read_arm(entry, signals[entry.signal], signals[ACTION], shown if is_reward else None))
        if is_reward:
            # A reward that was not shown enters nothing: that arm is not updated.
            mask = mask & (read_arm(entry, shown, signals[ACTION], shown) > 0)
    return form.prepare(data), mask


def _applies(mechanism: Mechanism, signals: Mapping[str, Tensor]) -> Tensor:
    action = signals[ACTION]
    in_sequence = action.sum(-1, keepdim=True) > 0
    if mechanism.applies_to == CHOSEN:
        return action > 0
    if mechanism.applies_to == NOT_CHOSEN:
        return (action == 0) & in_sequence
    if mechanism.applies_to == ALL:
        return in_sequence.expand_as(action)
    return (signals[mechanism.applies_to] != 0) & in_sequence


def _block_changes(blocks: Tensor, previous: Tensor | None) -> Tensor | None:
    first = torch.zeros_like(blocks[:1], dtype=torch.bool) if previous is None else blocks[:1] != previous
    changes = torch.cat([first, blocks[1:] != blocks[:-1]])
    return changes[..., None] if bool(changes.any()) else None


def _record(
    recording: Recording, mechanism: Mechanism, signals: Mapping[str, Tensor], trials: Trials, t: int,
    value: Tensor, inputs: Sequence[Tensor | None], updated: Tensor, mask: Tensor,
) -> None:  # fmt: skip
    seen = []
    for entry, state_input in zip(mechanism.entries, inputs, strict=True):
        if state_input is None:
            shown = trials.shown[t] if entry.signal == REWARD else None
            state_input = read_arm(entry, signals[entry.signal][t], trials.actions[t], shown)
        seen.append(state_input.expand_as(value))
    recording.values.append(value)
    recording.inputs.append(torch.stack(seen, -1) if seen else value.new_zeros((*value.shape, 0)))
    recording.outputs.append(updated)
    recording.masks.append(mask.expand_as(value))
