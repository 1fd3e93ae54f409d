"""The compiled rollout against the reference, values and gradients, over a family of models; and where it runs."""

import multiprocessing
import re
import shutil
import subprocess
import sys
import textwrap
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from spice.compiler import compile as compile_module
from spice.compiler import threads
from spice.compiler.compile import Kernel, stamp
from spice.data.trials import Trials
from spice.declaration.terms import polynomial_terms
from spice.observation.softmax import SOFTMAX
from spice.resources.mechanisms import Input, Mechanism, State
from spice.rollout.compiled import can_compile, compiled_rollout
from spice.rollout.networks import MechanismNetwork, NetworkForm, NetworkOptions, network_options
from spice.rollout.polynomials import PolynomialForm
from spice.rollout.reference import rollout
from spice.rollout.signals import Signals, read_signals

ADDITIONAL = ("c_cue",)
SIGNALS = ("c_action", "c_reward", *ADDITIONAL)
# Imports pysindy, which draws random numbers; hypothesis allows that outside strategies only.
polynomial_terms(("x",), 1)


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


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_confident_choices_have_the_likelihood_of_the_reference(scale: float) -> None:
    case = simple(n_arms=3, scale=scale)
    found, expected = run_compiled(case), run_reference(case)
    same(found.nll, expected.nll, "nll")
    assert float(found.nll.detach().max()) > 50 * scale / 10
    mine, theirs = gradients(case, found, False, True), gradients(case, expected, False, True)
    for name in case.leaves:
        same(mine[name], theirs[name], name)


def test_a_hidden_unit_is_as_exact_as_it_says() -> None:
    z = torch.cat([torch.linspace(-12, 12, 4001), torch.logspace(-12, 0, 100)]).double()[:, None]
    with network_options(NetworkOptions(hidden_size=1)):
        network = MechanismNetwork(0, residual=False).double()
    with torch.no_grad():
        for parameter, value in zip(network.parameters(), (1.0, 0.0, 1.0, 0.0), strict=True):
            parameter.fill_(value)
    mechanisms, states = [Mechanism("m_0", "x", update="direct")], {"x": State()}
    trials = some_trials(np.random.default_rng(0), 1, len(z), 1, counterfactual=False)
    signals = read_signals(mechanisms, states, trials)
    found = compiled_rollout(mechanisms, {"m_0": NetworkForm(network)}, states, signals, {"x": z}).last["x"].detach()
    inside = z.abs() <= 9
    torch.testing.assert_close(found[inside], torch.tanh(z[inside]), rtol=4e-11, atol=0)
    torch.testing.assert_close(found[~inside], torch.tanh(z[~inside]), rtol=0, atol=3.1e-8)


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


def test_runs_repeat_whatever_the_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    case = simple(n_sequences=200)
    monkeypatch.setattr(threads, "CELLS_WORTH_A_THREAD", 10)
    results = []
    for n in (1, 2, 3, 2):
        monkeypatch.setattr(torch, "get_num_threads", lambda n=n: n)
        results.append(everything(case))
    for result in results[1:]:
        for a, b in zip(result, results[0], strict=True):
            assert torch.equal(a, b)


def test_two_threads_at_once_are_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "CELLS_WORTH_A_THREAD", 10)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    some = [simple(n_sequences=n) for n in (90, 130)]
    alone = [everything(case) for case in some]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(5):
            for result, expected in zip(pool.map(everything, some), alone, strict=True):
                for a, b in zip(result, expected, strict=True):
                    assert torch.equal(a, b)


def _in_child(connection: Any) -> None:
    connection.send([float(v.sum()) for v in everything(simple())])


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork here")
def test_a_forked_process_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "CELLS_WORTH_A_THREAD", 10)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 2)
    expected = [float(v.sum()) for v in everything(simple())]
    mine, theirs = multiprocessing.Pipe()
    with warnings.catch_warnings():
        # Newer Pythons warn of forks beside threads, which is what is tried here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = multiprocessing.get_context("fork").Process(target=_in_child, args=(theirs,))
        child.start()
    try:
        assert mine.poll(60)
        assert mine.recv() == expected
        child.join(10)
        assert child.exitcode == 0
    finally:
        child.kill()  # one that hangs would be waited for when the tests end


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


CACHE = """
import warnings
import numpy as np
import numba.core.caching as caching
{damage}
warnings.simplefilter("always")
from spice.compiler.compile import Kernel

with warnings.catch_warnings(record=True) as caught:
    @Kernel
    def double(x):
        for i in range(len(x)):
            x[i] *= 2

    @Kernel
    def triple(x):
        for i in range(len(x)):
            x[i] *= 3

    x = np.ones(2)
    double(x)
    triple(x)
    double(x)
print(x.tolist(), [str(w.message)[:38] for w in caught if w.category is RuntimeWarning])
"""


@pytest.mark.parametrize(
    "damage",
    [
        # No folder can be written.
        "def no(self): raise OSError('read-only')\n"
        "for c in vars(caching).values():\n"
        "    if isinstance(c, type) and 'ensure_cache_path' in dir(c): c.ensure_cache_path = no",
        # The disk is full when the code is to be kept.
        "def full(self, *_): raise OSError('no space left')\ncaching.IndexDataCacheFile.save = full",
    ],
    ids=["no folder", "full disk"],
)
def test_without_a_cache_kernels_run_and_one_warning_says_so(damage: str, tmp_path: Any) -> None:
    script = tmp_path / "kernels.py"
    script.write_text(textwrap.dedent(CACHE).format(damage=damage))
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[12.0, 12.0] ['Compiled code cannot be kept on disk (']"


def test_a_kernel_is_kept_under_a_stamp_of_its_parts(tmp_path: Path) -> None:
    def nothing(x: Any) -> None:
        x[0] = 0.0

    package = Path(compile_module.__file__).parents[1]
    Kernel(nothing)
    assert nothing.__qualname__ == f"nothing_{stamp(package)}"
    of_parts = {
        file.relative_to(package)
        for file in package.rglob("*.py")
        if re.search("import (Kernel|part)$", file.read_text(), flags=re.MULTILINE)
    }
    assert {"rollout/cells.py", "observation/softmax_kernels.py", "compiler/functions.py"} <= set(map(str, of_parts))
    for changed in of_parts:
        shutil.copytree(package, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
        assert stamp(tmp_path / "copy") == stamp(package)
        with (tmp_path / "copy" / changed).open("a") as file:
            file.write("# changed")
        assert stamp(tmp_path / "copy") != stamp(package), f"code of {changed} would stay in use after a change"
        shutil.rmtree(tmp_path / "copy")
