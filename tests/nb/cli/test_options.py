"""Options of the estimator follow the table of its parameters."""

from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from typer.testing import CliRunner

from spice.estimator import SpiceEstimator
from spice.parameters import PARAMETERS, Group, Parameter
from spice_nb.cli.config import read_config
from spice_nb.cli.errors import as_options
from spice_nb.cli.options import with_estimator_options
from spice_nb.cli.settings import ESTIMATOR_OPTIONS, FitSettings


def test_the_options_that_there_are() -> None:
    assert set(ESTIMATOR_OPTIONS) == {
        "degree", "epochs", "hidden_size", "learning_rate", "dropout", "batch_size", "n_steps_per_call",
        "weight_decay", "optimizer", "threshold", "regularization", "refine", "n_trials_off_policy", "optuna",
        "optuna_threshold", "optuna_trials", "seed",
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


@pytest.mark.parametrize("flag", [None, "--patience=3"])
def test_one_more_entry_is_an_option(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flag: str | None) -> None:
    patience = Parameter(
        "patience", int, 10, Group.TRAINING, "Epochs without a gain to wait for.", low=1, option="patience"
    )
    monkeypatch.setitem(PARAMETERS, "patience", patience)
    monkeypatch.setitem(ESTIMATOR_OPTIONS, "patience", patience)
    heard: dict[str, Any] = {}

    def command(**options: Any) -> None:
        heard.update({name: value for name, value in options.items() if value is not None})

    app = typer.Typer()
    app.command()(with_estimator_options(command))
    result = CliRunner().invoke(app, [] if flag is None else [flag], env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert heard == ({} if flag is None else {"patience": 3})
    help_text = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).stdout
    assert "Epochs without a gain to wait for. Default: 10." in help_text
    settings = FitSettings.of(heard)
    assert settings.estimator_parameters["patience"] == heard.get("patience", 10)
    assert f"patience: {heard.get('patience', 10)}\n" in settings.to_yaml(tmp_path)


def test_errors_name_options() -> None:
    assert as_options("l2_weight_decay: expected a number") == "--weight-decay: expected a number"
    assert as_options("spice_optimizer_type: expected one") == "--optimizer: expected one"
