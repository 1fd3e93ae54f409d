"""Equations as polynomials, a row of coefficients for each person: their values, and a change of variable."""

from math import comb

import numpy as np
from numpy.typing import NDArray

from spice.declaration.terms import CandidateTerms

Floats = NDArray[np.float64]


def value_and_slope(
    terms: CandidateTerms, values: Floats, point: Floats, inputs: dict[int, float]
) -> tuple[Floats, Floats]:
    """Next value of a mechanism, and its derivative by the value before.

    Parameters
    ----------
    terms : CandidateTerms
    values : (R, F)
        Coefficients of each row.
    point : (R,)
        Value before.
    inputs : dict of int to float
        {place of the input, from 1: number}; 0 where not given.

    Returns
    -------
    value, slope : (R,)
    """
    value, slope = np.zeros_like(point), np.zeros_like(point)
    with np.errstate(over="ignore", invalid="ignore"):
        for k, powers in enumerate(terms.powers):
            factor = values[:, k].copy()
            for variable in range(1, len(powers)):
                factor *= inputs.get(variable, 0.0) ** powers[variable]
            value += factor * point ** powers[0]
            if powers[0]:
                slope += factor * powers[0] * point ** (powers[0] - 1)
    return value, slope


def substitution(terms: CandidateTerms, variable: int, shift: Floats, scale: Floats) -> Floats:
    """Matrix that rewrites coefficients for x = shift + scale * y in one variable.

    Parameters
    ----------
    terms : CandidateTerms
    variable : int
        0 for the mechanism's own value, from 1 for its inputs.
    shift, scale : (R,)

    Returns
    -------
    (R, F, F)
        To be multiplied from the left with the coefficients of each row.
    """
    matrix = np.zeros((len(shift), len(terms), len(terms)))
    positions = {powers: k for k, powers in enumerate(terms.powers)}
    for source, powers in enumerate(terms.powers):
        power = powers[variable]
        for lower in range(power + 1):
            target = list(powers)
            target[variable] = lower
            matrix[:, positions[tuple(target)], source] += comb(power, lower) * shift ** (power - lower) * scale**lower
    return matrix
