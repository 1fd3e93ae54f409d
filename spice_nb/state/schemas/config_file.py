"""The config file of a fit from the command line: YAML or JSON with the names of its options.

Beside these it may hold what only the app can set: a model of one's own, candidate terms, and parameters that are no
options.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args

import yaml
from pydantic import BeforeValidator, ConfigDict, Field, PlainValidator, create_model
from pydantic_core import PydanticCustomError

from spice.exceptions import ConfigError
from spice_nb.estimator_options import ESTIMATOR_OPTIONS
from spice_nb.state.candidates import Candidates
from spice_nb.state.parameters import OFFERED
from spice_nb.state.schemas.declaration import DeclarationFile
from spice_nb.state.schemas.plain import Schema, read_plain

BESIDE = {"own": DeclarationFile | None, "candidates": dict[str, Candidates], "parameters": dict[str, Any]}
"""What is no option."""
SEVERAL = tuple[str, ...]
_LABELS = ("missed", "reward_missing")
"""Options whose text may look like a number."""


class _Config(Schema):
    model_config = ConfigDict(coerce_numbers_to_str=True)


def parse_config(text: str) -> Any:
    """YAML or JSON as plain data.

    Parameters
    ----------
    text : str

    Returns
    -------
    object
        A dict, where the text is a config file.

    Raises
    ------
    ValueError, yaml.YAMLError
    """
    try:
        # YAML reads 1e-3 as text.
        return json.loads(text)
    except ValueError:
        return yaml.safe_load(text)


def read_config_file(content: Mapping[Any, Any], kinds: Mapping[str, Any], file: str) -> dict[str, Any]:
    """Values of a config file by their names, with underscores.

    Parameters
    ----------
    content : mapping
        Names may be written with dashes or underscores.
    kinds : mapping of str to type
        Of the options that there are.
    file : str
        Its name.

    Returns
    -------
    dict of str to object
        Only of what the file says.

    Raises
    ------
    ConfigError
        An unknown name, or a value of the wrong kind.
    """
    said = {}
    for key, value in content.items():
        name = str(key).replace("-", "_")
        if name not in kinds and name not in BESIDE:
            valid = ", ".join(known.replace("_", "-") for known in (*kinds, *BESIDE))
            raise ConfigError(file, f"keys from {valid}", repr(key), "Correct or remove the key.")
        said[name] = value
    fields: dict[str, Any] = {name: (_as_written(name, kind), None) for name, kind in kinds.items() if name in said}
    fields |= {name: (kind, None) for name, kind in BESIDE.items() if name in said}
    read = read_plain(create_model("Config", __base__=_Config, **fields), said, "", "Correct the config file.")
    values = {name: getattr(read, name) for name in said}
    possible = set(OFFERED) - {p.name for p in ESTIMATOR_OPTIONS.values()}
    unknown = sorted(values.get("parameters", {}).keys() - possible)
    if unknown:
        raise ConfigError("parameters", f"names from {sorted(possible)}", unknown, "Correct the config file.")
    return values


def _as_written(name: str, kind: Any) -> Any:
    """The type of an option as files write it: 5e-3, which is text in YAML, is a number, and one text is a list."""
    kinds = {kind} if kind == SEVERAL else set(get_args(kind) or (kind,))
    is_optional = type(None) in kinds
    (kind,) = kinds - {type(None)}
    if kind == SEVERAL:
        written: Any = Annotated[SEVERAL, PlainValidator(_labels if name in _LABELS else _texts)]
    elif kind in (int, float):
        is_finite = None if kind is int else False
        written = Annotated[kind, Field(strict=False, allow_inf_nan=is_finite), BeforeValidator(_no_truth_value(kind))]
    else:
        written = Annotated[kind, Field(strict=kind is bool)]
    return Annotated[written | None, BeforeValidator(_none)] if is_optional else written


def _none(value: Any) -> Any:
    return None if value == "none" else value


def _no_truth_value(kind: type) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if isinstance(value, bool):
            # Pydantic calls what is no number so.
            raise PydanticCustomError(f"{kind.__name__}_type", "a number")
        return value

    return check


def _texts(value: Any, kinds: Any = str) -> tuple[str, ...]:
    entries = value if isinstance(value, list) else [value]
    if not all(isinstance(entry, kinds) and not isinstance(entry, bool) for entry in entries):
        raise PydanticCustomError("texts", "text or a list of text")
    return tuple(map(str, entries))


def _labels(value: Any) -> tuple[str, ...]:
    return _texts(value, str | int | float)
