"""A fit that takes a moment, and people for it."""

from typing import Any

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.model.base import BaseRNN
from spice.precoded import ParticipantEmbeddingRNN


def quick(model: type[BaseRNN] = ParticipantEmbeddingRNN, **parameters: Any) -> SpiceEstimator:
    """An estimator of a few epochs."""
    defaults = {"epochs": 3, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, **(defaults | parameters))


def few_people(n_participants: int = 4, n_trials: int = 40) -> tuple[Any, Any]:
    """Conditions and targets (people, trials, features) of people who learn at rates of their own."""
    dataset, _ = simulate_individual_differences(n_participants, n_trials, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()
