"""Models, trials and all that a gradient may flow to, for both rollouts."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from spice.data.trials import Trials
from spice.declaration.terms import polynomial_terms
from spice.observation.softmax import SOFTMAX
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.compiled import compiled_rollout
from spice.rollout.networks import MechanismNetwork, NetworkForm
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.reference import rollout
from spice.rollout.signals import Signals, read_signals


@dataclass
class Case:
    """A model, trials, and everything that a gradient may flow to."""

    mechanisms: list[Mechanism]
    states: dict[str, State]
    forms: dict[str, Any]
    signals: Signals
    targets: torch.Tensor
    initial: dict[str, torch.Tensor]
    start: dict[str, torch.Tensor] | None
    factors: dict[str, torch.Tensor]
    leaves: dict[str, torch.Tensor]
    record: list[str]


def some_trials(rng: np.random.Generator, n_arms: int, n_sequences: int, n_trials: int, counterfactual: bool) -> Trials:
    shape = (n_trials, n_sequences)
    lengths = rng.integers(1, n_trials + 1, n_sequences)
    inside = np.arange(n_trials)[:, None] < lengths[None]
    actions = np.eye(n_arms)[rng.integers(0, n_arms, shape)] * inside[..., None]
    shown = np.maximum(actions, rng.uniform(size=actions.shape) < 0.4) if counterfactual else actions
    shown = shown * (rng.uniform(size=(*shape, 1)) < 0.9) * inside[..., None]
    cue = rng.integers(0, 2, (*shape, 1)) * rng.normal(size=(*shape, 1))
    tensors = (actions, rng.uniform(size=actions.shape) * shown, shown, cue)
    return Trials(
        *(torch.as_tensor(values).double() for values in tensors),
        blocks=torch.as_tensor(np.cumsum(rng.uniform(size=shape) < 0.2, axis=0)),
        participants=np.zeros(n_sequences, dtype=int),
        experiments=np.zeros(n_sequences, dtype=int),
        lengths=lengths,
        rows=np.tile(np.arange(n_trials)[:, None], (1, n_sequences)),
        source=np.tile(np.arange(n_trials), (n_sequences, 1)),
    )


def run_reference(case: Case) -> Any:
    found = rollout(
        case.mechanisms, case.forms, case.states, case.signals, case.initial, case.start, record=case.record
    )
    shape = run_shape(case)
    states = {name: over_members(values, shape) for name, values in found.states.items()}
    logits = sum(factor * states[name] for name, factor in case.factors.items())
    targets = case.targets if logits.dim() == 3 else case.targets[:, None]
    recordings = {
        name: replace(
            seen,
            variables=over_members(seen.variables, (*shape, seen.variables.shape[-1])),
            outputs=over_members(seen.outputs, shape),
            mask=over_members(seen.mask, shape),
        )
        for name, seen in found.recordings.items()
    }
    return replace(found, states=states, recordings=recordings, nll=SOFTMAX.nll(logits, {}, targets).sum(0))


def over_members(values: torch.Tensor, shape: tuple[int, ...]) -> torch.Tensor:
    """The reference gives no ensemble axis (the second) to what does not differ between members."""
    return (values if values.dim() == len(shape) else values[:, None]).expand(shape)


def run_compiled(case: Case) -> Any:
    return compiled_rollout(
        case.mechanisms, case.forms, case.states, case.signals, case.initial, case.start, case.record, case.factors
    )


def gradients(case: Case, found: Any, of_states: bool, of_nll: bool) -> dict[str, torch.Tensor]:
    """Gradients of a fixed function of the results to every leaf."""
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros((), dtype=torch.float64)
    for name in case.states:
        weights = torch.randn(run_shape(case), generator=generator, dtype=torch.float64)
        total = total + of_states * (weights * found.states[name]).sum()
    weights = torch.rand(run_shape(case)[1:-1], generator=generator, dtype=torch.float64)
    total = total + of_nll * (weights * found.nll).sum()
    found_gradients = torch.autograd.grad(total, list(case.leaves.values()), allow_unused=True)
    return {
        name: torch.zeros_like(leaf) if gradient is None else gradient
        for (name, leaf), gradient in zip(case.leaves.items(), found_gradients, strict=True)
    }


def run_shape(case: Case) -> tuple[int, ...]:
    """(T, [E,] S, A)."""
    coefficients = [f.coefficients for f in case.forms.values() if isinstance(f, PolynomialForm)]
    members = {v.shape[0] for v in (*case.initial.values(), *coefficients) if v.dim() == 3}
    n_trials, n_sequences, n_arms = case.signals.actions.shape
    return (n_trials, *members, n_sequences, n_arms)


def same(found: torch.Tensor, expected: torch.Tensor, what: str) -> None:
    scale = max([1.0, *expected.detach().abs().flatten().tolist()])
    torch.testing.assert_close(
        found, expected.expand_as(found), rtol=1e-7, atol=1e-7 * scale, msg=lambda text: f"{what}: {text}"
    )


def simple(n_sequences: int = 100, n_trials: int = 60, n_arms: int = 2, scale: float = 1.0) -> Case:
    """Networks with a context on the chosen arm, equations elsewhere."""
    rng = np.random.default_rng(5)
    torch.manual_seed(5)
    mechanisms = [
        Mechanism("m_0", "x", "chosen", inputs=("c_reward",)),
        Mechanism("m_1", "x", "not_chosen", inputs=(Input("x", "chosen", "after"),)),
    ]
    states = {"x": State(0.5)}
    trials = some_trials(rng, n_arms, n_sequences, n_trials, counterfactual=False)
    targets = torch.as_tensor(np.eye(n_arms)[rng.integers(0, n_arms, (n_trials, n_sequences))])
    network = MechanismNetwork(1 + 4).double()
    context = torch.randn((n_sequences, 4), dtype=torch.float64, requires_grad=True)
    terms = polynomial_terms(("m_1", "x_chosen"), 1)
    coefficients = torch.tensor([[0.1, 0.7, 0.1]], dtype=torch.float64, requires_grad=True)
    initial = torch.full((n_sequences, n_arms), 0.5, dtype=torch.float64, requires_grad=True)
    factor = torch.full((n_sequences, 1), 3.0 * scale, dtype=torch.float64, requires_grad=True)
    leaves = {"context": context, "coefficients": coefficients, "initial": initial, "factor": factor}
    leaves |= dict(network.named_parameters())
    return Case(
        mechanisms,
        states,
        {"m_0": NetworkForm(network, context), "m_1": PolynomialForm(terms, coefficients)},
        read_signals(mechanisms, states, trials, (), targets),
        targets,
        {"x": initial},
        None,
        {"x": factor},
        leaves,
        [],
    )


def everything(case: Case) -> list[torch.Tensor]:
    found = run_compiled(case)
    return [found.states["x"].detach(), found.nll.detach(), *gradients(case, found, True, True).values()]
