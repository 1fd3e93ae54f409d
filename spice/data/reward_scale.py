"""Which rewards are 0 and 1: one rule for tables, for arrays and for simulations."""

import numpy as np
from numpy.typing import ArrayLike

_HALF = 0.5
_TINY = 0.1


def reward_scale(observed: ArrayLike) -> tuple[float, float]:
    """Rewards that are mapped to 0 and 1.

    Rewards within 0 and 1 stay as they are where they use that range. Where they do not, they were written in
    another unit, as cents in dollars are, and are scaled so that the unit makes no difference: a single amount or
    nothing (0 and 0.01); from nothing to at most a half; all of them at most a tenth.

    Parameters
    ----------
    observed : array of float
        Finite rewards, at least one.

    Returns
    -------
    (float, float)
        Smallest and largest reward where they are scaled, else (0, 1).
    """
    values = np.asarray(observed, dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1:
        one_amount = low == 0 and bool(np.isin(values, (0.0, high)).all())
        is_other_unit = one_amount or high <= _TINY or (low == 0 and high <= _HALF)
        if high in (0.0, 1.0) or not is_other_unit:
            return 0.0, 1.0
    # A single reward carries no scale of its own; it keeps its unit.
    return low, high if high > low else low + 1.0
