"""The updates of all lanes at once, forward and backward: by a network, by a polynomial; and what they read of a state.

A *lane* is one sequence of a block; whatever is done to it is done to all lanes in one inner loop, which the compiler
turns into vector instructions. A *slot* holds one arm of each lane.

Axes: A arms or slots, B lanes, N states, M mechanisms, H hidden units, U those of all networks, V variables (value and
inputs), F coefficients.
"""

from typing import Any

from spice.compiler.compile import part
from spice.compiler.functions import tanh
from spice.rollout.program import (
    ARM_CHOSEN,
    ARM_MEAN,
    ARM_OWN,
    FIRST_COEFFICIENT,
    FIRST_TERM,
    FIRST_UNIT,
    HIDDEN,
    N_INPUTS,
    N_TERMS,
)

# A network on a slot -----------------------------------------------------------------------------------------------


@part
def network(m: int, slot: int, mechanism: Any, weights: Any, variables: Any, units: Any, out: Any) -> None:
    """Read-out of all lanes, with their hidden units."""
    slopes, base, outgoing, bias = weights
    n_lanes = base.shape[1]
    for q in range(n_lanes):
        out[m, slot, q] = bias[m]
    for h in range(mechanism[HIDDEN]):
        u = mechanism[FIRST_UNIT] + h
        for q in range(n_lanes):
            units[m, h, slot, q] = base[u, q] + slopes[u, 0] * variables[m, 0, slot, q]
        for k in range(1, 1 + mechanism[N_INPUTS]):
            for q in range(n_lanes):
                units[m, h, slot, q] += slopes[u, k] * variables[m, k, slot, q]
        for q in range(n_lanes):
            unit = tanh(units[m, h, slot, q])
            units[m, h, slot, q] = unit
            out[m, slot, q] += outgoing[u, q] * unit


@part
def network_back(
    m: int, slot: int, mechanism: Any, weights: Any, variables: Any, units: Any, g_out: Any, g_weights: Any,
    g_variables: Any,
) -> None:  # fmt: skip
    """The backward pass of `network`: adds to the gradients of weights and variables; `units` is used up."""
    slopes, base, outgoing, _ = weights
    g_slopes, g_base, g_outgoing, g_bias = g_weights
    n_lanes = base.shape[1]
    for q in range(n_lanes):
        g_bias[m] += g_out[slot, q]
    for h in range(mechanism[HIDDEN]):
        u = mechanism[FIRST_UNIT] + h
        for q in range(n_lanes):
            g_outgoing[u, q] += g_out[slot, q] * units[m, h, slot, q]
        for q in range(n_lanes):
            unit = units[m, h, slot, q]
            g = g_out[slot, q] * outgoing[u, q] * (1.0 - unit * unit)
            units[m, h, slot, q] = g
            g_base[u, q] += g
        for k in range(1 + mechanism[N_INPUTS]):
            slope, total = slopes[u, k], 0.0
            for q in range(n_lanes):
                total += units[m, h, slot, q] * variables[m, k, slot, q]
                g_variables[k, slot, q] += units[m, h, slot, q] * slope
            g_slopes[u, k] += total


# A polynomial on a slot ----------------------------------------------------------------------------------------------


@part
def _multiply(product: Any, m: int, slot: int, term: Any, less: int, variables: Any) -> None:
    """Multiply all lanes by the variables to the powers of a term, that of variable `less` lowered by one."""
    for k in range(variables.shape[1]):
        for _ in range(term[k] - (1 if k == less else 0)):
            for q in range(len(product)):
                product[q] *= variables[m, k, slot, q]


@part
def polynomial(
    m: int, slot: int, mechanism: Any, powers: Any, coefficients: Any, variables: Any, out: Any, product: Any
) -> None:
    """Polynomial of all lanes."""
    n_lanes = len(product)
    for q in range(n_lanes):
        out[m, slot, q] = 0.0
    for f in range(mechanism[N_TERMS]):
        for q in range(n_lanes):
            product[q] = coefficients[mechanism[FIRST_COEFFICIENT] + f, q]
        _multiply(product, m, slot, powers[mechanism[FIRST_TERM] + f], -1, variables)
        for q in range(n_lanes):
            out[m, slot, q] += product[q]


@part
def polynomial_back(
    m: int, slot: int, mechanism: Any, powers: Any, coefficients: Any, variables: Any, g_out: Any,
    g_coefficients: Any, g_variables: Any, product: Any,
) -> None:  # fmt: skip
    """The backward pass of `polynomial`."""
    n_lanes = len(product)
    for f in range(mechanism[N_TERMS]):
        term, position = powers[mechanism[FIRST_TERM] + f], mechanism[FIRST_COEFFICIENT] + f
        for q in range(n_lanes):
            product[q] = g_out[slot, q]
        _multiply(product, m, slot, term, -1, variables)
        for q in range(n_lanes):
            g_coefficients[position, q] += product[q]
        for k in range(1 + mechanism[N_INPUTS]):
            if term[k] > 0:
                for q in range(n_lanes):
                    product[q] = g_out[slot, q] * coefficients[position, q] * term[k]
                _multiply(product, m, slot, term, k, variables)
                for q in range(n_lanes):
                    g_variables[k, slot, q] += product[q]


# A state as seen from an arm -----------------------------------------------------------------------------------------


@part
def read_arm(values: Any, state: int, q: int, arm: int, a: int, chosen: int) -> Any:
    """The arm `arm` of a state, seen from arm a."""
    if arm == ARM_OWN:
        return values[state, a, q]
    if arm == ARM_CHOSEN:
        return values[state, chosen, q]
    total, count = 0.0, 0
    for b in range(values.shape[1]):
        if arm == ARM_MEAN or b != a:
            total += values[state, b, q]
            count += 1
    return total / max(count, 1)


@part
def read_arm_back(g_values: Any, state: int, q: int, arm: int, a: int, chosen: int, g: Any) -> None:
    """The backward pass of `read_arm`."""
    if arm == ARM_OWN:
        g_values[state, a, q] += g
    elif arm == ARM_CHOSEN:
        g_values[state, chosen, q] += g
    else:
        n_arms = g_values.shape[1]
        share = g / max(n_arms if arm == ARM_MEAN else n_arms - 1, 1)
        for b in range(n_arms):
            if arm == ARM_MEAN or b != a:
                g_values[state, b, q] += share


@part
def clear(values: Any) -> None:
    """Fill an array of three axes with zeros."""
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            for k in range(values.shape[2]):
                values[i, j, k] = 0.0
