"""What of the losses of a training is worth a chart's height."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Losses = Sequence[tuple[str, Sequence[float]]]


def shown_range(losses: Losses) -> tuple[float, float] | None:
    """Smallest and largest loss of a chart; None where there are too few epochs to tell.

    The first epochs start from networks that know nothing, and would flatten all that follows. What comes after the
    first tenth of the epochs, but for single outliers, gets at least a third of the height; the last quarter is never
    cut.

    Parameters
    ----------
    losses : sequence of (str, sequence of float)
        Name and an entry an epoch, nats per choice, as in `TrainingModel.losses`.

    Returns
    -------
    (float, float) or None
    """
    series = [np.asarray(values, dtype=float) for _, values in losses if len(values) > 2]
    if not series:
        return None
    low = min(values.min() for values in series)
    high = max(max(np.percentile(_later(values), 95), _last_quarter(values).max()) for values in series)
    margin = 0.04 * (high - low) or 0.01
    top = min(high + 2 * (high - low), max(values.max() for values in series))
    # Never down to 0, which a logarithmic scale has no place for.
    return float(max(low - margin, 0.9 * low)), float(top + margin)


def said_above(losses: Losses, top: float) -> str:
    """How many epochs leave the top of the chart, and how far; empty where none does.

    Parameters
    ----------
    losses : sequence of (str, sequence of float)
        As for `shown_range`.
    top : float
        Loss at the upper end of the chart, nats per choice.

    Returns
    -------
    str
    """
    series = [np.asarray(values, dtype=float) for _, values in losses]
    epochs = {int(epoch) for values in series for epoch in np.flatnonzero(values > top)}
    if not epochs:
        return ""
    largest = max(values.max() for values in series if len(values))
    leave = "epoch leaves" if len(epochs) == 1 else "epochs leave"
    return f"{len(epochs):,} {leave} the top of the chart; the largest loss is {largest:.3f}."


def _later(values: Floats) -> Floats:
    """What comes after the first tenth, and after the first epoch."""
    return values[max(1, len(values) // 10) :]


def _last_quarter(values: Floats) -> Floats:
    return values[-max(1, len(values) // 4) :]
