"""Models by name."""

from pathlib import Path

import pytest
import torch

from spice.datasets import simulate_forgetting
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.model import registry
from spice.model.registry import find_model, register_model, registered_models
from spice.precoded import MODELS, ForgettingRNN, RescorlaWagnerRNN
from spice.resources.rnn import BaseRNN


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_MODELS", dict(registry._MODELS))


class OwnForward(BaseRNN):
    def forward(self, inputs, prev_state=None, batch_first=False):
        raise NotImplementedError


def test_precoded_models_are_registered() -> None:
    assert {m.name: m.rnn_class for m in registered_models() if m.is_precoded} == MODELS
    assert find_model("forgetting").rnn_class is ForgettingRNN
    assert all(m.is_declared for m in registered_models() if m.is_precoded)


def test_a_model_of_ones_own_is_found_and_replaced() -> None:
    class First(RescorlaWagnerRNN):
        pass

    register_model("mine", First)
    assert find_model("mine").rnn_class is First
    register_model("mine", OwnForward)
    assert find_model("mine").rnn_class is OwnForward
    assert not find_model("mine").is_declared
    assert [m.name for m in registered_models()] == [*MODELS, "mine"]


def test_what_cannot_be_says_so() -> None:
    with pytest.raises(ConfigError, match="no precoded model has, but got 'choice'"):
        register_model("choice", OwnForward)
    with pytest.raises(ConfigError, match="rnn_class: expected a subclass of BaseRNN, but got <class 'torch"):
        register_model("mine", torch.nn.Linear)
    with pytest.raises(ConfigError, match=r"model: expected one of rescorla-wagner, forgetting.*'mine'"):
        find_model("mine")


def test_a_saved_fit_is_loaded_into_the_class_that_is_registered(tmp_path: Path) -> None:
    class Mine(ForgettingRNN):
        pass

    dataset, _ = simulate_forgetting(n_participants=2, n_trials=20, random_state=0)
    estimator = SpiceEstimator(Mine, epochs=1, n_trials_off_policy=40, random_state=0).fit(dataset)
    estimator.save_spice(tmp_path / "n.spice", tmp_path / "e.spice")
    register_model("mine", Mine)
    loaded = SpiceEstimator.load_spice(tmp_path / "n.spice", tmp_path / "e.spice")
    assert loaded.rnn_class is Mine
