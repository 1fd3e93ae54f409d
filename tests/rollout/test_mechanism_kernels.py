"""The updates that kernels are made of, one at a time."""

import numpy as np
import pytest
import torch
from numba import njit
from rollout.cases import some_trials

from spice.declaration.terms import polynomial_terms
from spice.resources.mechanisms import Mechanism, State
from spice.rollout import mechanism_kernels as kernels
from spice.rollout.compiled import compiled_rollout
from spice.rollout.networks import MechanismNetwork, NetworkForm, NetworkOptions, network_options
from spice.rollout.program import (
    ARM_CHOSEN,
    ARM_MEAN,
    ARM_OTHER,
    ARM_OWN,
    FIRST_COEFFICIENT,
    FIRST_TERM,
    FIRST_UNIT,
    HIDDEN,
    N_INPUTS,
    N_TERMS,
)
from spice.rollout.signals import read_arm, read_signals


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


ARMS = {"own": ARM_OWN, "chosen": ARM_CHOSEN, "other": ARM_OTHER, "mean": ARM_MEAN}


@njit
def read(values: np.ndarray, arm: int, chosen: int) -> np.ndarray:
    return np.array([kernels.read_arm(values, 0, 0, arm, a, chosen) for a in range(values.shape[1])])


@njit
def read_back(arm: int, chosen: int, gradient: np.ndarray) -> np.ndarray:
    g_values = np.zeros((1, len(gradient), 1))
    for a in range(len(gradient)):
        kernels.read_arm_back(g_values, 0, 0, arm, a, chosen, gradient[a])
    return g_values[0, :, 0]


@pytest.mark.parametrize("arm", ["own", "chosen", "other", "mean"])
@pytest.mark.parametrize("n_arms", [1, 2, 5])
def test_a_state_as_seen_from_each_arm_is_that_of_the_reference(arm: str, n_arms: int) -> None:
    rng = np.random.default_rng(n_arms)
    values, gradient, chosen = rng.normal(size=n_arms), rng.normal(size=n_arms), n_arms // 2
    tensor = torch.as_tensor(values).requires_grad_()
    expected = read_arm(arm, tensor, torch.as_tensor(np.eye(n_arms)[chosen]))
    np.testing.assert_allclose(read(values[None, :, None], ARMS[arm], chosen), expected.detach(), rtol=1e-12)
    (back,) = torch.autograd.grad(expected, tensor, torch.as_tensor(gradient))
    np.testing.assert_allclose(read_back(ARMS[arm], chosen, gradient), back, rtol=1e-12, atol=1e-15)


@njit
def polynomial(powers: np.ndarray, coefficients: np.ndarray, variables: np.ndarray, g_out: np.ndarray):
    """Values of one lane a point, and the gradients that come back; a term and a coefficient of others stand before."""
    n_terms, n_lanes = len(powers) - 1, variables.shape[1]
    mechanism = np.zeros(12, np.int64)
    mechanism[N_INPUTS], mechanism[N_TERMS] = len(variables) - 1, n_terms
    mechanism[FIRST_TERM], mechanism[FIRST_COEFFICIENT] = 1, 1
    out, product = np.full((1, 1, n_lanes), np.nan), np.zeros(n_lanes)
    here = variables.copy().reshape(1, len(variables), 1, n_lanes)
    kernels.polynomial(0, 0, mechanism, powers, coefficients, here, out, product)
    g_coefficients, g_variables = np.zeros(coefficients.shape), np.zeros((len(variables), 1, n_lanes))
    kernels.polynomial_back(
        0, 0, mechanism, powers, coefficients, here, g_out.reshape(1, n_lanes), g_coefficients, g_variables, product
    )
    return out[0, 0], g_coefficients, g_variables[:, 0]


def test_a_polynomial_and_its_derivatives_also_where_a_variable_is_zero() -> None:
    rng = np.random.default_rng(0)
    terms = polynomial_terms(("v", "r", "c"), 3)
    variables, g_out = rng.normal(size=(3, 6)), rng.normal(size=6)
    variables[:, :2] = 0.0
    variables[0, 2] = 0.0
    powers = np.concatenate([[[7, 7, 7]], terms.powers])
    coefficients = np.concatenate([np.full((1, 6), np.nan), rng.normal(size=(len(terms), 6))])
    out, g_coefficients, g_variables = polynomial(powers, coefficients, variables, g_out)
    at, by = torch.as_tensor(variables).requires_grad_(), torch.as_tensor(coefficients[1:]).requires_grad_()
    features = torch.stack([(at ** torch.as_tensor(p)[:, None]).prod(0) for p in terms.powers])
    expected = (by * features).sum(0)
    np.testing.assert_allclose(out, expected.detach(), rtol=1e-12)
    g_by, g_at = torch.autograd.grad(expected, [by, at], torch.as_tensor(g_out))
    np.testing.assert_allclose(g_coefficients[1:], g_by, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(g_variables, g_at, rtol=1e-10, atol=1e-13)
    assert (g_coefficients[0] == 0).all()


@njit
def network_cells(mechanism: np.ndarray, slopes, base, outgoing, bias, variables, g_out):
    n_lanes = base.shape[1]
    n_units = mechanism[HIDDEN]
    units, out = np.zeros((1, n_units, 1, n_lanes)), np.zeros((1, 1, n_lanes))
    kernels.network(0, 0, mechanism, (slopes, base, outgoing, bias), variables, units, out)
    gradient = np.zeros(slopes.shape), np.zeros(base.shape), np.zeros(outgoing.shape), np.zeros(bias.shape)
    g_variables = np.zeros((variables.shape[1], 1, n_lanes))
    kernels.network_back(
        0, 0, mechanism, (slopes, base, outgoing, bias), variables, units, g_out, gradient, g_variables
    )
    return out[0, 0], gradient, g_variables[:, 0]


def test_a_network_and_its_derivatives() -> None:
    rng = np.random.default_rng(1)
    mechanism = np.zeros(12, np.int64)
    mechanism[HIDDEN], mechanism[FIRST_UNIT], mechanism[N_INPUTS] = 3, 2, 1
    # Two units of another network stand before those of this one.
    arrays = rng.normal(size=(5, 2)), rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), rng.normal(size=1)
    variables, g_out = rng.normal(size=(2, 4)), rng.normal(size=4)
    out, gradient, g_variables = network_cells(mechanism, *arrays, variables[None, :, None], g_out[None])
    leaves = [torch.as_tensor(values).requires_grad_() for values in (*arrays, variables)]
    slopes, base, outgoing, bias, at = leaves
    expected = bias[0] + (outgoing[2:] * torch.tanh(base[2:] + slopes[2:] @ at)).sum(0)
    np.testing.assert_allclose(out, expected.detach(), rtol=1e-9)
    found = torch.autograd.grad(expected, leaves, torch.as_tensor(g_out))
    for mine, theirs in zip((*gradient, g_variables), found, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-8, atol=1e-12)
