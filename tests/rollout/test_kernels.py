"""Blocks of sequences: what holds for all trials of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from rollout.cases import Case, run_compiled, same, simple
from rollout.slow_loop import random_trials

from spice.declaration.terms import polynomial_terms
from spice.resources.mechanisms import Mechanism, State
from spice.rollout.compiled import compiled_rollout
from spice.rollout.kernels import block_size
from spice.rollout.networks import NetworkForm
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.signals import read_signals


@pytest.mark.parametrize(
    ("n_runs", "lanes"), [(1, 8), (8, 8), (9, 16), (16, 16), (17, 32), (255, 32), (256, 64), (5000, 64)]
)
def test_lanes_of_a_block(n_runs: int, lanes: int) -> None:
    assert block_size(n_runs) == lanes


def some_of(case: Case, sequences: slice) -> Case:
    """The case of some of its sequences."""
    form = case.forms["m_0"]
    index = np.arange(case.targets.shape[1])[sequences]
    return replace(
        case,
        forms={"m_0": NetworkForm(form.network, form.context[sequences]), "m_1": case.forms["m_1"]},
        signals=case.signals.select(index, case.signals.n_trials),
        initial={"x": case.initial["x"][sequences]},
        factors={"x": case.factors["x"][sequences]},
    )


@pytest.mark.parametrize("n_sequences", [7, 33, 300])
def test_results_do_not_depend_on_who_is_in_the_same_block(n_sequences: int) -> None:
    case = simple(n_sequences, 7)
    together = run_compiled(case)
    for part in (slice(0, 5), slice(n_sequences - 3, n_sequences), slice(0, n_sequences, 3)):
        alone = run_compiled(some_of(case, part))
        same(alone.states["x"], together.states["x"][:, part], "states")
        same(alone.nll, together.nll[part], "nll")


def test_gradients_of_blocks_add_up_to_that_of_all() -> None:
    case = simple(100, 6)
    weights = torch.rand(100, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    everybody = torch.autograd.grad(run_compiled(case).nll @ weights, list(case.leaves.values()))
    apart = [run_compiled(some_of(case, part)).nll @ weights[part] for part in (slice(0, 41), slice(41, 100))]
    found = torch.autograd.grad(sum(apart), list(case.leaves.values()))
    for name, gradient, expected in zip(case.leaves, found, everybody, strict=True):
        same(gradient, expected, name)


def test_a_block_of_trials_starts_from_the_initial_values_and_their_gradient_says_so() -> None:
    trials = random_trials(np.random.default_rng(0), 2, [5])
    trials.blocks[:, 0] = torch.tensor([0, 0, 1, 1, 1])
    states = {"x_back": State(0.5), "x_on": State(0.5, resets="sequence")}
    mechanisms = [Mechanism("m_back", "x_back"), Mechanism("m_on", "x_on")]
    half = torch.tensor([[0.0, 0.5]], dtype=torch.float64)
    forms = {m.name: PolynomialForm(polynomial_terms((m.name,), 1), half) for m in mechanisms}
    initial = {name: torch.full((1, 2), 0.5, dtype=torch.float64, requires_grad=True) for name in states}
    start = {name: torch.full((1, 2), 4.0, dtype=torch.float64, requires_grad=True) for name in states}
    found = compiled_rollout(mechanisms, forms, states, read_signals(mechanisms, states, trials), initial, start)
    np.testing.assert_allclose(found.states["x_back"].detach()[:, 0, 0], [2.0, 1.0, 0.25, 0.125, 0.0625])
    np.testing.assert_allclose(found.states["x_on"].detach()[:, 0, 0], [2.0, 1.0, 0.5, 0.25, 0.125])
    sum(values[-1].sum() for values in found.states.values()).backward()
    assert initial["x_back"].grad.tolist() == [[0.125, 0.125]]
    assert start["x_back"].grad.tolist() == [[0.0, 0.0]]
    assert initial["x_on"].grad.tolist() == [[0.0, 0.0]]
    assert start["x_on"].grad.tolist() == [[0.5**5] * 2]
