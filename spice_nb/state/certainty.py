"""How sure numbers are, in words: probabilities, intervals and shares as people read them."""

import math

NOTHING = 1e-4
"""Width of an interval, below which nothing is open: what is given, but for rounding."""


def as_probability(probability: float) -> str:
    """`.97`; `> .99` and `< .01` where two digits would say more than is known; empty where nobody has asked.

    Parameters
    ----------
    probability : float
        0 to 1; NaN where nobody has asked.

    Returns
    -------
    str
    """
    if math.isnan(probability):
        return ""
    if probability > 0.99:
        return "> .99"
    return "< .01" if probability < 0.01 else f"{probability:.2f}"[1:]


def probably(probability: float) -> str:
    """` (probability .97)`, to stand behind a statement; empty where nobody has asked.

    Parameters
    ----------
    probability : float
        0 to 1; NaN where nobody has asked.

    Returns
    -------
    str
    """
    return "" if math.isnan(probability) else f" (probability {as_probability(probability)})"


def as_interval(low: float, high: float) -> str:
    """`0.12 to 0.34`; empty where it is not known, or where nothing is open.

    Parameters
    ----------
    low, high : float
        Both ends, in the units of the coefficient; NaN where they are not known.

    Returns
    -------
    str
    """
    if math.isnan(low) or high - low < NOTHING:
        return ""
    return f"{low:.2f} to {high:.2f}".replace("-0.00", "0.00")


def as_share(share: float, low: float, high: float) -> str:
    """`47 % of people (35 to 63 %)`.

    Parameters
    ----------
    share, low, high : float
        Of people, 0 to 1, and its 95 % interval.

    Returns
    -------
    str
    """
    return f"{100 * share:.0f} % of people ({100 * low:.0f} to {100 * high:.0f} %)"
