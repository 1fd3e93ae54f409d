"""What cannot run is known before anything is trained."""

import pytest
import torch
from old_forwards import REFUSED
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.model.build import build_model
from spice.precoded import FORGETTING_RNN_CONFIG, ForgettingRNN
from spice.rollout.networks import NetworkOptions
from spice.training.dry_run import dry_run
from spice.training.fit_data import Expected, read_fit_data


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


def test_what_can_run_is_left_as_it_was(people):
    data = read_fit_data(Expected(OwnForwardRNN, 2), *people).training
    model = build_model(OwnForwardRNN, 2, 5, 1, NetworkOptions())
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    dry_run(model, OWN_FORWARD_CONFIG, data)
    assert not model.training
    assert model.generator is None
    assert model.calls is None
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)


def test_declared_models_are_known_to_run(people):
    data = read_fit_data(Expected(ForgettingRNN, 2), *people).training
    model = build_model(ForgettingRNN, 2, 5, 1, NetworkOptions()).train()
    dry_run(model, FORGETTING_RNN_CONFIG, data)
    assert model.training
