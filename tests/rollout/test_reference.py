"""Both rollouts against a slow loop over sequences, trials and arms that shares no code with them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rollout.slow_loop import (
    ADDITIONAL,
    MECHANISMS,
    STATES,
    random_forms,
    random_initial,
    random_trials,
    slow_rollout,
)

from spice.data.trials import Trials
from spice.declaration.terms import polynomial_terms
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.compiled import compiled_rollout
from spice.rollout.networks import MechanismNetwork, NetworkForm
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.reference import Rollout
from spice.rollout.reference import rollout as reference_rollout
from spice.rollout.signals import read_signals

IMPLEMENTATIONS = {"reference": reference_rollout, "compiled": compiled_rollout}


@pytest.fixture(params=list(IMPLEMENTATIONS), autouse=True, scope="module")
def implementation(request: pytest.FixtureRequest) -> Any:
    """Every test of this file holds for both."""
    global _rollout
    _rollout = IMPLEMENTATIONS[request.param]
    return request.param


_rollout: Any = reference_rollout


def rollout(
    mechanisms: Sequence[Mechanism], forms: Mapping[str, Any], states: Mapping[str, State], trials: Trials,
    initial: Mapping[str, torch.Tensor], start: Mapping[str, torch.Tensor] | None = None,
    additional_inputs: Sequence[str] = (), previous_blocks: torch.Tensor | None = None, record: Sequence[str] = (),
) -> Rollout:  # fmt: skip
    """The implementation under test, on what the mechanisms read from trials."""
    signals = read_signals(mechanisms, states, trials, additional_inputs, previous_blocks=previous_blocks)
    result: Rollout = _rollout(mechanisms, forms, states, signals, initial, start, record)
    return result


def check_against_slow(mechanisms: Sequence[Mechanism], trials: Trials, rng: np.random.Generator) -> None:
    n = trials.n_sequences
    forms, initial = random_forms(rng, mechanisms, (n,)), random_initial(rng, (n, trials.n_actions))
    fast = rollout(mechanisms, forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
    equations = {
        name: list(zip(form.terms.names, form.coefficients.numpy().T, strict=True)) for name, form in forms.items()
    }
    slow = slow_rollout(mechanisms, equations, STATES, trials, {name: v.numpy() for name, v in initial.items()})
    inside = np.arange(trials.n_trials)[:, None] < trials.lengths[None]
    for name in STATES:
        np.testing.assert_allclose(
            fast.states[name].numpy()[inside], slow[name][inside], rtol=1e-10, atol=1e-12, err_msg=name
        )


@st.composite
def mechanism_lists(draw: st.DrawFn) -> list[Mechanism]:
    entries = st.builds(
        Input,
        signal=st.sampled_from(["c_reward", "c_action", *ADDITIONAL, *STATES]),
        arm=st.sampled_from(["own", "chosen", "other", "mean"]),
        when=st.sampled_from(["before", "after"]),
    )
    mechanisms = []
    for k in range(draw(st.integers(1, 3))):
        state = draw(st.sampled_from(list(STATES)))
        mechanisms.append(
            Mechanism(
                f"{state}_{k}",
                state=state,
                applies_to=draw(st.sampled_from(["chosen", "not_chosen", "all", "c_action", "c_reward", *ADDITIONAL])),
                inputs=draw(st.lists(entries, max_size=3, unique_by=lambda e: e.name)),
                bounds=draw(st.sampled_from([None, (0.0, 1.0), (-0.2, 0.3)])),
                others=draw(st.sampled_from(["keep", "zero"])),
            )
        )
    return mechanisms


@settings(deadline=None, max_examples=120)
@given(
    mechanism_lists(), st.integers(2, 16), st.lists(st.integers(1, 7), min_size=1, max_size=3), st.booleans(),
    st.integers(0, 2**31),
)  # fmt: skip
def test_any_declaration_is_the_slow_loop(
    mechanisms: list[Mechanism], n_actions: int, lengths: list[int], counterfactual: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    check_against_slow(mechanisms, random_trials(rng, n_actions, lengths, counterfactual), rng)


@pytest.mark.parametrize("applies_to", ["chosen", "not_chosen", "all", "c_action", "c_reward", *ADDITIONAL])
@pytest.mark.parametrize("others", ["keep", "zero"])
def test_where_a_mechanism_applies(applies_to: str, others: Any) -> None:
    rng = np.random.default_rng(0)
    mechanism = Mechanism("x_value_1", "x_value", applies_to, others=others)
    check_against_slow([mechanism], random_trials(rng, 3, [12, 7]), rng)


@pytest.mark.parametrize("arm", ["own", "chosen", "other", "mean"])
@pytest.mark.parametrize("signal", ["c_reward", "x_trace", "c_action", "c_cue"])
@pytest.mark.parametrize("n_actions", [2, 3, 16])
def test_arms_of_inputs(arm: Any, signal: str, n_actions: int) -> None:
    rng = np.random.default_rng(1)
    mechanisms = [
        Mechanism("x_trace_1", "x_trace", "chosen", inputs=("c_action",)),
        Mechanism("x_value_1", "x_value", "all", inputs=(Input(signal, arm),)),
    ]
    check_against_slow(mechanisms, random_trials(rng, n_actions, [10, 4]), rng)


def test_inputs_by_hand() -> None:
    # Rewards 1 (arm 0, chosen) and 4 (arm 2) were shown, that of arm 1 was not.
    trials = random_trials(np.random.default_rng(0), 3, [1])
    trials.actions[0, 0] = torch.tensor([1.0, 0, 0])
    trials.rewards[0, 0] = torch.tensor([1.0, 0, 4])
    trials.shown[0, 0] = torch.tensor([1.0, 0, 1])
    start = {"x_value": torch.full((1, 3), 9.0, dtype=torch.float64)}
    for arm, expected in {
        "own": [1, 9, 4],
        "chosen": [1, 1, 1],
        "other": [4, 2.5, 1],
        "mean": [2.5, 2.5, 2.5],
    }.items():
        m = Mechanism("x_value_1", "x_value", inputs=(Input("c_reward", arm),))  # type: ignore[arg-type]
        terms = polynomial_terms(("x_value_1", *m.input_names), 1)
        form = PolynomialForm(terms, torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64))
        after = rollout([m], {m.name: form}, {"x_value": State(9.0)}, trials, start).last["x_value"]
        np.testing.assert_allclose(after[0], expected, err_msg=arm)


def test_before_and_after_in_the_order_declared() -> None:
    trials = random_trials(np.random.default_rng(0), 2, [3])
    start = {name: torch.zeros((1, 2), dtype=torch.float64) for name in STATES}
    counting = Mechanism("x_trace_1", "x_trace")
    for when, order, expected in (
        ("before", 1, [0, 1, 2]),
        ("after", 1, [1, 2, 3]),
        ("after", -1, [0, 1, 2]),  # not yet updated where it stands earlier
    ):
        copying = Mechanism("x_value_1", "x_value", inputs=(Input("x_trace", when=when),))  # type: ignore[arg-type]
        forms = {
            "x_trace_1": PolynomialForm(polynomial_terms(("x_trace_1",), 1), torch.ones((1, 2), dtype=torch.float64)),
            "x_value_1": PolynomialForm(
                polynomial_terms(("x_value_1", "x_trace"), 1),
                torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64),
            ),
        }
        found = rollout([counting, copying][::order], forms, STATES, trials, start)
        blocks = found.states["x_value"][:, 0, 0]
        np.testing.assert_array_equal(blocks, expected)


def test_blocks_reset_the_states_that_say_so() -> None:
    trials = random_trials(np.random.default_rng(0), 2, [4])
    trials.blocks[:, 0] = torch.tensor([3, 3, 7, 7])
    counting = [Mechanism("x_value_1", "x_value"), Mechanism("x_trace_1", "x_trace")]
    one_more = torch.ones((1, 2), dtype=torch.float64)
    forms = {m.name: PolynomialForm(polynomial_terms((m.name,), 1), one_more) for m in counting}
    start = {"x_value": torch.full((1, 2), 0.5), "x_trace": torch.zeros((1, 2))}
    found = rollout(counting, forms, STATES, trials, start)
    np.testing.assert_array_equal(found.states["x_value"][:, 0, 0], [1.5, 2.5, 1.5, 2.5])
    np.testing.assert_array_equal(found.states["x_trace"][:, 0, 0], [1, 2, 3, 4])


def test_rewards_that_were_not_shown_never_enter() -> None:
    rng = np.random.default_rng(2)
    trials = random_trials(rng, 3, [12, 9])
    forms, initial = random_forms(rng, MECHANISMS, (2,)), random_initial(rng, (2, 3))
    torch.manual_seed(0)
    networks = {m.name: NetworkForm(MechanismNetwork(len(m.entries)).double().eval()) for m in MECHANISMS}
    for some_forms in (forms, networks):
        expected = rollout(MECHANISMS, some_forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
        trials.rewards[trials.shown == 0] = 77.0
        found = rollout(MECHANISMS, some_forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
        trials.rewards[trials.shown == 0] = 0.0
        for name in STATES:
            torch.testing.assert_close(found.states[name], expected.states[name], rtol=0, atol=1e-12)


def test_an_ensemble_is_its_members_alone() -> None:
    rng = np.random.default_rng(3)
    trials = random_trials(rng, 3, [9, 4])
    forms, initial = random_forms(rng, MECHANISMS, (5, 2)), random_initial(rng, (5, 2, 3))
    together = rollout(MECHANISMS, forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
    assert together.states["x_value"].shape == (9, 5, 2, 3)
    for e in range(5):
        own = {name: PolynomialForm(f.terms, f.coefficients[e]) for name, f in forms.items()}
        alone = rollout(
            MECHANISMS, own, STATES, trials, {k: v[e] for k, v in initial.items()},
            additional_inputs=ADDITIONAL,
        )  # fmt: skip
        for name in STATES:
            torch.testing.assert_close(together.states[name][:, e], alone.states[name], rtol=0, atol=1e-12)


def test_an_ensemble_of_equations_from_one_initial_state() -> None:
    rng = np.random.default_rng(4)
    trials = random_trials(rng, 2, [6, 6])
    forms, initial = random_forms(rng, MECHANISMS, (3, 2)), random_initial(rng, (2, 2))
    together = rollout(MECHANISMS, forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
    own = {name: PolynomialForm(f.terms, f.coefficients[1]) for name, f in forms.items()}
    alone = rollout(MECHANISMS, own, STATES, trials, initial, additional_inputs=ADDITIONAL)
    for name in STATES:
        torch.testing.assert_close(together.states[name][:, 1], alone.states[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize("cuts", [[5], [1, 2, 3], [4, 9, 10]])
@pytest.mark.parametrize("blocks_from", ["the window before", "signals of the whole"])
def test_windows_with_the_state_carried_are_one_long_rollout(cuts: list[int], blocks_from: str) -> None:
    rng = np.random.default_rng(5)
    trials = random_trials(rng, 3, [12, 12, 12])
    trials.blocks[cuts[0] :, 0] += 1  # a reset just at a cut
    forms, initial = random_forms(rng, MECHANISMS, (3,)), random_initial(rng, (3, 3))
    whole = rollout(MECHANISMS, forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
    signals = read_signals(MECHANISMS, STATES, trials, ADDITIONAL)
    start, blocks, parts = None, None, []
    for low, high in zip([0, *cuts], [*cuts, 12], strict=True):
        window = trials.window(low, high)
        if blocks_from == "the window before":
            part = rollout(MECHANISMS, forms, STATES, window, initial, start, ADDITIONAL, blocks)
        else:
            part = _rollout(MECHANISMS, forms, STATES, signals.window(low, high), initial, start)
        start, blocks = part.last, window.blocks[-1]
        parts.append(part)
    for name in STATES:
        joined = torch.cat([part.states[name] for part in parts])
        torch.testing.assert_close(joined, whole.states[name], rtol=0, atol=1e-12)
        torch.testing.assert_close(parts[-1].last[name], whole.last[name], rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", ["polynomial", "network"])
def test_gradients_are_those_of_finite_differences(kind: str) -> None:
    rng = np.random.default_rng(6)
    trials = random_trials(rng, 3, [6, 3])
    torch.manual_seed(0)
    polynomials = random_forms(rng, MECHANISMS, (2,))
    networks = {m.name: MechanismNetwork(len(m.entries)).double().eval() for m in MECHANISMS}
    initial = random_initial(rng, (2, 3))

    def run(value: torch.Tensor, trace: torch.Tensor, weights: Any = None) -> torch.Tensor:
        if kind == "polynomial":
            forms: dict[str, Any] = {
                **polynomials,
                "x_value_chosen": PolynomialForm(polynomials["x_value_chosen"].terms, weights),
            }
        else:
            forms = {name: NetworkForm(network) for name, network in networks.items()}
        found = rollout(
            MECHANISMS, forms, STATES, trials, {"x_value": value, "x_trace": trace},
            additional_inputs=ADDITIONAL,
        )  # fmt: skip
        return torch.stack([found.states["x_value"], found.states["x_trace"]])

    weights = polynomials["x_value_chosen"].coefficients
    inputs = [v.requires_grad_() for v in (initial["x_value"], initial["x_trace"], weights.clone())]
    inputs = inputs if kind == "polynomial" else inputs[:2]
    assert torch.autograd.gradcheck(run, inputs, eps=1e-6, atol=1e-7, rtol=1e-5)
    out = run(*inputs)
    gradient = torch.autograd.grad(out[:, :3].sum(), inputs[0])[0]
    assert torch.isfinite(gradient).all()
    assert float(gradient.abs().sum()) > 0


def test_padded_trials_influence_nothing() -> None:
    rng = np.random.default_rng(7)
    trials = random_trials(rng, 3, [11, 4, 7])
    forms, initial = random_forms(rng, MECHANISMS, (3,)), random_initial(rng, (3, 3))
    initial["x_value"].requires_grad_()
    together = rollout(MECHANISMS, forms, STATES, trials, initial, additional_inputs=ADDITIONAL)
    for s, n in enumerate([11, 4, 7]):
        own = {name: PolynomialForm(f.terms, f.coefficients[s : s + 1]) for name, f in forms.items()}
        alone = rollout(
            MECHANISMS, own, STATES, trials.select(np.array([s])),
            {k: v[s : s + 1] for k, v in initial.items()}, additional_inputs=ADDITIONAL,
        )  # fmt: skip
        assert alone.states["x_value"].shape[0] == n
        for name in STATES:
            torch.testing.assert_close(together.states[name][:n, s], alone.states[name][:, 0])
            # A state of which other arms are kept is carried through the padding, ready to go on.
            torch.testing.assert_close(together.last[name][s], alone.last[name][0])
    # What follows the end of a sequence has a gradient to its state at the end, and to nothing that happened.
    garbage = {name: getattr(trials, name).clone() for name in ("rewards", "additional")}
    garbage["rewards"][4:, 1] = 55.0
    garbage["additional"][4:, 1] = -3.0
    changed = Trials(**{**vars(trials), **garbage})
    again = rollout(MECHANISMS, forms, STATES, changed, initial, additional_inputs=ADDITIONAL)
    for name in STATES:
        torch.testing.assert_close(again.states[name], together.states[name])


def test_recordings_are_what_went_in_and_came_out() -> None:
    rng = np.random.default_rng(8)
    trials = random_trials(rng, 3, [6, 3])
    forms, initial = random_forms(rng, MECHANISMS, (2,)), random_initial(rng, (2, 3))
    record = [m.name for m in MECHANISMS[1:]]
    found = rollout(MECHANISMS, forms, STATES, trials, initial, additional_inputs=ADDITIONAL, record=record)
    assert list(found.recordings) == record
    seen = found.recordings["x_value_chosen"]
    assert seen.variables.shape == (6, 2, 3, 4)
    masks = seen.mask
    terms = forms["x_value_chosen"].terms.evaluate(seen.variables.numpy())
    expected = np.einsum("tsaf,sf->tsa", terms, forms["x_value_chosen"].coefficients.numpy()).clip(-1, 1.5)
    np.testing.assert_allclose(seen.outputs.numpy()[masks], expected[masks.numpy()], rtol=1e-12)
    np.testing.assert_array_equal(masks, (trials.actions > 0) & (trials.shown > 0))
    np.testing.assert_array_equal(found.states["x_value"][masks], seen.outputs[masks])
