"""pysindy's SR3 and STLSQ for many participants at once.

Both need no more of the data than the Gram matrix of the candidate terms and their products with the target, so
all participants are solved as one batch. A test holds each equal to pysindy's optimizer on the same samples.

References
----------
Zheng et al. (2019), A unified framework for sparse relaxed regularized regression: SR3. IEEE Access 7.
Brunton, Proctor & Kutz (2016), Discovering governing equations from data by sparse identification of nonlinear
dynamical systems. PNAS 113.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spice.exceptions import ConfigError
from spice.parameters import OPTIMIZER_TYPES

Floats = NDArray[np.float64]
RIDGE = 1e-9
"""Keeps a participant whose signals never vary solvable; the samples' mean squares are of order 1."""


@dataclass(frozen=True)
class SparseOptions:
    """How coefficients are made sparse.

    Attributes
    ----------
    optimizer_type : str
        "SR3_weighted_l1" (l1 weight times the degree of the term), "SR3_L1" or "STLSQ".
    threshold : float
        SR3's `reg_weight_lam`, STLSQ's `threshold`; and the final cut-off: smaller coefficients are dropped and the
        others fitted again without penalty.
    alpha : float
        SR3's `relax_coeff_nu`, STLSQ's ridge `alpha`.
    max_iterations : int
    """

    optimizer_type: str = "SR3_weighted_l1"
    threshold: float = 0.03
    alpha: float = 0.1
    max_iterations: int = 100

    def __post_init__(self) -> None:
        if self.optimizer_type not in OPTIMIZER_TYPES:
            raise ConfigError(
                "spice_optimizer_type",
                f"one of {list(OPTIMIZER_TYPES)}",
                repr(self.optimizer_type),
                "Set spice_optimizer_type (optimizer_type of fit_spice) to one of these.",
            )
        if not isinstance(self.threshold, Real) or not self.threshold >= 0:
            raise ConfigError("spice_optim_threshold", "a number >= 0", self.threshold, "Use for example 0.03.")
        if not isinstance(self.alpha, Real) or not self.alpha > 0:
            raise ConfigError("spice_optim_regularization", "a number > 0", self.alpha, "Use for example 0.1.")


def sparse_coefficients(
    gram: Floats,
    moment: Floats,
    degrees: NDArray[np.int_],
    allowed: NDArray[np.bool_],
    options: SparseOptions | Sequence[SparseOptions],
) -> Floats:
    """Sparse coefficients of every participant.

    Parameters
    ----------
    gram : (P, F, F)
        Mean over samples of the products of candidate terms.
    moment : (P, F)
        Mean over samples of the products of candidate terms and target.
    degrees : (F,)
        Degree of each term.
    allowed : (F,)
        Terms that may be used at all.
    options : SparseOptions, or one for each participant

    Returns
    -------
    (P, F)
    """
    each = [options] * len(gram) if isinstance(options, SparseOptions) else list(options)
    terms, out = np.flatnonzero(allowed), np.zeros_like(moment)
    for optimizer_type in sorted({o.optimizer_type for o in each}):
        rows = np.flatnonzero([o.optimizer_type == optimizer_type for o in each])
        square, place = np.ix_(rows, terms, terms), np.ix_(rows, terms)
        own = [each[row] for row in rows]
        out[place] = _sparse(gram[square], moment[place], degrees[terms], optimizer_type, own)
    return out


def _sparse(
    gram: Floats, moment: Floats, degrees: NDArray[np.int_], optimizer_type: str, options: Sequence[SparseOptions]
) -> Floats:
    """Solve for participants who share one type of optimizer, with all terms allowed."""
    threshold, alpha = (np.array([getattr(o, name) for o in options]) for name in ("threshold", "alpha"))
    iterations = max(o.max_iterations for o in options)
    if optimizer_type == "STLSQ":
        sparse = stlsq(gram, moment, threshold, alpha, iterations)
    else:
        weights = degrees if optimizer_type == "SR3_weighted_l1" else np.ones(len(degrees))
        sparse = sr3_l1(gram, moment, threshold[:, None] * weights, alpha, iterations)
    cut_off = np.maximum(threshold, np.finfo(float).tiny)[:, None]
    support = np.abs(sparse) >= cut_off
    fitted = least_squares(gram, moment, support)
    # Without the penalty's bias a coefficient may turn out to be smaller than it seemed.
    while (dropped := support & (np.abs(fitted) < cut_off)).any():
        support &= ~dropped
        fitted = least_squares(gram, moment, support)
    return fitted


def sr3_l1(
    gram: Floats,
    moment: Floats,
    weights: NDArray[Any],
    nu: float | Floats,
    max_iterations: int,
    tolerance: float = 1e-5,
) -> Floats:
    """SR3 with an l1 penalty per term.

    Parameters
    ----------
    gram : (P, F, F)
        As in `sparse_coefficients`.
    moment : (P, F)
    weights : (F,) or (P, F)
        pysindy's `reg_weight_lam`.
    nu : float or (P,)
        pysindy's `relax_coeff_nu`.
    max_iterations : int
    tolerance : float
        Change of a participant's coefficients, over `nu`, below which they stay.

    Returns
    -------
    (P, F)
    """
    nu = np.broadcast_to(nu, len(moment))[:, None]
    inverse = np.linalg.inv(gram + np.eye(gram.shape[-1]) / nu[..., None])
    sparse = least_squares(gram, moment, np.ones(moment.shape, dtype=bool))
    done = np.zeros(len(moment), dtype=bool)
    for _ in range(max_iterations):
        full = np.einsum("pfg,pg->pf", inverse, moment + sparse / nu)
        shrunk = np.sign(full) * np.maximum(np.abs(full) - weights * nu, 0.0)
        change = np.sqrt(((shrunk - sparse) ** 2).sum(-1)) / nu[:, 0]
        sparse = np.where(done[:, None], sparse, shrunk)
        done |= change < tolerance
        if done.all():
            break
    return sparse


def stlsq(
    gram: Floats, moment: Floats, threshold: float | Floats, alpha: float | Floats, max_iterations: int
) -> Floats:
    """Sequentially thresholded ridge regression.

    Parameters
    ----------
    gram : (P, F, F)
        As in `sparse_coefficients`.
    moment : (P, F)
    threshold : float or (P,)
        Smaller coefficients are dropped.
    alpha : float or (P,)
        Weight of the ridge penalty.
    max_iterations : int

    Returns
    -------
    (P, F)
    """
    cut_off = np.broadcast_to(threshold, len(moment))[:, None]
    support = np.ones(moment.shape, dtype=bool)
    for _ in range(max_iterations):
        coefficients = least_squares(gram, moment, support, ridge=alpha)
        smaller = support & (np.abs(coefficients) >= cut_off)
        if (smaller == support).all():
            break
        support = smaller
    return coefficients


def least_squares(gram: Floats, moment: Floats, support: NDArray[np.bool_], ridge: float | Floats = RIDGE) -> Floats:
    """Ridge regression of each participant on the terms of its support.

    Parameters
    ----------
    gram : (P, F, F)
        As in `sparse_coefficients`.
    moment : (P, F)
    support : (P, F)
        Terms to fit.
    ridge : float or (P,)
        Weight of the penalty.

    Returns
    -------
    (P, F)
        Zero outside the support.
    """
    both = support[:, :, None] & support[:, None, :]
    identity = np.eye(gram.shape[-1])
    system = np.where(both, gram + np.broadcast_to(ridge, len(gram))[:, None, None] * identity, identity)
    solution = np.linalg.solve(system, np.where(support, moment, 0.0)[..., None])[..., 0]
    return np.asarray(np.where(support, solution, 0.0))


def independent_terms(features: Floats, tolerance: float = 1e-5) -> NDArray[np.bool_]:
    """Terms that are no combination of earlier ones on these samples.

    With binary rewards c_reward^2 is c_reward, and a constant input is the constant: such terms would split one
    coefficient between them.

    Parameters
    ----------
    features : (N, F)
        Value of each term in each sample.
    tolerance : float
        Share of a term's norm that must be left when earlier terms are projected out.

    Returns
    -------
    (F,)
    """
    kept = np.zeros(features.shape[1], dtype=bool)
    basis = np.zeros((len(features), 0))
    for k in range(features.shape[1]):
        column = features[:, k]
        size = np.linalg.norm(column)
        # Twice, for the accuracy that one projection loses.
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        norm = np.linalg.norm(rest)
        if size > 0 and norm > tolerance * size:
            kept[k] = True
            basis = np.column_stack([basis, rest / norm])
    return kept


def combinations(features: Floats, kept: NDArray[np.bool_]) -> Floats:
    """Each term that is not kept as a combination of those that are.

    Parameters
    ----------
    features : (N, F)
        Value of each term in each sample.
    kept : (F,)

    Returns
    -------
    (F, F)
        Weights of each term's combination, row by row; rows of terms that are kept are zero.
    """
    weights = np.zeros((len(kept), len(kept)))
    if not kept.all():
        found = np.linalg.lstsq(features[:, kept], features[:, ~kept], rcond=None)[0]
        weights[np.ix_(~kept, kept)] = np.where(np.abs(found) > 1e-3, found, 0.0).T
    return weights
