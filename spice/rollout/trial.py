"""One trial of a block of sequences, forward and backward; axes as in `mechanism_kernels`.

A mechanism is run only on the arms it applies to: the first of each lane in slot 0, the second in slot 1, and so on;
where a lane has fewer, it idles.
"""

from typing import Any

import numpy as np

from spice.compiler.compile import part
from spice.rollout.mechanism_kernels import (
    clear,
    network,
    network_back,
    polynomial,
    polynomial_back,
    read_arm,
    read_arm_back,
)
from spice.rollout.program import (
    ENTRY_AFTER,
    ENTRY_ARM,
    ENTRY_COLUMN,
    ENTRY_STATE,
    FIRST_INPUT,
    IS_NETWORK,
    N_INPUTS,
    RESIDUAL,
    SIGMOID,
    STATE,
    ZERO_OTHERS,
)


@part
def _fill_slots(
    t: int, m: int, program: Any, signals: Any, columns: Any, n: int, values: Any, before: Any, arms: Any,
    variables: Any,
) -> int:  # fmt: skip
    """Find the arms that a mechanism applies to and what it reads there; gives the number of slots in use.

    Idle lanes read arm 0: any finite number will do.
    """
    mechanisms, _, entries, _ = program
    inputs, masks, chosen, _, _, _, _ = signals
    mechanism, n_slots = mechanisms[m], 0
    for q in range(n):
        slot = 0
        for a in range(values.shape[1]):
            # Without a branch, which choices would make unpredictable: an arm that is masked is written over.
            arms[m, slot, q] = a
            slot += masks[t, columns[q], a, m]
        for idle in range(slot, values.shape[1]):
            arms[m, idle, q] = -1
        n_slots = max(n_slots, slot)
    for slot in range(n_slots):
        for q in range(n):
            variables[m, 0, slot, q] = values[mechanism[STATE], max(arms[m, slot, q], 0), q]
        for k in range(mechanism[N_INPUTS]):
            entry = entries[mechanism[FIRST_INPUT] + k]
            column, state, arm = entry[ENTRY_COLUMN], entry[ENTRY_STATE], entry[ENTRY_ARM]
            if column >= 0:
                for q in range(n):
                    variables[m, 1 + k, slot, q] = inputs[t, columns[q], max(arms[m, slot, q], 0), column]
            else:
                source = values if entry[ENTRY_AFTER] else before
                for q in range(n):
                    a = max(arms[m, slot, q], 0)
                    variables[m, 1 + k, slot, q] = read_arm(source, state, q, arm, a, chosen[t, columns[q]])
    return n_slots


@part
def run_trial(
    t: int, program: Any, signals: Any, columns: Any, n: int, weights: Any, coefficients: Any, values: Any, before: Any,
    trail: Any,
) -> None:  # fmt: skip
    """Run all mechanisms over trial t of a block; `values` (N, A, B) become those after it.

    The trail keeps what the backward pass needs of every mechanism: the number of slots, the arm in each, variables,
    hidden units, next value, and its slopes to the output and to the value.
    """
    mechanisms, limits, _, powers = program
    n_slots, arms, variables, units, after, slope, direct, product = trail
    n_lanes = values.shape[2]
    for state in range(len(values)):
        for a in range(values.shape[1]):
            for q in range(n_lanes):
                before[state, a, q] = values[state, a, q]
    for m in range(len(mechanisms)):
        mechanism = mechanisms[m]
        state = mechanism[STATE]
        n_slots[m] = _fill_slots(t, m, program, signals, columns, n, values, before, arms, variables)
        for slot in range(n_slots[m]):
            if mechanism[IS_NETWORK]:
                network(m, slot, mechanism, weights, variables, units, after)
            else:
                polynomial(m, slot, mechanism, powers, coefficients, variables, after, product)
        if mechanism[ZERO_OTHERS]:
            for a in range(values.shape[1]):
                for q in range(n_lanes):
                    values[state, a, q] = 0.0
        for slot in range(n_slots[m]):
            for q in range(n_lanes):
                u, to_readout, to_value = after[m, slot, q], 1.0, 0.0
                if mechanism[SIGMOID]:
                    u = 1.0 / (1.0 + np.exp(-u))
                    to_readout = u * (1.0 - u)
                elif mechanism[RESIDUAL]:
                    u += variables[m, 0, slot, q]
                    to_value = 1.0
                if u < limits[m, 0] or u > limits[m, 1]:
                    u = limits[m, 0] if u < limits[m, 0] else limits[m, 1]
                    to_readout = to_value = 0.0
                after[m, slot, q], slope[m, slot, q], direct[m, slot, q] = u, to_readout, to_value
            for q in range(n):
                if arms[m, slot, q] >= 0:
                    values[state, arms[m, slot, q], q] = after[m, slot, q]


@part
def run_trial_back(
    t: int, program: Any, signals: Any, columns: Any, n: int, weights: Any, coefficients: Any, trail: Any,
    g_weights: Any, g_coefficients: Any, g_values: Any, g_before: Any, g_out: Any, g_variables: Any,
) -> None:  # fmt: skip
    """The backward pass of `run_trial`: gradients of the states after it become those of the states before it."""
    mechanisms, _, entries, powers = program
    n_slots, arms, variables, units, _, slope, direct, product = trail
    n_lanes = g_values.shape[2]
    clear(g_before)
    for m in range(len(mechanisms) - 1, -1, -1):
        mechanism = mechanisms[m]
        state = mechanism[STATE]
        for slot in range(n_slots[m]):
            for q in range(n_lanes):
                a, g = arms[m, slot, q], 0.0
                if a >= 0:
                    g = g_values[state, a, q]
                    g_values[state, a, q] = 0.0
                g_out[slot, q] = g * slope[m, slot, q]
                g_variables[0, slot, q] = g * direct[m, slot, q]
                for k in range(mechanism[N_INPUTS]):
                    g_variables[1 + k, slot, q] = 0.0
        if mechanism[ZERO_OTHERS]:
            for a in range(g_values.shape[1]):
                for q in range(n_lanes):
                    g_values[state, a, q] = 0.0
        for slot in range(n_slots[m]):
            if mechanism[IS_NETWORK]:
                network_back(m, slot, mechanism, weights, variables, units, g_out, g_weights, g_variables)
            else:
                polynomial_back(
                    m, slot, mechanism, powers, coefficients, variables, g_out, g_coefficients, g_variables, product
                )
        for slot in range(n_slots[m]):
            for q in range(n):
                a = arms[m, slot, q]
                if a < 0:
                    continue
                g_values[state, a, q] += g_variables[0, slot, q]
                for k in range(mechanism[N_INPUTS]):
                    entry = entries[mechanism[FIRST_INPUT] + k]
                    if entry[ENTRY_COLUMN] < 0:
                        source = g_values if entry[ENTRY_AFTER] else g_before
                        chosen, g = signals[2][t, columns[q]], g_variables[1 + k, slot, q]
                        read_arm_back(source, entry[ENTRY_STATE], q, entry[ENTRY_ARM], a, chosen, g)
    for state in range(len(g_values)):
        for a in range(g_values.shape[1]):
            for q in range(n_lanes):
                g_values[state, a, q] += g_before[state, a, q]
