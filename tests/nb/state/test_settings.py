"""Settings of a fit: checked as they are typed, kept in files, and written as a script."""

import json

import numpy as np
import pytest

from spice.datasets import simulate_forgetting
from spice_nb.state.candidates import Candidates
from spice_nb.state.model_choice import OWN
from spice_nb.state.parameters import OFFERED, PRESETS
from spice_nb.state.settings import SettingsModel


def test_only_what_differs_is_kept() -> None:
    model = SettingsModel()
    model.set("epochs", 40)
    assert model.values == {"epochs": 40}
    model.set("epochs", OFFERED["epochs"].default)
    assert model.values == {}


@pytest.mark.parametrize(
    ("name", "value"), [("epochs", -1), ("epochs", 1.5), ("dropout", 2), ("batch_size", 0), ("learning_rate", None)]
)
def test_what_cannot_be_is_said_and_changes_nothing(name: str, value: object) -> None:
    model = SettingsModel()
    model.set("hidden_size", 4)
    model.set(name, value)
    assert name in model.problem
    assert model.values == {"hidden_size": 4}
    model.set(name, OFFERED[name].default)
    assert model.problem == ""


@pytest.mark.parametrize("name", PRESETS)
def test_presets_can_be_fitted_with(name: str) -> None:
    model = SettingsModel()
    model.use_preset(name)
    assert {k: v for k, v in model.estimator().get_params().items() if k in PRESETS[name]} == PRESETS[name]
    model.estimator()._check()


def test_a_file_brings_everything_back() -> None:
    saved, read = SettingsModel(model="choice"), SettingsModel()
    saved.set("epochs", 12)
    saved.set("train_test_ratio", 0.8)
    read.from_json(saved.to_json())
    assert (read.model, read.values, read.problem) == ("choice", saved.values, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (json.dumps({"spice-nb settings": 99, "model": "choice", "values": {}}), "Update spice-nb"),
        (json.dumps({"spice-nb settings": 1, "model": "choice", "values": {"epoch": 3}}), "epoch"),
        (json.dumps({"spice-nb settings": 1, "model": "mine", "values": {}}), "mine"),
        (json.dumps({"spice-nb settings": 1, "model": "choice", "values": {"epochs": -3}}), "epochs"),
        (json.dumps({"spice-nb settings": 2, "model": "own", "values": {}}), "own"),
        (json.dumps({"spice-nb settings": 2, "model": "own", "own": {"model": "A"}, "values": {}}), "declaration"),
        (
            json.dumps({"spice-nb settings": 2, "model": "choice", "candidates": [1], "values": {}}),
            "candidates: expected names",
        ),
        (json.dumps([1, 2]), "settings file"),
        ("{", "no settings"),
    ],
)
def test_files_that_cannot_be_used_say_why(text: str, said: str) -> None:
    model = SettingsModel()
    model.set("epochs", 7)
    model.from_json(text)
    assert said in model.problem
    assert (model.model, model.values) == ("participant-embedding", {"epochs": 7})


@pytest.mark.parametrize(
    ("model", "change"),
    [
        ("forgetting", lambda settings: None),
        ("forgetting", lambda settings: settings.use_inputs(["reaction time", "2nd"])),
        ("choice", lambda settings: settings.build()),
    ],
)
def test_files_and_scripts_hold_the_whole_model(model: str, change) -> None:
    settings, read = SettingsModel(model=model), SettingsModel()
    change(settings)
    read.from_json(settings.to_json())
    assert read.problem == ""
    assert (read.model, read.own, read.inputs) == (settings.model, settings.own, settings.inputs)
    namespace: dict[str, object] = {"dataset": simulate_forgetting(n_participants=2, n_trials=20, random_state=0)[0]}
    body = settings.python().split("estimator.fit")[0]
    exec(body, namespace)
    declared = namespace["estimator"].rnn_class.declaration()
    assert declared == settings.rnn_class().declaration()
    assert declared["additional_inputs"] == list(settings.inputs)


def test_a_model_whose_inputs_the_data_lack_blocks() -> None:
    settings = SettingsModel(model="forgetting")
    settings.use_inputs(["arousal"])
    settings.build()
    settings.use_inputs([])
    assert "arousal" in settings.blocker
    assert settings.mechanisms() == []
    assert settings.python().startswith("# ")
    settings.use_inputs(["arousal"])
    assert settings.blocker == ""
    settings.use_inputs(["c_reward"])
    assert "arousal" in settings.blocker
    settings.choose("forgetting")
    assert "taken" in settings.blocker


def test_the_script_gives_the_same_numbers() -> None:
    dataset, _ = simulate_forgetting(n_participants=4, n_trials=30, random_state=0)
    model = SettingsModel(model="forgetting")
    for name, value in {"epochs": 2, "random_state": 3, "n_trials_off_policy": 40}.items():
        model.set(name, value)
    namespace: dict[str, object] = {"dataset": dataset}
    exec(model.python(), namespace)
    fitted = model.estimator().fit(dataset.xs, dataset.ys)
    np.testing.assert_array_equal(namespace["estimator"].predict(dataset.xs), fitted.predict(dataset.xs))


VERSION_1 = '{"spice-nb settings": 1, "model": "choice", "values": {"epochs": 12, "train_test_ratio": 0.8}}'
VERSION_2 = """{
  "spice-nb settings": 2,
  "model": "own",
  "own": {
    "model": "OwnRNN",
    "declaration": {
      "states": {
        "x_value": {
          "initial": 0.5, "learned": "fixed", "readout": true, "inverse_temperature": "participant", "resets": "block"
        }
      },
      "mechanisms": [
        {
          "name": "x_value_chosen", "state": "x_value", "applies_to": "chosen",
          "inputs": [
            {"signal": "c_reward", "arm": "own", "when": "before"},
            {"signal": "reaction_time", "arm": "own", "when": "before"}
          ],
          "activation": "sigmoid", "update": "residual", "equation": null, "bounds": [0.0, 1.0], "others": "keep"
        },
        {
          "name": "x_value_not_chosen", "state": "x_value", "applies_to": "not_chosen", "inputs": [],
          "activation": null, "update": "direct", "equation": {"x_value": 0.9}, "bounds": null, "others": "keep"
        }
      ],
      "additional_inputs": ["reaction_time"]
    },
    "context_size": 0
  },
  "inputs": ["reaction_time"],
  "candidates": {"x_value_chosen": {"left_out": ["reaction_time"], "only_where": ["c_action", 1.0], "is_found": true}},
  "values": {"epochs": 7, "scheduler": true, "batch_size": null}
}"""


def test_files_of_earlier_versions_open() -> None:
    read = SettingsModel()
    read.from_json(VERSION_1)
    assert (read.problem, read.model, read.own, read.inputs, read.candidates) == ("", "choice", None, (), {})
    assert read.values == {"epochs": 12, "train_test_ratio": 0.8}
    read.from_json(VERSION_2)
    assert (read.problem, read.model, read.inputs) == ("", OWN, ("reaction_time",))
    assert read.values == {"epochs": 7, "scheduler": True, "batch_size": None}
    assert read.candidates == {"x_value_chosen": Candidates(("reaction_time",), ("c_action", 1.0))}
    assert read.own is not None
    assert not read.own.per_person
    learned, given = read.own.mechanisms
    assert (learned.bounds, learned.activation, learned.input_names) == (
        (0.0, 1.0), "sigmoid", ("c_reward", "reaction_time"),
    )  # fmt: skip
    assert given.equation == {"x_value": 0.9}
    # What is written today is what was written then.
    assert json.loads(read.to_json()) == json.loads(VERSION_2)


@pytest.mark.parametrize(
    ("part", "instead", "said"),
    [
        ('"left_out"', '"leave_out"', "candidates, x_value_chosen: expected only names that are known in a settings "),
        ('["c_action", 1.0]', '["c_action"]', "only_where, entry 2: expected a value in a settings file, but got"),
        ('"is_found": true', '"is_found": "yes"', "is_found: expected true or false in a settings file, but got 'yes'"),
        ('"initial": 0.5', '"initial": "half"', "initial: expected a number in a settings file, but got 'half'"),
        ('"bounds": null', '"bound": null', "mechanisms, entry 2: expected only names that are known"),
        ('"direct"', '"sudden"', "update: expected one of 'residual' or 'direct'"),
        ('"inputs": []', '"inputs": [{"signal": "c_reward", "arm": "left"}]', "entry 1, arm: expected one of 'own'"),
        ('"inputs": []', '"inputs": ["no spaces"]', "names without spaces and ^, but got 'no spaces'"),
        ('"values": {', '"values": {"device": [1], ', "device"),
        ('"context_size": 0', '"context_size": -1', "context_size: expected a number of 0 or more"),
    ],
)
def test_the_field_that_is_wrong_is_named(part: str, instead: str, said: str) -> None:
    model = SettingsModel()
    model.from_json(VERSION_2.replace(part, instead))
    assert said in model.problem
    assert model.model == "participant-embedding"
