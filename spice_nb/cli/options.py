"""Options of `spice-nb fit`: how they are declared, and those that `spice.parameters` describes."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from spice.parameters import Group, Parameter
from spice_nb.estimator_options import ESTIMATOR_OPTIONS, value_type

DATA, ANSWERS, FITTING, EQUATIONS, SEARCH = (
    "Data", "Answers to questions about the data", "Network", "Equations", "Search for settings (Optuna)",
)  # fmt: skip
"""Headings of the help."""
_HEADINGS = {
    Group.NETWORK: FITTING, Group.TRAINING: FITTING, Group.EQUATIONS: EQUATIONS, Group.SEARCH: SEARCH,
}  # fmt: skip


def option(panel: str, text: str, default: object = None, metavar: str | None = None, flags: str | None = None) -> Any:
    """An option whose value is None where it is not given, so that a config file can speak.

    Parameters
    ----------
    panel : str
        Heading of the help below which it stands.
    text : str
        Its help.
    default : object
        What the help says is the default; None for nothing.
    metavar : str, optional
        What the help calls a value.
    flags : str, optional
        As typer takes them; by default from the name of the parameter.

    Returns
    -------
    typer.models.OptionInfo
    """
    if default is not None:
        text = f"{text} Default: {default}."
    names = () if flags is None else (flags,)
    return typer.Option(*names, help=text, rich_help_panel=panel, metavar=metavar, show_default=False)


def with_estimator_options(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command that takes keyword arguments have an option for each of `ESTIMATOR_OPTIONS`.

    Parameters
    ----------
    command : callable
        With `**estimator_options` as its last parameter.

    Returns
    -------
    callable
        The same, with another signature.
    """
    signature = inspect.signature(command)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_annotation(parameter))
        for name, parameter in ESTIMATOR_OPTIONS.items()
    ]
    # Both are what typer reads a command by.
    command.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in (*own, *added)}
    return command


def _annotation(parameter: Parameter) -> Any:
    is_switch = parameter.kind is bool
    default = parameter.on_command_line
    declared = option(
        _HEADINGS[parameter.group],
        f"{parameter.help} One of {', '.join(parameter.choices)}." if parameter.choices else parameter.help,
        ("yes" if default else "no") if is_switch else default,
        "NAME" if parameter.kind is str else None,
        f"--{parameter.option}/--no-{parameter.option}" if is_switch else f"--{parameter.option}",
    )
    return Annotated[value_type(parameter) | None, declared]
