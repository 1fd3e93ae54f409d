"""How good many fits are: detection, calibration, prevalence, structure and coverage."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import rankdata

FIFTHS = 5


def auc(has: ArrayLike, score: ArrayLike) -> float:
    """How often one who has it scores higher than one who has not; NaN where nobody or everybody has it."""
    positive, ranks = np.asarray(has, dtype=bool), rankdata(score)
    n, m = positive.sum(), (~positive).sum()
    if not n or not m:
        return float("nan")
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


def detection(has: ArrayLike, found: ArrayLike) -> tuple[float, float]:
    """Shares found of those who have it, and of those who have not; NaN of nobody."""
    positive, there = np.asarray(has, dtype=bool), np.asarray(found, dtype=bool)
    return _share(there[positive]), _share(there[~positive])


def calibration(probability: ArrayLike, has: ArrayLike) -> pd.DataFrame:
    """Mean probability and share of those who have it in each fifth of the probabilities, from low to high."""
    p, true = np.asarray(probability, dtype=float), np.asarray(has, dtype=float)
    parts = np.array_split(np.argsort(p, kind="stable"), FIFTHS)
    rows = [(p[part].mean(), true[part].mean(), len(part)) for part in parts]
    return pd.DataFrame(rows, columns=["probability", "share", "people"])


def coverage(numbers: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Share of intervals that hold the truth, beside how many numbers have none, in groups of columns.

    Columns `inside` (of the intervals that there are), `numbers`, `without_interval` and `width`, its median.
    """
    slack = 1e-9
    frame = numbers.assign(
        known=numbers.low.notna() & numbers.high.notna(),
        inside=(numbers.low - slack <= numbers.true) & (numbers.true <= numbers.high + slack),
        width=numbers.high - numbers.low,
    )
    found = frame.groupby(list(by), sort=False).agg(numbers=("known", "size"), known=("known", "mean"))
    found["without_interval"] = 1 - found.pop("known")
    of_known = (
        frame[frame.known].groupby(list(by), sort=False).agg(inside=("inside", "mean"), width=("width", "median"))
    )
    return found.join(of_known).reset_index()


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
