"""A config file of the command line as settings of the app."""

from collections.abc import Mapping
from typing import Any

from spice.exceptions import ConfigError
from spice.model.with_inputs import input_names, with_inputs
from spice.precoded import MODELS
from spice_nb.estimator_options import DEFAULT_MODEL, ESTIMATOR_OPTIONS, value_type
from spice_nb.state.declaration import Declaration
from spice_nb.state.schemas.config_file import SEVERAL, read_config_file
from spice_nb.state.schemas.declaration import DeclarationFile
from spice_nb.state.schemas.settings import SettingsFile

OF_THE_DATA = (
    "data", "participant", "block", "experiment", "choice", "reward", "options", "sheet", "encoding", "file_pattern",
    "leave_out", "leave_out_few", "missed", "where", "order", "relabel", "reward_words", "reward_missing",
    "reward_sum", "reward_range", "leave_out_copies", "keep", "holdout", "out",
)  # fmt: skip
"""Options of the command line that the app asks for elsewhere, and therefore passes over."""


def config_as_settings(content: Mapping[Any, Any]) -> SettingsFile:
    """Settings that fit as the config file does.

    Parameters
    ----------
    content : mapping
        Names and values of the config file; those of the data are passed over.

    Returns
    -------
    SettingsFile

    Raises
    ------
    ConfigError
        Also where it names a model that is in another file, or one participant.
    """
    kinds: dict[str, Any] = {"model": str, "input": SEVERAL, "participant_equations": str | None}
    kinds |= {name: value_type(parameter) for name, parameter in ESTIMATOR_OPTIONS.items()}
    of_the_data = {key for key in content if str(key).replace("-", "_") in OF_THE_DATA}
    said = read_config_file({k: v for k, v in content.items() if k not in of_the_data}, kinds, "config file")
    if said.get("participant_equations") is not None:
        raise ConfigError(
            "participant-equations", "none in a file for the app", repr(said["participant_equations"]),
            "Remove it from the file; the app shows the equations of everybody.",
        )  # fmt: skip
    model, inputs, own = said.get("model", DEFAULT_MODEL), input_names(said.get("input", ())), said.get("own")
    if model not in MODELS and own is None:
        remedy = "Load that file instead: it holds the model and the parameters."
        if not model.endswith((".json", ".yaml", ".yml")):
            remedy = "Choose a model from the list."
        raise ConfigError("model", f"one of {sorted(MODELS)}, or one under `own` in this file", repr(model), remedy)
    given = {p.name: (said.get(option, p.on_command_line), p.default) for option, p in ESTIMATOR_OPTIONS.items()}
    return SettingsFile(
        model=model,
        own=None if own is None else _with_all_inputs(own, inputs),
        inputs=inputs,
        candidates=said.get("candidates", {}),
        values={name: value for name, (value, default) in given.items() if value != default}
        | said.get("parameters", {}),
    )


def _with_all_inputs(own: DeclarationFile, inputs: tuple[str, ...]) -> DeclarationFile:
    """The model with the inputs of the data beyond its own, which every learned mechanism takes."""
    declared = Declaration.of_file(own)
    if inputs[: len(declared.inputs)] != declared.inputs:
        expected = f"the inputs of {declared.name}, {', '.join(declared.inputs)}, first"
        raise ConfigError("input", expected, ", ".join(inputs) or "none", "Correct the config file.")
    model = with_inputs(declared.rnn_class(), inputs[len(declared.inputs) :])
    return DeclarationFile.model_validate_json(Declaration.of(model, declared.name).to_json())
