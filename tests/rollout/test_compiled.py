"""The compiled rollout against the reference, values and gradients, over a family of models; and where it runs."""

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rollout.cases import Case, gradients, run_compiled, run_reference, same, simple, some_trials

from spice.declaration.terms import polynomial_terms
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.compiled import can_compile, compiled_rollout
from spice.rollout.networks import MechanismNetwork, NetworkForm, NetworkOptions, network_options
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.reference import rollout
from spice.rollout.signals import read_signals

ADDITIONAL = ("c_cue",)
SIGNALS = ("c_action", "c_reward", *ADDITIONAL)
# Imports pysindy, which draws random numbers; hypothesis allows that outside strategies only.
polynomial_terms(("x",), 1)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_arms, n_sequences = draw(st.integers(1, 5)), draw(st.sampled_from([1, 12, 33, 70, 260]))
    members = draw(st.sampled_from([None, None, 2, 3]))
    names = [f"x_{k}" for k in range(draw(st.integers(1, 3)))]
    resets = st.sampled_from(["block", "sequence"])
    states = {
        name: State(0.5, readout=k == 0 or draw(st.booleans()), resets=draw(resets)) for k, name in enumerate(names)
    }
    leaves: dict[str, torch.Tensor] = {}

    def leaf(name: str, values: Any) -> torch.Tensor:
        leaves[name] = torch.as_tensor(values).double().detach().requires_grad_()
        return leaves[name]

    context = leaf("context", rng.normal(size=(n_sequences, 3))) if draw(st.booleans()) else None
    lead = (n_sequences,) if members is None else (members, n_sequences)
    mechanisms, forms = [], {}
    for k in range(draw(st.integers(1, 4))):
        entries = draw(
            st.lists(
                st.builds(
                    Input,
                    st.sampled_from([*SIGNALS, *names]),
                    st.sampled_from(["own", "chosen", "other", "mean"]),
                    st.sampled_from(["before", "after"]),
                ),
                max_size=3,
                unique_by=lambda entry: entry.name,
            )
        )
        mechanism = Mechanism(
            f"m_{k}",
            draw(st.sampled_from(names)),
            draw(st.sampled_from(["chosen", "not_chosen", "all", *SIGNALS])),
            tuple(entries),
            activation=draw(st.sampled_from([None, None, "sigmoid"])),
            update=draw(st.sampled_from(["residual", "direct"])),
            bounds=draw(st.sampled_from([None, (-0.4, 0.6)])),
            others=draw(st.sampled_from(["keep", "zero"])),
        )
        mechanisms.append(mechanism)
        kind = draw(st.sampled_from(["network", "network", "polynomial", "shared"]))
        if kind == "network":
            with network_options(NetworkOptions(draw(st.sampled_from([1, 3, 8])))):
                n_context = 0 if context is None else 3
                network = MechanismNetwork(
                    len(entries) + n_context, mechanism.activation == "sigmoid", mechanism.update == "residual"
                ).double()
            for name, parameter in network.named_parameters():
                parameter.data = torch.as_tensor(rng.normal(size=parameter.shape) / 2)
                leaves[f"{mechanism.name}.{name}"] = parameter
            hidden = network.hidden.out_features
            mask = torch.as_tensor(rng.integers(0, 2, (n_sequences, 1, hidden)) * 2.0) if draw(st.booleans()) else None
            forms[mechanism.name] = NetworkForm(network, context, mask)
        else:
            terms = polynomial_terms((mechanism.name, *mechanism.input_names), draw(st.integers(1, 3)))
            rows = (1,) if kind == "shared" else lead
            # Small enough for values of size 1 to stay near that size.
            values = rng.uniform(-1, 1, (*rows, len(terms))) * 2 / len(terms)
            forms[mechanism.name] = PolynomialForm(terms, leaf(f"{mechanism.name}.coefficients", values))
    trials = some_trials(rng, n_arms, n_sequences, draw(st.integers(1, 9)), draw(st.booleans()))
    targets = np.eye(n_arms)[rng.integers(0, n_arms, trials.actions.shape[:2])]
    targets *= (rng.uniform(size=(*targets.shape[:2], 1)) < 0.8) * trials.actions.sum(-1, keepdim=True).numpy()
    values = {name: leaf(f"initial {name}", rng.uniform(-1, 1, (*lead, n_arms))) for name in names}
    starts = {name: leaf(f"start {name}", rng.uniform(-1, 1, (n_sequences, n_arms))) for name in names}
    factors = {
        name: leaf(f"factor {name}", rng.uniform(0, 4, (1,) if draw(st.booleans()) else (n_sequences, 1)))
        for name, state in states.items()
        if state.readout
    }
    return Case(
        mechanisms,
        states,
        forms,
        read_signals(mechanisms, states, trials, ADDITIONAL, torch.as_tensor(targets)),
        torch.as_tensor(targets),
        values,
        starts if draw(st.booleans()) else None,
        factors,
        leaves,
        [m.name for m in mechanisms if draw(st.booleans())],
    )


@settings(deadline=None, max_examples=80)
@given(cases(), st.sampled_from([(True, False), (False, True), (True, True)]))
def test_values_and_gradients_are_those_of_the_reference(case: Case, of: tuple[bool, bool]) -> None:
    assert can_compile(case.forms, case.signals)
    found, expected = run_compiled(case), run_reference(case)
    for name in case.states:
        same(found.states[name], expected.states[name], name)
        same(found.last[name], expected.last[name], f"last {name}")
    same(found.nll, expected.nll.expand_as(found.nll), "nll")
    for name in case.record:
        mine, theirs = found.recordings[name], expected.recordings[name]
        mask = mine.mask
        assert torch.equal(mask, theirs.mask)
        same(mine.outputs[mask], theirs.outputs[mask], f"outputs of {name}")
        same(mine.variables[mask], theirs.variables[mask], f"variables of {name}")
    mine, theirs = gradients(case, found, *of), gradients(case, expected, *of)
    for name in case.leaves:
        same(mine[name], theirs[name], f"gradient of {name}")


def test_single_precision_in_and_out() -> None:
    case = simple()
    network = case.forms["m_0"].network.float()
    forms = {
        "m_0": NetworkForm(network, case.forms["m_0"].context.float()),
        "m_1": PolynomialForm(case.forms["m_1"].terms, case.forms["m_1"].coefficients.float()),
    }
    signals = replace(case.signals, inputs=case.signals.inputs.float(), actions=case.signals.actions.float())
    initial, factors = {"x": case.initial["x"].float()}, {"x": case.factors["x"].float()}
    found = compiled_rollout(case.mechanisms, forms, case.states, signals, initial, factors=factors)
    expected = rollout(case.mechanisms, forms, case.states, signals, initial)
    assert found.states["x"].dtype == found.nll.dtype == torch.float32
    torch.testing.assert_close(found.states["x"], expected.states["x"], rtol=1e-4, atol=1e-5)
    found.nll.sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in network.parameters())


def test_changing_results_and_initial_values_afterwards_changes_no_gradient() -> None:
    case = simple()
    found = run_compiled(case)
    total = sum(float(i + 1) * found.states["x"][..., i].sum() for i in range(2)) + found.nll.sum()
    untouched = torch.autograd.grad(total, list(case.leaves.values()), retain_graph=True)
    with torch.no_grad():
        found.states["x"].zero_()
        case.leaves["initial"].zero_()
        case.leaves["factor"].zero_()
    again = torch.autograd.grad(total, list(case.leaves.values()))
    for a, b in zip(again, untouched, strict=True):
        assert torch.equal(a, b)
    assert all(float(g.abs().max()) > 0 for g in untouched)


def test_data_that_need_a_gradient_run_on_the_reference() -> None:
    case = simple()
    assert can_compile(case.forms, case.signals)
    assert not can_compile(case.forms, replace(case.signals, inputs=case.signals.inputs.requires_grad_()))
