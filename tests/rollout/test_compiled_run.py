"""Kernels on arrays, without torch around them."""

import numpy as np
import pytest
from rollout.cases import simple

from spice.rollout.compiled import resets
from spice.rollout.compiled_run import CompiledRun, Parameters
from spice.rollout.program import encode


def some_run(n_sequences: int = 20, n_trials: int = 9, rows: int = 1) -> tuple[CompiledRun, Parameters]:
    """A network of four units with a context, and an equation, on two arms; coefficients of all or one row each."""
    case = simple(n_sequences, n_trials)
    rng = np.random.default_rng(2)
    program = encode(case.mechanisms, case.forms, case.states)
    n_units = case.forms["m_0"].network.n_hidden
    parameters = Parameters(
        rng.normal(size=(n_units, program.n_variables)) / 2,
        rng.normal(size=(n_units, n_sequences)),
        rng.normal(size=(n_units, n_sequences)) / n_units,
        np.array([0.1, 0.0]),
        np.array([[0.1, 0.7, 0.1]]) + rng.normal(size=(rows, 3)) / 20,
        np.full((1, n_sequences, 2), 0.5),
        rng.uniform(size=(1, n_sequences, 2)),
        rng.uniform(1, 3, size=(1, n_sequences)),
    )
    return CompiledRun(program, resets(case.states), case.signals.arrays), parameters


@pytest.mark.parametrize("rows", [1, 20])
def test_forward_and_back_at_once_are_forward_and_back(rows: int) -> None:
    run, parameters = some_run(rows=rows)
    rng = np.random.default_rng(0)
    g_nll, g_last = rng.uniform(size=20), rng.normal(size=(1, 20, 2))
    states, nll, _ = run.forward(parameters)
    g_states = np.zeros(states.shape)
    g_states[-1] = g_last
    expected = run.backward(parameters, states, g_states, g_nll)
    room = np.full(states.size + 7, np.nan)
    again, nll_again, found = run.likelihood_gradient(parameters, g_nll, g_last, room)
    np.testing.assert_array_equal(again, states)
    np.testing.assert_array_equal(nll_again, nll)
    np.testing.assert_array_equal(room[: states.size], states.ravel())
    assert np.isnan(room[states.size :]).all()
    for name in Parameters._fields:
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-12, atol=1e-13, err_msg=name)


@pytest.mark.parametrize("rows", [1, 20])
@pytest.mark.parametrize("name", Parameters._fields)
def test_the_gradient_is_that_of_finite_differences(name: str, rows: int) -> None:
    run, parameters = some_run(rows=rows)
    weights = np.random.default_rng(1).uniform(size=20)
    states, _, _ = run.forward(parameters)
    gradient = getattr(run.backward(parameters, states, None, weights), name)
    direction = np.random.default_rng(2).normal(size=gradient.shape)

    def at(step: float) -> float:
        moved = parameters._replace(**{name: getattr(parameters, name) + step * direction})
        return float(run.forward(moved)[1] @ weights)

    slope = (at(1e-5) - at(-1e-5)) / 2e-5
    assert abs(slope) > 1e-4
    assert (gradient * direction).sum() == pytest.approx(slope, rel=1e-5)


def test_members_of_an_ensemble_share_networks_and_sum_their_gradients() -> None:
    run, parameters = some_run(10)
    other = parameters._replace(start=parameters.start + 0.2, factors=parameters.factors * 2)
    both = parameters._replace(
        **{
            name: np.concatenate([getattr(parameters, name), getattr(other, name)], axis=1)
            for name in ("initial", "start", "factors")
        }
    )
    states, nll, _ = run.forward(both)
    alone = [run.forward(each) for each in (parameters, other)]
    np.testing.assert_allclose(states, np.concatenate([a[0] for a in alone], axis=2), rtol=1e-12)
    np.testing.assert_allclose(nll, np.concatenate([a[1] for a in alone]), rtol=1e-12)
    found = run.backward(both, states, None, np.ones(20))
    apart = [run.backward(each, a[0], None, np.ones(10)) for each, a in zip((parameters, other), alone, strict=True)]
    for name in ("slopes", "base", "outgoing", "bias", "coefficients"):
        total = getattr(apart[0], name) + getattr(apart[1], name)
        np.testing.assert_allclose(getattr(found, name), total, rtol=1e-9, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(found.start, np.concatenate([a.start for a in apart], axis=1), rtol=1e-9, atol=1e-12)


def test_only_the_sequences_asked_for_are_run() -> None:
    run, parameters = some_run(12)
    everybody = run.forward(parameters)[1]
    some = np.array([7, 2, 7])
    *signals, _ = run.signals
    part = CompiledRun(run.program, run.resets, (*signals, some))
    own = parameters._replace(
        base=parameters.base[:, some], outgoing=parameters.outgoing[:, some], initial=parameters.initial[:, some],
        start=parameters.start[:, some], factors=parameters.factors[:, some],
    )  # fmt: skip
    np.testing.assert_array_equal(part.forward(own)[1], everybody[some])
