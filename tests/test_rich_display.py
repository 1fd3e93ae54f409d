"""What objects show of themselves in a notebook: text, escaped HTML, plain JSON."""

import json
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.documents import MIME, VERSION
from spice.equations.equations import LISTED, POPULATION
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.figures.estimator import plain_settings
from spice.precoded import CHOICE_CONFIG, MODELS, LearningRateRNN, ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.utils.convert_dataset import convert_dataset

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def fitted() -> tuple[SpiceEstimator, Any]:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=50, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset


def check(shown: dict[str, Any], kind: str) -> dict[str, Any]:
    assert set(shown) == {"text/plain", "text/html", MIME}
    ElementTree.fromstring(shown["text/html"].replace("&#x27;", "'"))
    document = json.loads(json.dumps(shown[MIME]))
    assert (document["spice-nb"], document["kind"]) == (VERSION, kind)
    assert document["title"]
    return document


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


def test_what_all_share_is_shown_once() -> None:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=0)
    estimator = SpiceEstimator(RescorlaWagnerRNN, epochs=2, n_trials_off_policy=50, random_state=0)
    shown = estimator.fit(dataset.xs, dataset.ys).equations_._repr_mimebundle_()
    document = check(shown, "equations")
    assert (document["is_shared"], document["participants"], document["left_out"]) == (True, [], 0)
    assert shown["text/html"].count("<math") == len(document["population"]["equations"]) + 1  # where people start
    assert "all participants" in shown["text/html"]


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


def test_equations_are_listed_by_person(fitted) -> None:
    equations = fitted[0].equations_
    document = check(equations._repr_mimebundle_(), "equations")
    assert [person["index"] for person in document["participants"]] == [0, 1, 2, 3, 4]
    assert document["left_out"] == 0
    person = document["participants"][3]
    for equation in person["equations"]:
        assert dict(equation["terms"]) == equations.terms(3)[equation["mechanism"]]
    assert dict(person["inverse_temperatures"]) == equations.inverse_temperatures(3)
    assert document["population"]["label"] == "population"
    assert equations.to_document(2)["left_out"] == 3
    assert LISTED >= 5


def test_names_from_data_are_text_only(fitted) -> None:
    from dataclasses import replace

    equations = replace(fitted[0].equations_, labels=(HOSTILE, *"bcde"))
    shown = equations._repr_mimebundle_()
    assert HOSTILE not in shown["text/html"]
    assert check(shown, "equations")["participants"][0]["label"] == HOSTILE
    import pandas as pd

    table = pd.DataFrame({"session": ["a"] * 4, "choice": [HOSTILE, "x", "x", HOSTILE], "reward": [0, 1, 0, 1]})
    dataset, *_ = convert_dataset(table)
    assert HOSTILE not in dataset._repr_mimebundle_()["text/html"]


def test_data_and_config_as_facts(fitted) -> None:
    facts = dict(check(fitted[1]._repr_mimebundle_(), "dataset")["facts"])
    assert (facts["people"], facts["choices"], facts["options"]) == (5, 200, "0, 1")
    config = SpiceConfig(**CHOICE_CONFIG.to_dict())
    assert "rnn_modules" in dict(check(config._repr_mimebundle_(), "config")["facts"])
