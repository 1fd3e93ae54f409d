"""The reference rollout: run declared mechanisms over trials, in plain torch.

At run time a mechanism is a *form*: a network or a polynomial. Both are prepared once for a window of trials,
where everything that depends on data alone is computed for all trials at once, and then stepped through time.

Axes: T trials, S sequences, A arms, and optionally an ensemble axis E in front of S, carried by the initial
state and the forms; data have none and broadcast.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from spice.declaration.mechanisms import Mechanism, State
from spice.rollout.forms import Form
from spice.rollout.signals import Signals, read_arm, signal_columns


@dataclass(frozen=True)
class Recording:
    """What went into a mechanism and came out.

    Attributes
    ----------
    variables : (T, [E,] S, A, 1 + n_inputs)
        Value, then inputs.
    outputs : (T, [E,] S, A)
    mask : (T, [E,] S, A) bool
        Where the mechanism applied; elsewhere the others mean nothing.
    """

    variables: Tensor
    outputs: Tensor
    mask: Tensor


@dataclass(frozen=True)
class Rollout:
    """Result of a rollout.

    Attributes
    ----------
    states : dict of state to (T, [E,] S, A)
        After each trial.
    last : dict of state to ([E,] S, A)
        After the last trial, ready to go on.
    recordings : dict of mechanism to Recording
        Of those that were to be recorded.
    nll : ([E,] S), optional
        Negative log-likelihood, summed over the choices of each sequence, where the rollout scored them.
    """

    states: dict[str, Tensor]
    last: dict[str, Tensor]
    recordings: dict[str, Recording]
    nll: Tensor | None = None


def rollout(
    mechanisms: Sequence[Mechanism],
    forms: Mapping[str, Form],
    states: Mapping[str, State],
    signals: Signals,
    initial: Mapping[str, Tensor],
    start: Mapping[str, Tensor] | None = None,
    record: Collection[str] = (),
) -> Rollout:
    """Run all mechanisms, in the order declared, over all trials.

    Parameters
    ----------
    mechanisms, states
        The declaration.
    forms : mapping of mechanism to Form
    signals : Signals
        What the mechanisms read from T trials of S sequences.
    initial : mapping of state to ([E,] S, A)
        Values at the start of a sequence or block.
    start : mapping of state to ([E,] S, A), optional
        Values to go on from, where the trials continue an earlier window.
    record : collection of str
        Mechanisms whose variables and outputs are kept.

    Returns
    -------
    Rollout
        Without an `nll`: choices are not scored.
    """
    columns = signal_columns(mechanisms, states)
    data = {m.name: [_column(signals, columns.get((e.signal, e.arm))) for e in m.entries] for m in mechanisms}
    steps = {m.name: forms[m.name].prepare(data[m.name]) for m in mechanisms}
    any_start = bool(signals.starts.any())
    current = dict(initial if start is None else start)
    history: dict[str, list[Tensor]] = {name: [] for name in states}
    seen: dict[str, list[tuple[Tensor, Tensor, Tensor]]] = {name: [] for name in record}

    for t in range(signals.n_trials):
        if any_start:
            for name, state in states.items():
                if state.resets == "block":
                    current[name] = torch.where(signals.starts[t, :, None], initial[name], current[name])
        before = dict(current)
        for k, mechanism in enumerate(mechanisms):
            value, mask = current[mechanism.state], signals.masks[t, ..., k]
            inputs = [
                read_arm(entry.arm, (before if entry.when == "before" else current)[entry.signal], signals.actions[t])
                if entry.signal in states
                else None
                for entry in mechanism.entries
            ]
            updated = steps[mechanism.name](t, value, inputs)
            if mechanism.bounds is not None:
                updated = updated.clamp(*mechanism.bounds)
            if mechanism.name in seen:
                known = [d[t] for d in data[mechanism.name] if d is not None]
                seen[mechanism.name].append((_variables(value, inputs, known), updated, mask.expand_as(value)))
            rest = value if mechanism.others == "keep" else torch.zeros_like(value)
            current[mechanism.state] = torch.where(mask, updated, rest)
        for name in states:
            history[name].append(current[name])
    recordings = {name: Recording(*map(stack_broadcast, zip(*s, strict=True))) for name, s in seen.items()}
    return Rollout({name: stack_broadcast(h) for name, h in history.items()}, current, recordings)


def stack_broadcast(tensors: Sequence[Tensor]) -> Tensor:
    """Stack tensors of shapes that broadcast; a state has no ensemble axis before its first update.

    Parameters
    ----------
    tensors : sequence of Tensor

    Returns
    -------
    Tensor
        With a new axis in front.
    """
    return torch.stack(torch.broadcast_tensors(*tensors))  # type: ignore[no-untyped-call]


def _column(signals: Signals, column: int | None) -> Tensor | None:
    return None if column is None else signals.inputs[..., column]


def _variables(value: Tensor, from_states: Sequence[Tensor | None], from_data: Sequence[Tensor]) -> Tensor:
    data = iter(from_data)
    inputs = [next(data) if i is None else i for i in from_states]
    return torch.stack(torch.broadcast_tensors(value, *inputs), -1)  # type: ignore[no-untyped-call]
