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
from spice_nb.cli.settings import PRESETS, FitSettings, option_name


def gather_settings(given: Mapping[str, Any], config: Path | None) -> FitSettings:
    """Put settings together: the command line wins over the config file, that over presets and defaults.

    Parameters
    ----------
    given : mapping
        What was said on the command line, by the names of `FitSettings`; None where nothing was.
    config : Path, optional
        YAML or JSON with the names of the options.

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
    chosen = {**(read_config(config) if config else {}), **said}
    settings = FitSettings.of({**PRESETS.get("".join(chosen.get("data", ())[:1]), {}), **chosen})
    if not settings.data:
        raise ConfigError(
            "DATA", f"a CSV file or one of {', '.join(PRESETS)}", "nothing", "Try: spice-nb fit choices.csv"
        )
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

    Raises
    ------
    ConfigError
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            "--config", "a YAML or JSON file", f"{path} ({reason})", "Check the path and its content."
        ) from error
    if not isinstance(content, dict):
        raise ConfigError(
            "--config", "names and values, such as `epochs: 128`", f"{path} without", "See config.yaml of any fit."
        )
    kinds = FitSettings.kinds()
    settings: dict[str, Any] = {}
    for key, value in content.items():
        name = str(key).replace("-", "_")
        if name not in kinds:
            valid = ", ".join(option_name(known) for known in kinds)
            raise ConfigError(f"{path.name}", f"keys from {valid}", repr(key), "Correct or remove the key.")
        settings[name] = _read_value(str(key), value, kinds[name])
    settings["data"] = tuple(name if name in PRESETS else str(path.parent / name) for name in settings.get("data", ()))
    if "model" in settings and is_file(settings["model"]):
        settings["model"] = str(path.parent / settings["model"])
    if settings.get("out"):
        settings["out"] = str(path.parent / settings["out"])
    return settings


def _read_value(key: str, value: Any, kind: Any) -> Any:
    """A value of a config file as the type that `FitSettings` declares."""
    several = tuple[str, ...]
    alternatives = {kind} if kind == several else set(getattr(kind, "__args__", (kind,)))
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    expected = " or ".join(words.get(k, "text or a list of text") for k in alternatives - {type(None)})
    if type(None) in alternatives and value in (None, "none"):
        return None
    if several in alternatives:
        entries = value if isinstance(value, list) else [value]
        kinds = (str, int, float) if key.replace("-", "_") in ("missed", "reward_missing") else (str,)
        if all(isinstance(entry, kinds) and not isinstance(entry, bool) for entry in entries):
            return tuple(map(str, entries))
    elif bool in alternatives or isinstance(value, bool):
        if isinstance(value, bool) and bool in alternatives:
            return value
    elif str in alternatives:
        if isinstance(value, str | int | float):
            return str(value)
    else:
        number: type[int] | type[float] = int if int in alternatives else float
        try:
            # YAML reads 5e-3 as text; a whole number must not lose a fraction on the way.
            if number(value) == float(value):
                return number(value)
        except (TypeError, ValueError, OverflowError):
            pass
    raise ConfigError(key, expected, repr(value), "Correct the config file.")
