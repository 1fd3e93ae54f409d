"""The compiled rollout: all trials of some blocks of sequences, forward and backward.

A block is run a trial at a time (`trial`), each sequence a lane of it (`mechanism_kernels`). The backward pass
recomputes a trial from the states before it, which costs less than keeping hidden units in memory.

Axes: T trials, D sequences of the data, S of them that are run, Q runs (S, times ensemble members), A arms, B lanes,
N states, M mechanisms, U hidden units of all networks, V variables of a mechanism (value and inputs), F coefficients.
All numbers that are not whole are float64.
"""

from typing import Any

import numpy as np

from spice.compiler.compile import Kernel, part
from spice.observation.softmax_kernels import nll_of_trial, nll_of_trial_back
from spice.rollout.mechanism_kernels import clear
from spice.rollout.program import Program
from spice.rollout.trial import run_trial, run_trial_back


def block_size(n_runs: int) -> int:
    """Sequences run together, each a lane.

    Long loops over lanes are quick, but several threads need a block each, and idle lanes cost as much as others. It
    does not depend on the number of threads: sums over sequences are taken block by block.
    """
    return 64 if n_runs >= 256 else next((size for size in (8, 16) if n_runs <= size), 32)


@Kernel
def forward(
    first_block: int, last_block: int, program: Any, resets: Any, signals: Any, parameters: Any, initial: Any,
    start: Any, factors: Any, states: Any, nll: Any, seen: Any, memory: Any,
) -> None:  # fmt: skip
    """Fill the states after each trial, for some blocks of sequences.

    Parameters
    ----------
    first_block, last_block : int
        Blocks of as many sequences as `memory` has lanes.
    program : tuple of arrays
        Mechanisms, limits, entries and powers; see `program.py`.
    resets : (N,) bool
        States that return to their initial values where a block of trials starts.
    signals : tuple of arrays
        Inputs (T, D, A, _), masks of the mechanisms (T, D, A, M), chosen arm (T, D), starts of blocks (T, D), the
        choice that follows (T, D), -1 for none, arms on offer in it (T or 0, D, A), and which sequences to run (S,).
    parameters : tuple of arrays
        Slopes (U, V) and base (U, S) of what hidden units receive, their outgoing weights (U, S), biases of the
        outputs (M,), and coefficients of polynomials (1 or Q, F).
    initial, start : (N, Q, A)
    factors : (N, Q)
        Of each state in the logits.
    states : (T, N, Q, A)
        Filled, as all that follows.
    nll : (Q,)
        Negative log-likelihood, summed over the choices of each sequence.
    seen : (M, T, Q, A, V + 1)
        The variables and the next value of each cell, unless M is 0.
    memory : tuple of arrays
        See `working_memory`; each thread has its own.
    """
    for index in range(first_block, last_block):
        n = _open_block(index, signals, parameters, initial, factors, memory)
        columns, units, coefficients, trail, values, before, working = memory
        weights = parameters[0], units[0], units[1], parameters[3]
        n_slots, arms, variables, _, after, _, _, _ = trail
        first = index * len(columns)
        _take(start, first, n, values)
        for t in range(len(states)):
            _reset(t, first, columns, n, resets, signals, initial, values)
            run_trial(t, program, signals, columns, n, weights, coefficients, values, before, trail)
            _put(values, states[t], first, n)
            nll_of_trial(t, signals, columns, n, values, working, first, nll)
            for m in range(len(seen)):
                for slot in range(n_slots[m]):
                    for q in range(n):
                        a = arms[m, slot, q]
                        if a >= 0:
                            for k in range(variables.shape[1]):
                                seen[m, t, first + q, a, k] = variables[m, k, slot, q]
                            seen[m, t, first + q, a, variables.shape[1]] = after[m, slot, q]


@Kernel
def backward(
    first_block: int, last_block: int, program: Any, resets: Any, signals: Any, parameters: Any, initial: Any,
    start: Any, factors: Any, states: Any, g_states: Any, g_last: Any, g_nll: Any, g_slopes: Any, g_base: Any,
    g_outgoing: Any, g_bias: Any, g_coefficients: Any, g_initial: Any, g_start: Any, g_factors: Any, memory: Any,
    g_memory: Any,
) -> None:  # fmt: skip
    """The backward pass of `forward`, a trial at a time from the last.

    Parameters
    ----------
    g_states : (T or 0, N, Q, A)
        Gradient of each state after each trial.
    g_last : (N, Q, A)
        Gradient of each state after the last trial besides, from what comes after it.
    g_nll : (Q,)
    g_slopes : (blocks, U, V)
        Filled, as all that follows; one part a block, to be summed in their order.
    g_base, g_outgoing : (U, Q)
    g_bias : (blocks, M)
    g_coefficients : (blocks or Q, F)
        One row a sequence where each has coefficients of its own.
    g_initial, g_start : (N, Q, A)
    g_factors : (N, Q)
    """
    for index in range(first_block, last_block):
        n = _open_block(index, signals, parameters, initial, factors, memory)
        columns, units, coefficients, trail, values, before, working = memory
        weights = parameters[0], units[0], units[1], parameters[3]
        g_units, g_own_coefficients, g_values, g_before, g_out, g_variables = g_memory
        g_weights = g_slopes[index], g_units[0], g_units[1], g_bias[index]
        first = index * len(columns)
        clear(g_units)
        clear(g_own_coefficients)
        clear(g_values)
        _take(g_last, first, n, g_values)
        for t in range(len(states) - 1, -1, -1):
            if len(g_states) > 0:
                for q in range(n):
                    for state in range(len(g_values)):
                        for a in range(g_values.shape[1]):
                            g_values[state, a, q] += g_states[t, state, first + q, a]
            _take(states[t], first, n, values)
            nll_of_trial_back(t, signals, columns, n, values, working, first, g_nll, g_factors, g_values)
            _take(start if t == 0 else states[t - 1], first, n, values)
            _reset(t, first, columns, n, resets, signals, initial, values)
            run_trial(t, program, signals, columns, n, weights, coefficients, values, before, trail)
            run_trial_back(
                t, program, signals, columns, n, weights, coefficients, trail, g_weights, g_own_coefficients[0],
                g_values, g_before, g_out, g_variables,
            )  # fmt: skip
            for q in range(n):
                for state in range(len(resets)):
                    if resets[state] and signals[3][t, columns[q]]:
                        for a in range(g_values.shape[1]):
                            g_initial[state, first + q, a] += g_values[state, a, q]
                            g_values[state, a, q] = 0.0
        _put(g_values, g_start, first, n)
        for u in range(g_units.shape[1]):
            for q in range(n):
                g_base[u, first + q] = g_units[0, u, q]
                g_outgoing[u, first + q] = g_units[1, u, q]
        for q in range(n):
            row = index if len(parameters[4]) == 1 else first + q
            for f in range(len(coefficients)):
                g_coefficients[row, f] += g_own_coefficients[0, f, q]


# Blocks: what holds for all trials of their sequences -----------------------------------------------------------------


def working_memory(block: int, program: Program, n_states: int, n_arms: int, n_units: int, n_coefficients: int) -> Any:
    """Arrays for the blocks of one thread: columns of the data, what each lane is run with, trail, values."""
    n_mechanisms, slots = len(program.tables[0]), (n_arms, block)
    trail = (
        np.zeros(n_mechanisms, np.int64),
        np.zeros((n_mechanisms, *slots), np.int64),
        np.zeros((n_mechanisms, program.n_variables, *slots)),
        np.zeros((n_mechanisms, program.n_hidden, *slots)),
        *np.zeros((3, n_mechanisms, *slots)),
        np.zeros(block),
    )
    values, before = np.zeros((2, n_states, *slots))
    working = np.zeros((n_states, block)), np.zeros(slots), np.zeros(block), np.zeros(block)
    units, coefficients = np.zeros((2, n_units, block)), np.zeros((n_coefficients, block))
    # Unsigned: numba would check columns for being counted from the end.
    return np.zeros(block, np.uint64), units, coefficients, trail, values, before, working


def gradient_memory(block: int, program: Program, n_states: int, n_arms: int, n_units: int, n_coefficients: int) -> Any:
    """The same for gradients: of units, coefficients, values, and what goes into and comes out of a mechanism."""
    slots = (n_arms, block)
    values, before = np.zeros((2, n_states, *slots))
    coefficients, variables = np.zeros((1, n_coefficients, block)), np.zeros((program.n_variables, *slots))
    return np.zeros((2, n_units, block)), coefficients, values, before, np.zeros(slots), variables


@part
def _open_block(index: int, signals: Any, parameters: Any, initial: Any, factors: Any, memory: Any) -> Any:
    """Give each lane its column of the data, its units and its coefficients; the number of lanes in use."""
    _, base, outgoing, _, coefficients = parameters
    columns, units, own_coefficients, trail, _, _, of_choice = memory
    sequences, arms = signals[6], trail[1]
    first = index * len(columns)
    n = min(len(columns), initial.shape[1] - first)
    for m in range(len(arms)):
        for slot in range(arms.shape[1]):
            for q in range(n, len(columns)):
                arms[m, slot, q] = -1
    for q in range(n):
        s = (first + q) % len(sequences)
        columns[q] = sequences[s]
        for u in range(len(base)):
            units[0, u, q], units[1, u, q] = base[u, s], outgoing[u, s]
        for state in range(len(factors)):
            of_choice[0][state, q] = factors[state, first + q]
        row = 0 if len(coefficients) == 1 else first + q
        for f in range(coefficients.shape[1]):
            own_coefficients[f, q] = coefficients[row, f]
    return n


@part
def _reset(t: int, first: int, columns: Any, n: int, resets: Any, signals: Any, initial: Any, values: Any) -> None:
    """Return to initial values where a block of trials starts."""
    for q in range(n):
        if signals[3][t, columns[q]]:
            for state in range(len(resets)):
                for a in range(values.shape[1] if resets[state] else 0):
                    values[state, a, q] = initial[state, first + q, a]


@part
def _put(values: Any, target: Any, first: int, n: int) -> None:
    """From lanes (N, A, B) to sequences (N, Q, A)."""
    for state in range(len(values)):
        for q in range(n):
            for a in range(values.shape[1]):
                target[state, first + q, a] = values[state, a, q]


@part
def _take(source: Any, first: int, n: int, values: Any) -> None:
    """From sequences (N, Q, A) to lanes (N, A, B)."""
    for state in range(len(values)):
        for q in range(n):
            for a in range(values.shape[1]):
                values[state, a, q] = source[state, first + q, a]
