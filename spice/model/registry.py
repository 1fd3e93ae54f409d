"""Models by name: the precoded ones, and those that a person has given a name.

`spice.precoded` registers its own; `%%spice_model` registers what a cell of a notebook declares. The command line,
the app and the loading of files find models here.
"""

from dataclasses import dataclass

from spice.exceptions import ConfigError
from spice.model.base import BaseRNN


@dataclass(frozen=True)
class RegisteredModel:
    """A model with a name."""

    name: str
    rnn_class: type[BaseRNN]
    is_precoded: bool = False

    @property
    def is_declared(self) -> bool:
        """Whether it is given by its mechanisms alone, not by a `forward` of its own."""
        return bool(self.rnn_class.mechanisms) and self.rnn_class.forward is BaseRNN.forward


_MODELS: dict[str, RegisteredModel] = {}


def register_model(name: str, rnn_class: type[BaseRNN], *, is_precoded: bool = False) -> None:
    """Give a model a name by which it is found; one of the same name is replaced, unless it is precoded.

    Parameters
    ----------
    name : str
    rnn_class : type of BaseRNN
    is_precoded : bool
        Whether it comes with the package.

    Raises
    ------
    ConfigError
        The name of a precoded model, or no model.
    """
    check_model_class("rnn_class", rnn_class)
    if name in _MODELS and _MODELS[name].is_precoded and not is_precoded:
        raise ConfigError("name", "one that no precoded model has", repr(name), "Choose another name.")
    _MODELS[name] = RegisteredModel(name, rnn_class, is_precoded)


def registered_models() -> tuple[RegisteredModel, ...]:
    """All models that have a name, in the order in which they were registered.

    Returns
    -------
    tuple of RegisteredModel
    """
    return tuple(_MODELS.values())


def find_model(name: str) -> RegisteredModel:
    """The model of that name.

    Parameters
    ----------
    name : str
        As it was registered.

    Returns
    -------
    RegisteredModel

    Raises
    ------
    ConfigError
        Lists the names there are.
    """
    if name not in _MODELS:
        raise ConfigError("model", f"one of {', '.join(_MODELS)}", repr(name), "Choose one of these.")
    return _MODELS[name]


def check_model_class(argument: str, rnn_class: object) -> None:
    """Refuse what is no model.

    Parameters
    ----------
    argument : str
        Name of the argument.
    rnn_class : object

    Raises
    ------
    ConfigError
        It is no subclass of `BaseRNN`.
    """
    if not (isinstance(rnn_class, type) and issubclass(rnn_class, BaseRNN)):
        raise ConfigError(argument, "a subclass of BaseRNN", repr(rnn_class), "See spice.precoded.")
