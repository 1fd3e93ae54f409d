"""What a search found: one model, and what each of its mechanisms adds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t as student

from spice.mechanism_search.candidate import Candidate

Floats = NDArray[np.float64]

SURE = 0.05
"""Probability of taking up a mechanism that adds nothing, of all that are tried at a time."""
FEW_PEOPLE, MARGIN = 5, 3.0
"""People below whom nats in total decide, and how many these must be beside the logarithm of what is tried."""


@dataclass(frozen=True)
class Step:
    """A mechanism more or less, and what that changes on choices held out.

    Attributes
    ----------
    mechanism : str
        With what it builds on, where that came with it: "perseveration + habit".
    candidate : Candidate
        With it; where it was dropped, without it.
    gain : (R,)
        Nats of each person that the larger model is better by.
    choices : (R,)
    n_tried : int
        Changes that this one was the best of.
    ties : tuple of str
        Mechanisms that would have added about as much.
    is_kept : bool
        Whether the mechanism is part of the model after this step.
    """

    mechanism: str
    candidate: Candidate
    gain: Floats
    choices: Floats
    n_tried: int
    ties: tuple[str, ...]
    is_kept: bool


def adds(gain: Floats, n_tried: int) -> bool:
    """Whether nats gained by people are more than what the best of so many changes gains by chance.

    Parameters
    ----------
    gain : (R,)
    n_tried : int

    Returns
    -------
    bool
        By a one-sided t test over people, corrected for the number of changes (Bonferroni); where people are few, by
        nats in total.
    """
    n_people, total = len(gain), float(gain.sum())
    if not np.isfinite(gain).all() or total <= 0:
        return False
    if n_people < FEW_PEOPLE:
        return bool(total > np.log(n_tried) + MARGIN)
    error = gain.std(ddof=1) / np.sqrt(n_people)
    return bool(gain.mean() > student.isf(SURE / n_tried, n_people - 1) * error)


def is_tied(gain: Floats, best: Floats) -> bool:
    """Whether a change gains about as much as the best one: the difference may be chance.

    Parameters
    ----------
    gain, best : (R,)

    Returns
    -------
    bool
    """
    return bool(np.isfinite(gain).all()) and not adds(best - gain, 1)


@dataclass(frozen=True)
class Discovery:
    """One model, and how it was found.

    Attributes
    ----------
    candidate : Candidate
        The mechanisms; `candidate.rnn_class` is the model for a `SpiceEstimator`, `candidate.code()` its declaration.
    steps : tuple of Step
        In order; the last ones may have dropped what later mechanisms made needless.
    nll, chance : float
        Of choices held out, nats per choice.
    n_models : int
        Different models that were fitted.
    ended : str
        "nothing adds more", "time is up" or "stopped".
    notes : tuple of str
        What a reader should know: mechanisms left out, fits that failed, people of whom nothing is predicted.
    """

    candidate: Candidate
    steps: tuple[Step, ...]
    nll: float
    chance: float
    n_models: int
    ended: str
    notes: tuple[str, ...] = ()

    def ladder(self) -> pd.DataFrame:
        """What each mechanism adds.

        Returns
        -------
        DataFrame
            A row a step: mechanism, kept, gain (nats a choice held out) with the ends low and high of a 95 % interval
            over people, people (whose choices it predicts better) of n_people, tried, ties.
        """
        return pd.DataFrame([_row(step) for step in self.steps])


def _row(step: Step) -> dict[str, object]:
    low, high = interval(step.gain, step.choices)
    return {
        "mechanism": step.mechanism, "kept": step.is_kept, "gain": float(step.gain.sum() / step.choices.sum()),
        "low": low, "high": high, "people": int((step.gain > 0).sum()), "n_people": len(step.gain),
        "tried": step.n_tried, "ties": ", ".join(step.ties),
    }  # fmt: skip


def interval(gain: Sequence[float] | Floats, choices: Sequence[float] | Floats) -> tuple[float, float]:
    """95 % interval over people of the gain in nats a choice; NaN of one person.

    Parameters
    ----------
    gain, choices : (R,)

    Returns
    -------
    low, high : float
    """
    gain, choices = np.asarray(gain, dtype=float), np.asarray(choices, dtype=float)
    n_people = len(gain)
    if n_people < 2:
        return float("nan"), float("nan")
    ratio = gain.sum() / choices.sum()
    error = np.sqrt(np.sum((gain - ratio * choices) ** 2) * n_people / (n_people - 1)) / choices.sum()
    width = student.isf(0.025, n_people - 1) * error
    return float(ratio - width), float(ratio + width)
