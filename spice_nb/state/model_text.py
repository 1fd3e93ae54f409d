"""A model as text: states and mechanisms as YAML or JSON, or what the builder saves."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import yaml

from spice.declaration.mechanisms import Mechanism, State
from spice.exceptions import ConfigError
from spice_nb.state.declaration import CONTEXT_SIZE, Declaration

REMEDY = "See %%spice_model?."


def read_model(name: str, text: str) -> Declaration:
    """A model from the text of a cell; without a name, the one that the text gives it.

    Parameters
    ----------
    name : str
        Of the class; may be empty.
    text : str
        YAML or JSON.

    Returns
    -------
    Declaration

    Raises
    ------
    ConfigError
        No YAML, or no states and mechanisms that go together.
    """
    return declared(name, parse(text, "cell", first_line=2))


def parse(text: str, place: str, first_line: int) -> dict[str, Any]:
    """YAML or JSON as plain names and values; errors name the line in its cell or file.

    Parameters
    ----------
    text : str
    place : str
        Where it stands: "cell" or "file".
    first_line : int
        Number there of the first line of the text.

    Returns
    -------
    dict

    Raises
    ------
    ConfigError
        It cannot be parsed, or is no mapping.
    """
    expected = "states and mechanisms as YAML"
    try:
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        where = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", "something else")
        got = "something else" if where is None else f"{problem} in line {where.line + first_line} of the {place}"
        raise ConfigError("model", expected, got, REMEDY) from error
    if not isinstance(plain, dict):
        raise ConfigError("model", expected, repr(text[:40]), REMEDY)
    return plain


def declared(name: str, plain: Mapping[str, Any]) -> Declaration:
    """A model from its plain form.

    Parameters
    ----------
    name : str
        Of the class; where it is empty, `plain` names it.
    plain : mapping
        States and mechanisms as `%%spice_model` takes them, or what `Declaration.to_plain` gives.

    Returns
    -------
    Declaration

    Raises
    ------
    ConfigError
        Unknown names, values of the wrong kind, or a declaration that is wrong as a whole.
    """
    if "declaration" not in plain:
        _check_keys("model", plain, {"states", "mechanisms", "inputs", "per_person"})
        states = {state: values or {} for state, values in _part(plain, "states", dict).items()}
        for state, values in states.items():
            _check_keys(f"state {state!r}", values, {field.name for field in fields(State)})
        mechanisms = _part(plain, "mechanisms", list)
        if not mechanisms:
            raise ConfigError("mechanisms", "at least one", "none", REMEDY)
        for mechanism in mechanisms:
            _check_keys("mechanism", mechanism, {field.name for field in fields(Mechanism)})
            _part(mechanism, "inputs", list)
            for term, value in _part(mechanism, "equation", dict).items():
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise ConfigError(f"equation, term {term!r}", "a number", repr(value), REMEDY)
        if not isinstance(plain.get("per_person", False), bool):
            raise ConfigError("per_person", "true or false", repr(plain["per_person"]), REMEDY)
        plain = {
            "declaration": {
                "states": states,
                "mechanisms": mechanisms,
                "additional_inputs": _part(plain, "inputs", list),
            },
            "context_size": CONTEXT_SIZE if plain.get("per_person") else 0,
        }
    return Declaration.from_plain({**plain, "model": name or plain.get("model", "OwnRNN")})


def _part(plain: Mapping[str, Any], name: str, kind: type[dict[str, Any]] | type[list[Any]]) -> Any:
    """A part of a model, empty where it is left out."""
    value = plain.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        expected = "a list, such as [a, b]" if kind is list else "names with values, such as {a: 1}"
        raise ConfigError(name, expected, repr(value), REMEDY)
    return value


def _check_keys(what: str, plain: Any, known: set[str]) -> None:
    if not isinstance(plain, dict) or not plain.keys() <= known:
        got = sorted(map(str, plain.keys() - known)) if isinstance(plain, dict) else repr(plain)
        raise ConfigError(what, f"only {sorted(known)}", got, REMEDY)
