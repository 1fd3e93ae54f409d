"""A model class of the declaration in a file, and mechanisms as files hold them."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from spice.declaration.mechanisms import Input, Mechanism, State, declaration_to_dict
from spice.exceptions import ModelFileError
from spice.model.base import BaseRNN
from spice.observation.find_observation import find_observation
from spice.observation.softmax import SOFTMAX


def declared_class(header: Mapping[str, Any]) -> type[BaseRNN]:
    """The model class that a file declares.

    Parameters
    ----------
    header : mapping
        Of the file.

    Returns
    -------
    type of BaseRNN

    Raises
    ------
    ModelFileError
        It has a forward of its own.
    """
    declaration = header["declaration"]
    if not declaration["mechanisms"]:
        raise ModelFileError(
            str(header["model"]), "a model declared by its mechanisms", "one with a forward of its own",
            "Make a SpiceEstimator with its rnn_class and call load_spice on that.",
        )  # fmt: skip
    body = {
        "init_values": {name: State(**state) for name, state in declaration["states"].items()},
        "mechanisms": tuple(read_mechanism(m) for m in declaration["mechanisms"]),
        "additional_inputs": tuple(declaration["additional_inputs"]),
        "context_size": header["context_size"],
        "observation": find_observation(declaration.get("observation", SOFTMAX.name)),
    }
    return type(header["model"], (BaseRNN,), body)


def read_mechanism(plain: Mapping[str, Any]) -> Mechanism:
    """A mechanism of its plain form; what earlier versions wrote beside it is passed over.

    Parameters
    ----------
    plain : mapping

    Returns
    -------
    Mechanism
    """
    known = {f.name for f in fields(Mechanism)}
    arguments = {k: v for k, v in plain.items() if k in known}
    entries = plain.get("inputs", ())
    arguments["inputs"] = tuple(entry if isinstance(entry, str) else Input(**entry) for entry in entries)
    if plain.get("bounds") is not None:
        arguments["bounds"] = tuple(plain["bounds"])
    return Mechanism(**arguments)


def plain_mechanism(mechanism: Mechanism) -> Any:
    """The plain form of a mechanism, as JSON can hold it.

    Parameters
    ----------
    mechanism : Mechanism

    Returns
    -------
    dict
    """
    return declaration_to_dict({}, [mechanism], [])["mechanisms"][0]
