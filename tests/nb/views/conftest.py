import pytest

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.rnn_utils import DatasetRNN


@pytest.fixture(scope="session")
def fitted() -> tuple[SpiceEstimator, DatasetRNN]:
    """A fit that no test changes, and its data."""
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=60, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=4, n_trials_off_policy=100, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset
