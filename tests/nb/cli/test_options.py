"""Options of the estimator follow the table of its parameters."""

from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from spice.parameters import PARAMETERS, Group, Parameter
from spice_nb.cli.options import with_estimator_options
from spice_nb.cli.settings import ESTIMATOR_OPTIONS, FitSettings


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
