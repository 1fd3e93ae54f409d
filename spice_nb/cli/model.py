"""The model that `--model` names: one that is registered, a declaration in a file, or a class in a Python file.

Python files are run, and therefore only where a person names one on the command line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PureWindowsPath

from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.model.registry import find_model, registered_models
from spice.model.with_inputs import input_names, with_inputs
from spice_nb.cli.model_code import is_code, read_class, split_code
from spice_nb.cli.settings import FitSettings
from spice_nb.state.candidates import Candidates, configured
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_choice import OWN
from spice_nb.state.model_file import SUFFIXES, read_model_file
from spice_nb.state.settings import SettingsModel

_DECLARED = {"init_values", "mechanisms", "additional_inputs", "context_size", "observation"}
_OF_EVERY_CLASS = {
    "__module__",
    "__doc__",
    "__qualname__",
    "__annotations__",
    "__firstlineno__",
    "__static_attributes__",
}
EXAMPLES = "a file such as my_model.json or my_module.py:MyRNN"


@dataclass(frozen=True)
class Model:
    """The model that is fitted, and how it was named.

    Attributes
    ----------
    rnn_class : type of BaseRNN
        With the additional inputs of the data.
    config : SpiceConfig, optional
        Where the model does not declare what becomes an equation.
    is_from_file : bool
    notes : tuple of str
        What a person should know of how the model was read.
    """

    rnn_class: type[BaseRNN]
    config: SpiceConfig | None = None
    is_from_file: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_data(self) -> bool:
        """Whether its declaration is all of it, so that a file can hold it."""
        own = (name for c in self.rnn_class.__mro__ if issubclass(c, BaseRNN) and c is not BaseRNN for name in vars(c))
        is_shipped = type(self.rnn_class.observation).__module__.startswith("spice.observation.")
        is_declared = bool(self.rnn_class.mechanisms) and all(name in _DECLARED | _OF_EVERY_CLASS for name in own)
        return is_declared and is_shipped


def is_file(said: str) -> bool:
    """Whether `--model` names a file.

    Parameters
    ----------
    said : str

    Returns
    -------
    bool
        Also where there is no such file.
    """
    return PurePath(said).suffix.lower() in SUFFIXES or is_code(said) or PureWindowsPath(said).name != said


def check_name(said: str) -> None:
    """Check that `--model` names a file or a model that is registered.

    Parameters
    ----------
    said : str

    Raises
    ------
    ConfigError
        It names neither; whether there is such a file is not looked at.
    """
    names = [model.name for model in registered_models()]
    if not is_file(said) and said not in names:
        raise ConfigError(
            "--model", f"one of {', '.join(names)}, or {EXAMPLES}", repr(said), "`spice-nb models` describes them."
        )


def read_model(settings: FitSettings) -> Model:
    """The model that settings name, for the inputs that they name.

    Parameters
    ----------
    settings : FitSettings

    Returns
    -------
    Model

    Raises
    ------
    ConfigError
        No such model or file, or one that holds no model; inputs that do not go with it.
    """
    if settings.model == OWN and settings.own is not None:
        model = Model(settings.own.rnn_class(), is_from_file=True)
    else:
        model = find(settings.model)
    model = replace(model, rnn_class=with_inputs(model.rnn_class, _more_inputs(model.rnn_class, settings.input)))
    return replace(model, config=_with_candidates(model, settings.candidates)) if settings.candidates else model


def _with_candidates(model: Model, candidates: Mapping[str, Candidates]) -> SpiceConfig:
    learned = [mechanism.name for mechanism in model.rnn_class.mechanisms if mechanism.is_learned]
    for name in candidates:
        if name not in learned:
            expected = f"mechanisms that {model.rnn_class.__name__} learns, {', '.join(learned) or 'none'}"
            raise ConfigError("candidates", expected, repr(name), "Correct or remove the name in the config file.")
    return configured(model.rnn_class, candidates)


def find(said: str) -> Model:
    """The model that `--model` names, as it is there.

    Parameters
    ----------
    said : str

    Returns
    -------
    Model
        Without the inputs of the data.

    Raises
    ------
    ConfigError
        No such model or file, or one that holds no model.
    """
    check_name(said)
    if not is_file(said):
        return Model(find_model(said).rnn_class)
    if is_code(said):
        return Model(*read_class(*split_code(said)), is_from_file=True)
    if PurePath(said).suffix.lower() not in SUFFIXES:
        raise ConfigError("--model", f"the name of a model, or {EXAMPLES}", repr(said), "Correct the name.")
    found = read_model_file(Path(said))
    notes = tuple(
        f"The {what} in {said} are not used: only its model is. Use --config {said} for all of it."
        for what in found.not_used
    )
    return Model(found.rnn_class, is_from_file=True, notes=notes)


def _more_inputs(rnn_class: type[BaseRNN], columns: Sequence[str]) -> tuple[str, ...]:
    """Inputs beyond those that the model names itself, which come first."""
    names, own = input_names(columns), rnn_class.additional_inputs
    if names[: len(own)] != own:
        expected = f"the inputs that {rnn_class.__name__} has, {', '.join(own)}, first"
        wanted = " ".join(f"--input {name}" for name in own)
        raise ConfigError("--input", expected, ", ".join(columns) or "none", f"Say {wanted}.")
    return names[len(own) :]


def as_settings_file(model: Model, settings: FitSettings) -> bytes:
    """A model as a settings file of the app, with the parameters of the fit.

    Parameters
    ----------
    model : Model
        One that is data.
    settings : FitSettings

    Returns
    -------
    bytes
        JSON.
    """
    own = Declaration.of(model.rnn_class, model.rnn_class.__name__)
    file = SettingsModel(own=own, model=OWN, inputs=model.rnn_class.additional_inputs)
    file.candidates = dict(settings.candidates)
    for name, value in settings.estimator_parameters.items():
        file.set(name, value)
    return file.to_json().encode()
