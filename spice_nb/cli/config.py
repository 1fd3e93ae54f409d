"""Settings from the command line and from config files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from spice.exceptions import ConfigError
from spice_nb.cli.answers import read_answers
from spice_nb.cli.holdout import read_holdout
from spice_nb.cli.model import check_name, is_file
from spice_nb.cli.model_code import is_code
from spice_nb.cli.settings import PRESETS, FitSettings
from spice_nb.estimator_options import ESTIMATOR_OPTIONS
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_choice import OWN
from spice_nb.state.schemas.config_file import parse_config, read_config_file
from spice_nb.state.schemas.settings import HEAD
from spice_nb.state.settings import SettingsModel, read_settings


def gather_settings(given: Mapping[str, Any], config: Path | None) -> FitSettings:
    """Put settings together: the command line wins over the config file, that over presets and defaults.

    Parameters
    ----------
    given : mapping
        What was said on the command line, by the names of `FitSettings`; None where nothing was.
    config : Path, optional
        YAML or JSON with the names of the options, or settings that the app has saved.

    Returns
    -------
    FitSettings

    Raises
    ------
    ConfigError
        An unreadable file, unknown names or values, no data.
    """
    # No label at all means a missed trial: that is an answer too.
    said = {n: value for n, value in given.items() if value is not None and (value != () or n == "missed")}
    said = {name: (value,) if name == "data" and isinstance(value, str) else value for name, value in said.items()}
    # "none" is how one says on a command line that a column is not used.
    said = {n: None if n in ("block", "experiment") and v == "none" else v for n, v in said.items()}
    from_file = read_config(config) if config else {}
    if said.get("model", from_file.get("model")) != from_file.get("model"):
        # Terms are those of a model, and go with it.
        from_file = {name: value for name, value in from_file.items() if name not in ("own", "candidates")}
    chosen = {**from_file, **said}
    settings = FitSettings.of({**PRESETS.get("".join(chosen.get("data", ())[:1]), {}), **chosen})
    if not settings.data:
        raise ConfigError(
            "DATA", f"a CSV file or one of {', '.join(PRESETS)}", "nothing", "Try: spice-nb fit choices.csv"
        )
    if settings.model != OWN or settings.own is None:
        check_name(settings.model)
    if is_code(settings.model) and "model" not in said:
        # A file of settings may come from anywhere; code is run only for who names it.
        raise ConfigError(
            "model", "the name of a model or a declaration, as in a config file nothing is run", settings.model,
            f"Name it on the command line too: --model {settings.model}",
        )  # fmt: skip
    read_holdout(settings.holdout)
    read_answers(settings)
    return settings


def read_config(path: Path) -> dict[str, Any]:
    """Read a config file; paths in it are relative to its folder.

    Parameters
    ----------
    path : Path
        YAML or JSON; settings of the app are read too.

    Returns
    -------
    dict of str to object
        Only of what the file says, by the names of `FitSettings`.

    Raises
    ------
    ConfigError
        It cannot be read, holds no names with values, or an unknown name or value.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix.lower() == ".json" else parse_config(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            "--config", "a YAML or JSON file", f"{path} ({reason})", "Check the path and its content."
        ) from error
    if not isinstance(content, dict):
        raise ConfigError(
            "--config", "names and values, such as `epochs: 128`", f"{path} without", "See config.yaml of any fit."
        )
    if HEAD in content:
        return _of_app(read_settings(text))
    settings = read_config_file(content, FitSettings.kinds(), path.name)
    if settings.get("own") is not None:
        settings["own"] = Declaration.of_file(settings["own"])
    settings["data"] = tuple(name if name in PRESETS else str(path.parent / name) for name in settings.get("data", ()))
    if "model" in settings and is_file(settings["model"]):
        settings["model"] = str(path.parent / settings["model"])
    if settings.get("out"):
        settings["out"] = str(path.parent / settings["out"])
    return settings


def _of_app(app: SettingsModel) -> dict[str, Any]:
    """The settings that the app has saved, so that the same is fitted: to all choices, as it does."""
    app.check()
    options = {option: app.value(parameter.name) for option, parameter in ESTIMATOR_OPTIONS.items()}
    names = {parameter.name for parameter in ESTIMATOR_OPTIONS.values()}
    return options | {
        "model": app.model,
        "own": None if app.model != OWN or app.own is None else app.own.with_inputs(app.inputs),
        "input": app.inputs,
        "candidates": app.candidates,
        "parameters": {name: value for name, value in app.values.items() if name not in names},
        "holdout": "none",
    }
