"""The likelihood of the choices that follow a trial, forward and back; axes as in `cells`."""

from typing import Any

import numpy as np

from spice.resources.rollout.cells import exp_below_zero
from spice.resources.rollout.compile import part


@part
def _probabilities(values: Any, factors: Any, p: Any, top: Any, total: Any) -> None:
    """Softmax of the logits of all lanes: unnormalised (A, B), with the largest logit and the sum (B,)."""
    n_lanes = len(top)
    for a in range(values.shape[1]):
        for q in range(n_lanes):
            p[a, q] = factors[0, q] * values[0, a, q]
        for state in range(1, len(values)):
            for q in range(n_lanes):
                p[a, q] += factors[state, q] * values[state, a, q]
        for q in range(n_lanes):
            top[q] = p[a, q] if a == 0 or p[a, q] > top[q] else top[q]
    for q in range(n_lanes):
        total[q] = 0.0
    for a in range(values.shape[1]):
        for q in range(n_lanes):
            p[a, q] = exp_below_zero(p[a, q] - top[q])
            total[q] += p[a, q]


@part
def nll_of_trial(t: int, signals: Any, columns: Any, n: int, values: Any, readout: Any, first: int, nll: Any) -> None:
    """Add the negative log-likelihood of the choice that follows trial t."""
    factors, p, top, total = readout
    _probabilities(values, factors, p, top, total)
    for q in range(n):
        a = signals[4][t, columns[q]]
        if a >= 0:
            logit = 0.0
            for state in range(len(values)):
                logit += factors[state, q] * values[state, a, q]
            nll[first + q] += top[q] + np.log(total[q]) - logit


@part
def nll_of_trial_back(
    t: int, signals: Any, columns: Any, n: int, values: Any, readout: Any, first: int, g_nll: Any, g_factors: Any,
    g_values: Any,
) -> None:  # fmt: skip
    """The way back of `nll_of_trial`."""
    factors, p, top, total = readout
    _probabilities(values, factors, p, top, total)
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
