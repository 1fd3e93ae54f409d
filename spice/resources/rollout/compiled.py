"""The compiled rollout: what the reference rollout does, in kernels, with gradients.

Embeddings, dropout masks and optimizers stay in torch. This function takes the networks' weights, the context of each
sequence and the coefficients of equations, and gives states whose gradients reach all of them.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.autograd.function import once_differentiable

from spice.resources.mechanisms import Mechanism, State
from spice.resources.networks import NetworkForm
from spice.resources.polynomials import PolynomialForm
from spice.resources.rollout import kernels
from spice.resources.rollout.program import Program, encode
from spice.resources.rollout.reference import Form, Recording, Rollout
from spice.resources.rollout.signals import Signals
from spice.resources.rollout.threads import run_blocks

Array = NDArray[Any]


def can_compile(forms: Mapping[str, Form], signals: Signals) -> bool:
    """Whether kernels can run it: on the CPU, by networks and polynomials, without gradients to data."""
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

    Parameters are those of the reference rollout, and

    Parameters
    ----------
    factors : mapping of state to (1,) or ([E,] S, 1), optional
        Inverse temperatures of the states that make the logits; with them the result has an `nll`.
    """
    networks = [forms[m.name] for m in mechanisms if isinstance(forms[m.name], NetworkForm)]
    polynomials = [forms[m.name].coefficients for m in mechanisms if isinstance(forms[m.name], PolynomialForm)]
    start = initial if start is None else start
    factors = factors or {}
    ensemble = _ensemble(*polynomials, *initial.values(), *start.values(), *factors.values())
    n_trials, n_sequences, n_actions = signals.actions.shape
    width = 2 + max((len(m.entries) for m in mechanisms), default=0)
    n_recorded = len(mechanisms) if record else 0
    n_runs = n_sequences * math.prod(ensemble)
    program = encode(mechanisms, forms, states)
    run = _Run(
        program,
        np.array([s.resets == "block" for s in states.values()]),
        signals.arrays,
        _floats(_join(_masks(networks), signals)),
        np.zeros((n_recorded, n_trials, n_runs, n_actions, width)),
    )  # fmt: skip
    shape = (*ensemble, n_sequences, n_actions)
    found, nll = _Compiled.apply(  # type: ignore[no-untyped-call]
        run,
        _coefficients(polynomials, shape[:-1]),
        _join(program.contexts, signals),
        torch.stack([initial[name].expand(shape).reshape(-1, n_actions) for name in states]),
        torch.stack([start[name].expand(shape).reshape(-1, n_actions) for name in states]),
        _factors(factors, states, signals, shape[:-1]),
        *(weight for n in networks for weight in n.weights),
    )
    history = {name: found[:, k].reshape(n_trials, *shape) for k, name in enumerate(states)}
    recordings = {}
    for name in record:
        m = [mechanism.name for mechanism in mechanisms].index(name)
        cells = torch.as_tensor(run.seen[m]).to(signals.actions.dtype).reshape(n_trials, *shape, width)
        mask = signals.masks[..., m].reshape(n_trials, *(1 for _ in ensemble), *shape[-2:]).expand(n_trials, *shape)
        recordings[name] = Recording(cells[..., : 1 + len(mechanisms[m].entries)], cells[..., -1], mask)
    last = {name: values[-1] for name, values in history.items()}
    return Rollout(history, last, recordings, nll.reshape(shape[:-1]) if factors else None)


@dataclass(frozen=True)
class _Run:
    """What a rollout reads and has no gradient to; see `kernels.forward`."""

    program: Program
    resets: Array
    signals: tuple[Array, ...]
    dropout: Array
    seen: Array

    @property
    def fixed(self) -> tuple[Any, Any, Any]:
        """What kernels take first."""
        return self.program.tables, self.resets, self.signals


class _Compiled(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, run: _Run, coefficients: Tensor, context: Tensor, initial: Tensor, start: Tensor, factors: Tensor,
        *weights: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        ctx.set_materialize_grads(False)
        ctx.run = run
        ctx.kinds = [(t.shape, t.dtype) for t in (coefficients, context, initial, start, factors, *weights)]
        ctx.parameters = (
            _floats(torch.cat([w.reshape(-1) for w in weights]) if weights else torch.zeros(0)), _floats(context),
            run.dropout,
            _floats(coefficients),
        )  # fmt: skip
        n_trials, (n_states, n_sequences, n_arms) = len(run.signals[0]), initial.shape
        ctx.sizes = (run.program, n_states, n_arms, coefficients.shape[1])
        ctx.values = (_floats(initial), _floats(start), _floats(factors))
        ctx.states, nll = np.empty((n_trials, *initial.shape)), np.zeros(n_sequences)
        run_blocks(
            lambda first, last, *a: kernels.forward(first, last, *a, kernels.working_memory(*ctx.sizes)),
            -(-n_sequences // kernels.BLOCK), ctx.states.size, *run.fixed, ctx.parameters, *ctx.values, ctx.states,
            nll, run.seen,
        )  # fmt: skip
        # A copy where there is a way back: it reads these states, whatever becomes of those handed out.
        states = torch.from_numpy(ctx.states).to(initial.dtype, copy=any(ctx.needs_input_grad))
        return states, torch.from_numpy(nll).to(initial.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g_states: Tensor | None, g_nll: Tensor | None) -> Any:
        weights, context, _, coefficients = ctx.parameters
        n_sequences = ctx.states.shape[2]
        n_blocks = -(-n_sequences // kernels.BLOCK)
        shared = len(coefficients) == 1
        g_weights = np.zeros((n_blocks, len(weights)))
        g_context = np.zeros((n_sequences, context.shape[1]))
        g_coefficients = np.zeros((n_blocks if shared else n_sequences, coefficients.shape[1]))
        g_initial, g_start, g_factors = (np.zeros(values.shape) for values in ctx.values)
        run_blocks(
            lambda first, last, *a: kernels.backward(
                first, last, *a, kernels.working_memory(*ctx.sizes), kernels.gradient_memory(*ctx.sizes)
            ),
            n_blocks, ctx.states.size, *ctx.run.fixed, ctx.parameters, *ctx.values, ctx.states,
            np.zeros((0, *ctx.states.shape[1:])) if g_states is None else _floats(g_states),
            np.zeros(n_sequences) if g_nll is None else _floats(g_nll),
            g_weights, g_context, g_coefficients, g_initial, g_start, g_factors,
        )  # fmt: skip
        gradients = (
            g_coefficients.sum(0) if shared else g_coefficients,
            g_context.reshape(-1, len(context), context.shape[1]).sum(0) if context.size else g_context,
            g_initial, g_start, g_factors,
        )  # fmt: skip
        kinds, of_weights = ctx.kinds[:5], ctx.kinds[5:]
        flat = torch.from_numpy(g_weights.sum(0)).split([shape.numel() for shape, _ in of_weights])  # type: ignore[no-untyped-call]
        return (
            None,
            *(torch.from_numpy(g).to(dtype).reshape(shape) for g, (shape, dtype) in zip(gradients, kinds, strict=True)),
            *(g.to(dtype).view(shape) for g, (shape, dtype) in zip(flat, of_weights, strict=True)),
        )


def _floats(values: Tensor) -> Array:
    """A copy in float64, so that nobody else changes what the way back reads."""
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


def _masks(networks: Sequence[NetworkForm]) -> list[Tensor]:
    """Dropout masks of all networks, none where no network has one."""
    if all(n.mask is None for n in networks):
        return []
    return [torch.ones((1, n.network.hidden.out_features)) if n.mask is None else n.mask for n in networks]


def _join(parts: Sequence[Tensor], signals: Signals) -> Tensor:
    """Contexts or dropout masks of all networks side by side, (S, features)."""
    n_sequences = signals.actions.shape[1]
    if not parts:
        return signals.actions.new_zeros((n_sequences, 0))
    flat = [part.reshape(-1, part.shape[-1]).expand(n_sequences, -1) for part in parts]
    return flat[0] if len(flat) == 1 else torch.cat(flat, dim=-1)


def _factors(
    factors: Mapping[str, Tensor], states: Mapping[str, State], signals: Signals, rows: tuple[int, ...]
) -> Tensor:
    """Factor of each state in the logits (N, Q), zero where it is no part of them."""
    none = signals.actions.new_zeros(1)
    return torch.stack([factors.get(name, none).expand(*rows, 1).reshape(-1) for name in states])
