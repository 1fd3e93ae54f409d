"""Settings of a fit from the command line."""

from pathlib import Path

import pytest
import yaml

from spice.estimator import SpiceEstimator
from spice_nb.cli.config import read_config
from spice_nb.cli.settings import ESTIMATOR_OPTIONS, PRESETS, FitSettings, option_name


def test_the_options_that_there_are() -> None:
    assert set(ESTIMATOR_OPTIONS) == {
        "degree", "epochs", "hidden_size", "learning_rate", "dropout", "batch_size", "n_steps_per_call",
        "weight_decay", "optimizer", "threshold", "regularization", "refine", "n_trials_off_policy", "optuna",
        "optuna_threshold", "optuna_trials", "validation_share", "patience", "ensemble_size", "seed",
    }  # fmt: skip


def test_defaults_are_those_of_the_estimator_and_a_seed() -> None:
    given = FitSettings().estimator_parameters
    assert given.pop("random_state") == 0
    estimator = SpiceEstimator().get_params(deep=False)
    assert given == {name: estimator[name] for name in given}


def test_what_was_said_reaches_the_estimator_and_the_config_file(tmp_path: Path) -> None:
    settings = FitSettings.of({"data": ("choices.csv",), "weight_decay": 0.1, "batch_size": None, "model": "choice"})
    parameters = settings.estimator_parameters
    assert (parameters["l2_weight_decay"], parameters["batch_size"], parameters["epochs"]) == (0.1, None, 128)
    path = tmp_path / "config.yaml"
    path.write_text(settings.to_yaml(tmp_path))
    written = yaml.safe_load(path.read_text())
    assert (written["weight-decay"], written["optuna-trials"], written["optimizer"]) == (0.1, 50, "SR3_weighted_l1")
    assert FitSettings.of(read_config(path)).estimator_parameters == parameters


@pytest.mark.parametrize(
    ("data", "name", "folder"),
    [
        (("zorowitz2023",), "zorowitz2023", "spice-results/zorowitz2023"),
        (("study/choices.csv",), "choices.csv", "spice-results/choices"),
        (("study\\choices.csv",), "choices.csv", "spice-results/choices"),
        (("study/a.csv", "study/b.csv"), "study", "spice-results/study"),
        (("study/*.csv",), "study", "spice-results/study"),
    ],
)
def test_results_are_called_as_their_data_are(data: tuple[str, ...], name: str, folder: str) -> None:
    settings = FitSettings(data=data)
    assert (settings.name, settings.folder.as_posix()) == (name, folder)
    assert FitSettings(data=data, out="there").folder == Path("there")
    assert settings.is_builtin == (data == ("zorowitz2023",))
    assert settings.source == (data[0] if len(data) == 1 else data)


def test_a_config_file_names_data_as_seen_from_its_folder(tmp_path: Path) -> None:
    settings = FitSettings(data=(str(tmp_path / "a.csv"), str(tmp_path / "b.csv")), reward=("left", "right"))
    written = yaml.safe_load(settings.to_yaml(tmp_path / "results", "../my_module.py:MyRNN"))
    assert written["data"] == ["../a.csv", "../b.csv"]
    assert (written["model"], written["out"], written["reward"]) == ("../my_module.py:MyRNN", ".", ["left", "right"])
    assert yaml.safe_load(FitSettings(data=("dezfouli2019",)).to_yaml(tmp_path))["data"] == "dezfouli2019"
    # All that can be said is in it, by the name that people type.
    assert set(written) == {option_name(name) for name in FitSettings.kinds()}


def test_columns_of_public_data_are_known() -> None:
    assert PRESETS["fontanesi2019"].keys() >= {"participant", "choice", "reward", "options"}
    assert all(isinstance(value, tuple) for preset in PRESETS.values() for k, value in preset.items() if k == "reward")
    assert PRESETS["simulated"] == {"block": None}
