"""pysindy's SR3 and STLSQ for many participants at once.

Both need no more of the data than the Gram matrix of the candidate terms and their products with the target, so
all participants are solved as one batch. A test holds each equal to pysindy's optimizer on the same samples.

References
----------
Zheng et al. (2019), A unified framework for sparse relaxed regularized regression: SR3. IEEE Access 7.
Brunton, Proctor & Kutz (2016), Discovering governing equations from data by sparse identification of nonlinear
dynamical systems. PNAS 113.
"""

from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from spice.exceptions import ConfigError

Floats = NDArray[np.float64]
OptimizerType = Literal["SR3_weighted_l1", "SR3_L1", "STLSQ"]
OPTIMIZER_TYPES: tuple[str, ...] = get_args(OptimizerType)
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
                "Use one.",
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
    options: SparseOptions,
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
    options : SparseOptions

    Returns
    -------
    (P, F)
    """
    sub = np.ix_(np.arange(len(gram)), np.flatnonzero(allowed), np.flatnonzero(allowed))
    inner_gram, inner_moment = gram[sub], moment[:, allowed]
    if options.optimizer_type == "STLSQ":
        sparse = stlsq(inner_gram, inner_moment, options.threshold, options.alpha, options.max_iterations)
    else:
        weights = degrees[allowed] if options.optimizer_type == "SR3_weighted_l1" else np.ones(allowed.sum())
        sparse = sr3_l1(inner_gram, inner_moment, options.threshold * weights, options.alpha, options.max_iterations)
    support = np.abs(sparse) >= max(options.threshold, np.finfo(float).tiny)
    fitted = least_squares(inner_gram, inner_moment, support)
    # Without the penalty's bias a coefficient may turn out to be smaller than it seemed.
    while (dropped := support & (np.abs(fitted) < options.threshold)).any():
        support &= ~dropped
        fitted = least_squares(inner_gram, inner_moment, support)
    out = np.zeros_like(moment)
    out[:, allowed] = fitted
    return out


def sr3_l1(
    gram: Floats,
    moment: Floats,
    weights: NDArray[Any],
    nu: float,
    max_iterations: int,
    tolerance: float = 1e-5,
) -> Floats:
    """SR3 with an l1 penalty per term; `weights` (F,) is pysindy's `reg_weight_lam`, `nu` its `relax_coeff_nu`."""
    n_terms = gram.shape[-1]
    inverse = np.linalg.inv(gram + np.eye(n_terms) / nu)
    sparse = least_squares(gram, moment, np.ones(moment.shape, dtype=bool))
    done = np.zeros(len(moment), dtype=bool)
    for _ in range(max_iterations):
        full = np.einsum("pfg,pg->pf", inverse, moment + sparse / nu)
        shrunk = np.sign(full) * np.maximum(np.abs(full) - weights * nu, 0.0)
        change = np.sqrt(((shrunk - sparse) ** 2).sum(-1)) / nu
        sparse = np.where(done[:, None], sparse, shrunk)
        done |= change < tolerance
        if done.all():
            break
    return sparse


def stlsq(gram: Floats, moment: Floats, threshold: float, alpha: float, max_iterations: int) -> Floats:
    """Sequentially thresholded ridge regression."""
    support = np.ones(moment.shape, dtype=bool)
    for _ in range(max_iterations):
        coefficients = least_squares(gram, moment, support, ridge=alpha)
        smaller = support & (np.abs(coefficients) >= threshold)
        if (smaller == support).all():
            break
        support = smaller
    return coefficients


def least_squares(gram: Floats, moment: Floats, support: NDArray[np.bool_], ridge: float = RIDGE) -> Floats:
    """Ridge regression of each participant on the terms of its support; zero elsewhere."""
    both = support[:, :, None] & support[:, None, :]
    identity = np.eye(gram.shape[-1])
    system = np.where(both, gram + ridge * identity, identity)
    solution = np.linalg.solve(system, np.where(support, moment, 0.0)[..., None])[..., 0]
    return np.asarray(np.where(support, solution, 0.0))


def independent_terms(features: Floats, tolerance: float = 1e-5) -> NDArray[np.bool_]:
    """Terms that are no combination of earlier ones on these samples (N, F).

    With binary rewards c_reward^2 is c_reward, and a constant input is the constant: such terms would split one
    coefficient between them.
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
