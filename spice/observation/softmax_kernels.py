"""The likelihood of the choices that follow a trial, forward and backward; axes as in `mechanism_kernels`."""

from typing import Any

import numpy as np

from spice.compiler.compile import part
from spice.compiler.functions import exp_below_zero
from spice.observation.base import NOT_ON_OFFER


@part
def _probabilities(
    t: int, signals: Any, columns: Any, n: int, values: Any, factors: Any, p: Any, top: Any, total: Any
) -> None:
    """Softmax of the logits of all lanes: unnormalised (A, B), with the largest logit and the sum (B,).

    Arms that are not on offer in the choice after trial t have none.
    """
    n_lanes, offered = len(top), signals[5]
    is_limited = len(offered) > 0
    for a in range(values.shape[1]):
        for q in range(n_lanes):
            p[a, q] = factors[0, q] * values[0, a, q]
        for state in range(1, len(values)):
            for q in range(n_lanes):
                p[a, q] += factors[state, q] * values[state, a, q]
        if is_limited:
            for q in range(n):
                if not offered[t, columns[q], a]:
                    p[a, q] = NOT_ON_OFFER
        for q in range(n_lanes):
            top[q] = p[a, q] if a == 0 or p[a, q] > top[q] else top[q]
    for q in range(n_lanes):
        total[q] = 0.0
    for a in range(values.shape[1]):
        for q in range(n_lanes):
            p[a, q] = exp_below_zero(p[a, q] - top[q])
        if is_limited:
            for q in range(n):
                p[a, q] *= offered[t, columns[q], a]
        for q in range(n_lanes):
            total[q] += p[a, q]


@part
def nll_of_trial(t: int, signals: Any, columns: Any, n: int, values: Any, working: Any, first: int, nll: Any) -> None:
    """Add the negative log-likelihood of the choice that follows trial t.

    Parameters
    ----------
    t : int
        The trial.
    signals : tuple of arrays
        As `rollout.kernels.forward` reads them.
    columns : (B,) of int
        Sequence of the data in each lane.
    n : int
        Lanes in use.
    values : (N, A, B)
        States after the trial.
    working : tuple of arrays
        Factors of the states (N, B), and room for probabilities (A, B), largest logits (B,) and sums (B,).
    first : int
        Run of the first lane.
    nll : (Q,)
        Added to, at the runs of the lanes; a choice that is not scored adds nothing.
    """
    factors, p, top, total = working
    _probabilities(t, signals, columns, n, values, factors, p, top, total)
    for q in range(n):
        a = signals[4][t, columns[q]]
        if a >= 0:
            logit = 0.0
            for state in range(len(values)):
                logit += factors[state, q] * values[state, a, q]
            nll[first + q] += top[q] + np.log(total[q]) - logit


@part
def nll_of_trial_back(
    t: int, signals: Any, columns: Any, n: int, values: Any, working: Any, first: int, g_nll: Any, g_factors: Any,
    g_values: Any,
) -> None:  # fmt: skip
    """The backward pass of `nll_of_trial`.

    Parameters
    ----------
    t, signals, columns, n, values, working, first
        As of `nll_of_trial`.
    g_nll : (Q,)
        Gradient of the negative log-likelihood of each run.
    g_factors : (N, Q)
        Added to: gradient of the factors.
    g_values : (N, A, B)
        Added to: gradient of the states after the trial.
    """
    factors, p, top, total = working
    _probabilities(t, signals, columns, n, values, factors, p, top, total)
    for q in range(n):
        target = signals[4][t, columns[q]]
        scale = g_nll[first + q] if target >= 0 else 0.0
        for a in range(values.shape[1]):
            p[a, q] = scale * (p[a, q] / total[q] - (1.0 if a == target else 0.0))
    for state in range(len(values)):
        for a in range(values.shape[1]):
            for q in range(n):
                g_values[state, a, q] += p[a, q] * factors[state, q]
                g_factors[state, first + q] += p[a, q] * values[state, a, q]
