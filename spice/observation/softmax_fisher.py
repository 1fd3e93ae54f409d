"""Likelihood, gradient and Fisher information of choices, from logits and logits with each parameter moved a little."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spice.compiler.compile import Kernel
from spice.compiler.threads import run_blocks
from spice.data.onehot import arm_numbers

Floats = NDArray[np.float64]


def fisher_information(logits: Tensor, widths: Floats, targets: Tensor) -> tuple[Floats, Floats, Floats]:
    """Sums over the choices of each sequence.

    Parameters
    ----------
    logits : (T, 1 + K, S, A)
        First as they are, then with each parameter moved; float64.
    widths : (S, K)
        By how much.
    targets : (T, S, A)
        One-hot, all zero where nothing is scored.

    Returns
    -------
    nll (S,), gradient (S, K), information (S, K, K)
    """
    n_sequences, n_parameters = widths.shape
    nll, gradient = np.zeros(n_sequences), np.zeros((n_sequences, n_parameters))
    information = np.zeros((n_sequences, n_parameters, n_parameters))
    given = np.ascontiguousarray(logits.numpy()), np.ascontiguousarray(widths), arm_numbers(targets).numpy()

    def sum_up(first: int, last: int) -> None:
        working = np.zeros(logits.shape[-1]), np.zeros((n_parameters, logits.shape[-1]))
        _sum_up(first, last, *given, nll, gradient, information, *working)

    run_blocks(sum_up, n_sequences, logits.numel())
    information += np.tril(information, -1).transpose(0, 2, 1)
    return nll, gradient, information


@Kernel
def _sum_up(
    first: int, last: int, logits: Any, widths: Any, following: Any, nll: Any, gradient: Any, information: Any,
    p: Any, slopes: Any,
) -> None:  # fmt: skip
    """Fill `nll`, `gradient` and the lower half of `information` for some sequences; `p`, `slopes` are for working."""
    n_trials, _, _, n_arms = logits.shape
    for t in range(n_trials):
        for s in range(first, last):
            target = following[t, s]
            if target < 0:
                continue
            top, total = logits[t, 0, s, 0], 0.0
            for a in range(n_arms):
                top = max(top, logits[t, 0, s, a])
            for a in range(n_arms):
                p[a] = np.exp(logits[t, 0, s, a] - top)
                total += p[a]
            nll[s] += top + np.log(total) - logits[t, 0, s, target]
            for k in range(widths.shape[1]):
                mean = 0.0
                for a in range(n_arms):
                    slopes[k, a] = (logits[t, 1 + k, s, a] - logits[t, 0, s, a]) / widths[s, k]
                    mean += slopes[k, a] * p[a] / total
                gradient[s, k] += mean - slopes[k, target]
                for a in range(n_arms):
                    slopes[k, a] -= mean
                for other in range(k + 1):
                    product = 0.0
                    for a in range(n_arms):
                        product += slopes[k, a] * slopes[other, a] * p[a]
                    information[s, k, other] += product / total
