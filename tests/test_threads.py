"""Two fits, or many predictions, at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=40, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


def fit(people, model=ParticipantEmbeddingRNN, config=None, **parameters):
    defaults = {"epochs": 8, "n_trials_off_policy": 100, "random_state": 1}
    return SpiceEstimator(model, config, **(defaults | parameters)).fit(*people)


def test_two_fits_at_once_equal_one_alone(people):
    alone = fit(people).predict(people[0])
    with ThreadPoolExecutor(2) as pool:
        both = [f.result() for f in [pool.submit(fit, people) for _ in range(2)]]
    for estimator in both:
        for found, expected in zip(estimator.predict(people[0]), alone, strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(("model", "config"), [(ParticipantEmbeddingRNN, None), (OwnForwardRNN, OWN_FORWARD_CONFIG)])
def test_predictions_at_once_do_not_mix(people, model, config):
    estimator = fit(people, model, config, epochs=2, spice_refine=False)
    expected = estimator.predict(people[0])
    with ThreadPoolExecutor(3) as pool:
        for found in pool.map(lambda _: estimator.predict(people[0]), range(24)):
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_array_equal(a, b)
