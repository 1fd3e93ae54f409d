"""The compiled rollout: what the reference rollout does, in kernels, with gradients.

This function takes what the networks' units receive, initial values and the coefficients of equations, and gives states
whose gradients reach all of them. What stands around stays in torch; training has it on arrays too
(`training/gradient_around_kernels.py`).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn.functional import pad

from spice.declaration.mechanisms import Mechanism, State
from spice.rollout.compiled_run import CompiledRun, Parameters
from spice.rollout.forms import Form
from spice.rollout.networks import NetworkForm
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.program import encode
from spice.rollout.reference import Recording, Rollout
from spice.rollout.signals import Signals

Array = NDArray[Any]


def can_compile(forms: Mapping[str, Form], signals: Signals) -> bool:
    """Whether kernels can run it: on the CPU, by networks and polynomials, without gradients to data.

    Parameters
    ----------
    forms : mapping of mechanism to Form
    signals : Signals

    Returns
    -------
    bool
    """
    return (
        all(isinstance(form, NetworkForm | PolynomialForm) for form in forms.values())
        and signals.inputs.device.type == "cpu"
        and not signals.inputs.requires_grad
    )


def compiled_rollout(
    mechanisms: Sequence[Mechanism],
    forms: Mapping[str, Any],
    states: Mapping[str, State],
    signals: Signals,
    initial: Mapping[str, Tensor],
    start: Mapping[str, Tensor] | None = None,
    record: Collection[str] = (),
    factors: Mapping[str, Tensor] | None = None,
) -> Rollout:
    """Run all mechanisms over all trials, and score the choices that follow.

    Parameters
    ----------
    mechanisms, forms, states, signals, initial, start, record
        As of the reference rollout; forms are networks and polynomials.
    factors : mapping of state to (1,) or ([E,] S, 1), optional
        Inverse temperatures of the states that make the logits; with them the result has an `nll`.

    Returns
    -------
    Rollout
    """
    polynomials = [forms[m.name].coefficients for m in mechanisms if isinstance(forms[m.name], PolynomialForm)]
    start = initial if start is None else start
    factors = factors or {}
    ensemble = _ensemble(*polynomials, *initial.values(), *start.values(), *factors.values())
    n_trials, n_sequences, n_actions = signals.actions.shape
    program = encode(mechanisms, forms, states)
    run = CompiledRun(program, resets(states), signals.arrays)
    shape = (*ensemble, n_sequences, n_actions)
    found, nll, seen = _Compiled.apply(  # type: ignore[no-untyped-call]
        run,
        len(mechanisms) if record else 0,
        *_units(mechanisms, forms, program.n_variables, signals.actions),
        _coefficients(polynomials, shape[:-1]),
        torch.stack([initial[name].expand(shape).reshape(-1, n_actions) for name in states]),
        torch.stack([start[name].expand(shape).reshape(-1, n_actions) for name in states]),
        _factors(factors, states, signals, shape[:-1]),
    )
    history = {name: found[:, k].reshape(n_trials, *shape) for k, name in enumerate(states)}
    recordings = {}
    for name in record:
        m = [mechanism.name for mechanism in mechanisms].index(name)
        cells = seen[m].to(signals.actions.dtype).reshape(n_trials, *shape, -1)
        mask = signals.masks[..., m].reshape(n_trials, *(1 for _ in ensemble), *shape[-2:]).expand(n_trials, *shape)
        recordings[name] = Recording(cells[..., : 1 + len(mechanisms[m].entries)], cells[..., -1], mask)
    last = {name: values[-1] for name, values in history.items()}
    return Rollout(history, last, recordings, nll.reshape(shape[:-1]) if factors else None)


def resets(states: Mapping[str, State]) -> Array:
    """Whether each state returns to its initial value where a block starts.

    Parameters
    ----------
    states : mapping of str to State

    Returns
    -------
    (N,) array of bool
    """
    return np.array([state.resets == "block" for state in states.values()])


class _Compiled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, run: CompiledRun, n_recorded: int, *parameters: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.run = run
        ctx.dtypes = [values.dtype for values in parameters]
        ctx.parameters = Parameters(*map(_floats, parameters))
        ctx.states, nll, seen = run.forward(ctx.parameters, n_recorded)
        dtype = parameters[-1].dtype
        # A copy where a backward pass will follow: it reads these states, whatever becomes of those handed out.
        states = torch.from_numpy(ctx.states).to(dtype, copy=any(ctx.needs_input_grad))
        recorded = torch.from_numpy(seen)
        ctx.mark_non_differentiable(recorded)
        return states, torch.from_numpy(nll).to(dtype), recorded

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g_states: Tensor | None, g_nll: Tensor | None, _: None) -> Any:
        gradient = ctx.run.backward(
            ctx.parameters,
            ctx.states,
            None if g_states is None else _floats(g_states),
            np.zeros(ctx.states.shape[2]) if g_nll is None else _floats(g_nll),
        )
        return None, None, *(torch.from_numpy(g).to(d) for g, d in zip(gradient, ctx.dtypes, strict=True))


def _floats(values: Tensor) -> Array:
    """A copy in float64, so that nobody else changes what the backward pass reads."""
    return np.array(values.detach().numpy(), dtype=np.float64, order="C")


def _ensemble(*values: Tensor) -> tuple[int, ...]:
    """(E,) where anything has an ensemble axis, else ()."""
    sizes = [v.shape[0] for v in values if v.dim() == 3]
    return (max(sizes),) if sizes else ()


def _coefficients(polynomials: Sequence[Tensor], rows: tuple[int, ...]) -> Tensor:
    """Coefficients of all polynomials side by side: (1, F) where all sequences share them, else (Q, F)."""
    if not polynomials:
        return torch.zeros((1, 0))
    if not all(c.dim() == 2 and len(c) == 1 for c in polynomials):
        polynomials = [c.expand(*rows, c.shape[-1]).reshape(-1, c.shape[-1]) for c in polynomials]
    return torch.cat(list(polynomials), dim=-1)


def _units(
    mechanisms: Sequence[Mechanism], forms: Mapping[str, Any], n_variables: int, actions: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Slopes, base, outgoing weights and biases of all networks; see `Parameters`."""
    n_sequences = actions.shape[1]
    slopes, bases, outgoings, biases = [actions.new_zeros((0, n_variables))], [], [], []
    for mechanism in mechanisms:
        form = forms[mechanism.name]
        if isinstance(form, NetworkForm):
            slope, base, outgoing, bias = form.units(1 + len(mechanism.entries))
            slopes.append(pad(slope, (0, n_variables - slope.shape[1])))
            bases.append(base.expand(n_sequences, -1))
            outgoings.append(outgoing.expand(n_sequences, -1))
            biases.append(bias)
        else:
            biases.append(actions.new_zeros(1))
    none = [actions.new_zeros((n_sequences, 0))]
    return torch.cat(slopes), torch.cat(none + bases, 1).T, torch.cat(none + outgoings, 1).T, torch.cat(biases)


def _factors(
    factors: Mapping[str, Tensor], states: Mapping[str, State], signals: Signals, rows: tuple[int, ...]
) -> Tensor:
    """Factor of each state in the logits (N, Q), zero where it is no part of them."""
    none = signals.actions.new_zeros(1)
    return torch.stack([factors.get(name, none).expand(*rows, 1).reshape(-1) for name in states])
