"""A training that ended worse than knowing nothing is made again, from other weights."""

from collections.abc import Callable
from dataclasses import dataclass

from spice.model.base import BaseRNN
from spice.progress import Stage
from spice.refinement.textbook import Textbook

TOLERANCE = 0.05
"""Nats per choice by which a network may be worse than the rules of textbooks for everybody."""
MAX_ATTEMPTS = 3
FEWEST_EPOCHS = 64
"""Shorter trainings are trials of somebody's own, from which nothing is expected."""


@dataclass(frozen=True)
class Trained:
    """A trained model.

    Attributes
    ----------
    model : BaseRNN
    history : list of dict
        Losses of each epoch.
    nll : float
        Negative log-likelihood per training choice, nats.
    ran_out : bool
        Whether its patience had an end, not somebody else's.
    """

    model: BaseRNN
    history: list[dict[str, float]]
    nll: float
    ran_out: bool = False

    @property
    def best_nll(self) -> float:
        """Of validation choices in the epoch that predicts them best, where there are any; else of training choices."""
        held_out = [epoch["validation_loss"] for epoch in self.history if "validation_loss" in epoch]
        return min(held_out) if held_out else self.nll


def good_enough(chance: float, textbook: Textbook | None) -> float:
    """What a network must reach: chance, or close to the textbook model.

    Parameters
    ----------
    chance : float
        Negative log-likelihood per choice, nats, of choosing at random.
    textbook : Textbook or None

    Returns
    -------
    float
        Negative log-likelihood per choice, nats.
    """
    return chance if textbook is None else min(chance, textbook.nll + TOLERANCE)


def best_of_attempts(train: Callable[[int], Trained], threshold: float, epochs: int, stage: Stage) -> Trained:
    """Train until the threshold is reached, or a few times, and take the best.

    Parameters
    ----------
    train : callable
        Takes the number of the attempt, from 0.
    threshold : float
        See `good_enough`.
    epochs : int
        Of a whole training; one that was asked to end early is not made again.
    stage : Stage
        Told of every further attempt.

    Returns
    -------
    Trained
    """
    best = train(0)
    for attempt in range(1, MAX_ATTEMPTS):
        is_whole = epochs >= FEWEST_EPOCHS and (best.ran_out or len(best.history) >= epochs)
        if best.nll <= threshold or not is_whole:
            break
        stage.note(
            f"The network predicts the choices with {best.nll:.3f} nats each, worse than the {threshold:.3f} "
            "expected of it, so it is trained again from other weights."
        )
        another = train(attempt)
        best = min(best, another, key=lambda trained: trained.nll)
    return best
