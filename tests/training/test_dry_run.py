"""What cannot run is known before anything is trained."""

import pytest
from old_forwards import (
    REFUSED,
)
from own_forward import OWN_FORWARD_CONFIG

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=80, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


def quick(model, **parameters):
    defaults = {"epochs": 2, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, OWN_FORWARD_CONFIG, **(defaults | parameters))


@pytest.mark.parametrize("model", REFUSED)
def test_what_cannot_run_is_refused_before_training(model, people):
    seen = []
    with pytest.raises(ConfigError) as error:
        quick(model).set_callbacks(seen.append).fit(*people)
    for words in REFUSED[model]:
        assert words in str(error.value)
    assert not [event for event in seen if event.path[-1] == "rnn"]
