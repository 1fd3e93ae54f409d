"""A model from a file that is data: a declaration, as the builder saves it or as it is written by hand."""

from dataclasses import dataclass
from pathlib import Path

from spice.exceptions import ConfigError, SpiceError
from spice.model.base import BaseRNN
from spice_nb.state.model_text import REMEDY, declared, parse
from spice_nb.state.schemas.settings import HEAD
from spice_nb.state.settings import read_settings

SUFFIXES = (".json", ".yaml", ".yml")
_HOW = "Save a model in the app by `Save settings`, or write one as %%spice_model? in a notebook explains."


@dataclass(frozen=True)
class FileModel:
    """A model that was read, and what else is in its file and was not used."""

    rnn_class: type[BaseRNN]
    not_used: tuple[str, ...] = ()


def read_model_file(path: Path) -> FileModel:
    """Read a model: the app's settings, a declaration, or states and mechanisms as `%%spice_model` takes them.

    Parameters
    ----------
    path : Path
        JSON or YAML. Nothing in it is run.

    Returns
    -------
    FileModel

    Raises
    ------
    ConfigError
        No file, or no model in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no text"
        raise ConfigError("model", "a file with a model", f"{path} ({reason})", "Check the path.") from error
    try:
        plain = parse(text, "file", first_line=1)
        if HEAD in plain:
            return _of_settings(text)
        # The name of a file need not be one that a class can have.
        return FileModel(declared("", plain).rnn_class())
    except SpiceError as error:
        remedy = _HOW if error.remedy == REMEDY else error.remedy
        raise ConfigError(f"model in {path}, {error.argument}", error.expected, error.got, remedy) from error


def _of_settings(text: str) -> FileModel:
    settings = read_settings(text)
    beside = {"candidate terms": settings.candidates, "parameters": settings.values}
    return FileModel(settings.rnn_class(), tuple(what for what, given in beside.items() if given))
