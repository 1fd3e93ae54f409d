"""The parameters of the estimator as panels show them: in groups, explained, and read from what is typed."""

import json
import re
from typing import Any

from spice.exceptions import ConfigError
from spice.parameters import PARAMETERS, Group, Parameter

OFFERED = {name: parameter for name, parameter in PARAMETERS.items() if parameter.label}
"""What a person may set; the number of options and of people follows the data."""
BASIC = tuple(name for name, parameter in OFFERED.items() if parameter.is_basic)
_SECTIONS = {
    "Network": (Group.NETWORK,), "Training": (Group.TRAINING,), "Equations": (Group.EQUATIONS, Group.SEARCH),
}  # fmt: skip
ADVANCED = {
    title: tuple(name for name, p in OFFERED.items() if p.group in groups and not p.is_basic)
    for title, groups in _SECTIONS.items()
}
"""Parameters that are not shown at once, by section."""

PRESETS: dict[str, dict[str, Any]] = {
    "Defaults": {},
    "Quick look": {"epochs": 32},
    "Thorough": {"epochs": 512, "scheduler": True, "use_optuna": True},
    "Not refined on the choices": {"spice_refine": False},
}


def explained(parameter: Parameter) -> str:
    """Its help, what it may be, and its default.

    Parameters
    ----------
    parameter : Parameter

    Returns
    -------
    str
    """
    default = parameter.default
    if isinstance(default, bool):
        default = "on" if default else "off"
    # A list of words to choose from explains itself.
    allowed = "" if parameter.choices else parameter.allowed
    allowed = f" {allowed[:1].upper()}{allowed[1:]}." if allowed else ""
    return f"{parameter.help}{allowed} Default: {'none' if default is None else default}.".replace("`", "")


def read_value(parameter: Parameter, text: str) -> Any:
    """A value from what was typed; empty is None.

    Parameters
    ----------
    parameter : Parameter
        Where its default is text, text is taken as it is.
    text : str
        A number, or a list such as `[2, 3]`.

    Returns
    -------
    str, int, float, list or None

    Raises
    ------
    ConfigError
        Neither a number nor a list of them.
    """
    text = text.strip()
    if not text or text.lower() == "none":
        return None
    if isinstance(parameter.default, str):
        return text
    try:
        return json.loads(text) if text.startswith("[") else read_number(parameter.label, text)
    except ValueError as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(parameter.label, "numbers such as [2, 3]", repr(text), "Write them so.") from error


def read_number(label: str, text: str) -> float:
    """A number as people write it, whole where it is; with a decimal comma too.

    Parameters
    ----------
    label : str
        Of the field, for the error.
    text : str

    Returns
    -------
    int or float

    Raises
    ------
    ConfigError
        No number.
    """
    text = text.strip()
    try:
        number: float = json.loads(text.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", text) else text)
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            return number
    except ValueError:
        pass
    raise ConfigError(label, "a number", repr(text), "Type a number such as 0.05.")
