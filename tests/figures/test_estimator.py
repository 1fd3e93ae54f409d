"""An estimator in a notebook: its mechanisms as a table, before and after a fit."""

import json
from typing import Any

import numpy as np
import pytest
from bundles import check

from spice.datasets import simulate_individual_differences
from spice.documents import MIME
from spice.equations.equations import POPULATION
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.figures.estimator import plain_settings
from spice.precoded import MODELS, LearningRateRNN, ParticipantEmbeddingRNN


@pytest.fixture(scope="module")
def fitted() -> tuple[SpiceEstimator, Any]:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=50, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset


def test_an_estimator_shows_its_mechanisms_before_and_after_a_fit(fitted) -> None:
    estimator, _ = fitted
    fresh = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2)._repr_mimebundle_()
    document = check(fresh, "estimator")
    assert document["title"] == "SpiceEstimator of ParticipantEmbeddingRNN, not fitted yet"
    assert document["facts"] == [["epochs", "2"]]
    assert document["population"] is None
    assert [(m["arms"], m["inputs"], m["given"]) for m in document["mechanisms"]] == [
        ("chosen", ["c_reward"], None),
        ("not chosen", [], None),
    ]
    assert fresh["text/html"].count("a network, of which fit makes an equation") == 2
    shown = estimator._repr_mimebundle_()
    document = check(shown, "estimator")
    assert "fitted to 5 participants" in document["title"]
    assert document["population"] == estimator.equations_.canonical().person_document(POPULATION)
    assert shown["text/html"].count("<math") == 2


def test_what_fit_will_refuse_is_shown_all_the_same() -> None:
    estimator = SpiceEstimator("no model", epochs=np.array([1, 2]))
    assert "no model" in check(estimator._repr_mimebundle_(), "estimator")["title"]


@pytest.mark.parametrize("model", MODELS.values())
def test_every_model_has_a_diagram(model) -> None:
    check(SpiceEstimator(model)._repr_mimebundle_(), "estimator")


def test_given_equations_are_shown_as_such() -> None:
    shown = SpiceEstimator(LearningRateRNN)._repr_mimebundle_()
    assert "given: <math" in shown["text/html"]
    given = [mechanism["given"] for mechanism in shown[MIME]["mechanisms"]]
    assert any(text and " <- " in text for text in given)


def test_settings_of_a_file_are_plain() -> None:
    estimator = SpiceEstimator(LearningRateRNN, epochs=3, learning_rate=float("inf"))
    plain = json.loads(json.dumps(plain_settings(estimator), allow_nan=False))
    assert (plain["rnn_class"], plain["epochs"], plain["learning_rate"]) == ("LearningRateRNN", 3, "inf")
    assert SpiceConfig(**plain["spice_config"]) == SpiceConfig.from_model(LearningRateRNN)
