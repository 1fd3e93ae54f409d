"""All mechanisms on one trial, by hand; the gradient is that of the reference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from spice.data.trials import Trials
from spice.declaration.terms import polynomial_terms
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.compiled import compiled_rollout
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.reference import rollout
from spice.rollout.signals import read_signals

STATES = {"x": State(), "y": State()}
START = {"x": [[1.0, 2.0, 4.0], [1.0, 2.0, 4.0]], "y": [[0.5, 0.5, 0.5], [0.0, 0.0, 0.0]]}


def one_trial(chosen: Sequence[int], rewards: Any, shown: Any) -> Trials:
    """A trial of each of two people, with three arms."""
    n = len(chosen)
    return Trials(
        actions=torch.as_tensor(np.eye(3)[list(chosen)])[None],
        rewards=torch.as_tensor(np.array(rewards, dtype=float))[None],
        shown=torch.as_tensor(np.array(shown, dtype=float))[None],
        additional=torch.zeros((1, n, 0), dtype=torch.float64),
        blocks=torch.zeros((1, n), dtype=torch.long),
        participants=np.arange(n),
        experiments=np.zeros(n, dtype=int),
        lengths=np.ones(n, dtype=int),
        rows=np.zeros((1, n), dtype=int),
        source=np.zeros((n, 1), dtype=int),
    )


TRIAL = one_trial([0, 2], [[1, 0, 0.5], [0, 0, 1]], [[1, 0, 1], [0, 0, 1]])


def run(*mechanisms: tuple[Mechanism, dict[str, float]], trial: Trials = TRIAL) -> dict[str, list[list[float]]]:
    """States after the trial, which are those of the reference; so are the gradients."""
    declared = [m for m, _ in mechanisms]
    signals = read_signals(declared, STATES, trial)
    found: dict[str, Any] = {}
    for implementation in (compiled_rollout, rollout):
        forms, leaves = {}, []
        for mechanism, equation in mechanisms:
            terms = polynomial_terms((mechanism.name, *mechanism.input_names), 2)
            values = torch.tensor([[equation.get(t, 0.0) for t in terms.names]], dtype=torch.float64)
            leaves.append(values.requires_grad_())
            forms[mechanism.name] = PolynomialForm(terms, values)
        start = {name: torch.tensor(v, dtype=torch.float64, requires_grad=True) for name, v in START.items()}
        last = implementation(declared, forms, STATES, signals, start).last
        weights = torch.arange(1.0, 7.0, dtype=torch.float64).reshape(2, 3)
        total = (weights * last["x"]).sum() + (weights**2 * last["y"]).sum()
        gradients = torch.autograd.grad(total, [*leaves, *start.values()], materialize_grads=True)
        found[implementation.__name__] = {name: v.detach() for name, v in last.items()}, gradients
    (states, gradients), (of_reference, expected) = found["compiled_rollout"], found["rollout"]
    for name in STATES:
        torch.testing.assert_close(states[name], of_reference[name], rtol=1e-12, atol=1e-12)
    for mine, theirs in zip(gradients, expected, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-10, atol=1e-12)
    return {name: v.tolist() for name, v in states.items()}


def test_a_mechanism_runs_on_the_arms_it_applies_to_however_many_each_person_has() -> None:
    # Two rewards were shown to the first person, one to the second, whose other slots stay idle.
    found = run((Mechanism("m", "x", inputs=("c_reward",)), {"m": 0.5, "c_reward": 10.0}))
    assert found["x"] == [[10.5, 2.0, 7.0], [1.0, 2.0, 12.0]]
    assert found["y"] == START["y"]


@pytest.mark.parametrize(("others", "rest"), [("keep", [1.0, 2.0]), ("zero", [0.0, 0.0])])
def test_what_becomes_of_the_other_arms(others: Any, rest: list[float]) -> None:
    found = run((Mechanism("m", "x", "chosen", others=others), {"m": 3.0}))
    assert found["x"][1] == [*rest, 12.0]
    assert found["x"][0][0] == 3.0


def test_mechanisms_of_one_state_run_one_after_the_other() -> None:
    found = run((Mechanism("m_0", "x", "chosen"), {"m_0": 3.0}), (Mechanism("m_1", "x"), {"m_1": 1.0, "1": 1.0}))
    assert found["x"] == [[4.0, 3.0, 5.0], [2.0, 3.0, 13.0]]


@pytest.mark.parametrize(("when", "read"), [("before", 1.0), ("after", 3.0)])
def test_a_state_is_read_as_it_was_before_the_trial_or_as_it_is_by_now(when: Any, read: float) -> None:
    found = run(
        (Mechanism("m_0", "x", "chosen"), {"m_0": 3.0}),
        (Mechanism("m_1", "y", "chosen", inputs=(Input("x", when=when),)), {"x": 1.0}),
    )
    assert found["y"] == [[read, 0.5, 0.5], [0.0, 0.0, 4.0 * read]]


def test_arms_of_states_by_hand() -> None:
    found = run((Mechanism("m", "y", "chosen", inputs=(Input("x", "other"), Input("x", "mean"))), {"x_other": 1.0}))
    assert found["y"] == [[3.0, 0.5, 0.5], [0.0, 0.0, 1.5]]
    found = run((Mechanism("m", "y", "not_chosen", inputs=(Input("x", "chosen"),)), {"x_chosen": 1.0}))
    assert found["y"] == [[0.5, 1.0, 1.0], [4.0, 4.0, 0.0]]


def test_a_bound_is_a_limit_without_a_slope() -> None:
    # The helper compares gradients too: beyond a bound they are zero.
    found = run((Mechanism("m", "x", bounds=(1.5, 3.0)), {"m": 1.0}))
    assert found["x"] == [[1.5, 2.0, 3.0]] * 2
