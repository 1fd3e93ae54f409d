"""How uncertain equations were in files of before: covariances of all parameters, or standard errors of terms."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from spice.equations.coefficients import N_DRAWS, Coefficients

Floats = NDArray[np.float64]

SEED = 0
"""Of the draws that stand for covariances."""


def covariance_of(table: Coefficients, errors: Mapping[str, Floats]) -> Floats:
    """Covariance (R, P, P) of terms whose standard errors are known, and nothing else of them."""
    found = np.zeros((*table.vectors().shape, len(table.parameters)))
    own = np.nan_to_num(np.concatenate([errors[name] for name in table.terms], axis=1)) ** 2
    diagonal = np.arange(own.shape[1])
    found[:, diagonal, diagonal] = own
    return found


def draws_of(table: Coefficients, covariance: Floats) -> Floats:
    """Draws (R, D, P) of parameters around their values, of a normal distribution."""
    values, vectors = np.linalg.eigh(np.nan_to_num(covariance))
    factors = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    normal = np.random.default_rng(SEED).normal(size=(len(values), N_DRAWS, values.shape[1]))
    away = np.einsum("rpk,rdk->rdp", factors, normal)
    away -= away.mean(1, keepdims=True)
    # Standard errors are exactly those of the file.
    errors, drawn = np.sqrt(np.nan_to_num(np.einsum("rpp->rp", covariance))), away.std(1)
    away *= np.divide(errors, drawn, out=np.zeros_like(drawn), where=drawn > 0)[:, None]
    return np.asarray(table.vectors()[:, None] + away)
