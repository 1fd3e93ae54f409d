"""The settings of a fit in a file, as the app saves them."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from spice.exceptions import ConfigError
from spice_nb.state.candidates import Candidates
from spice_nb.state.parameters import OFFERED
from spice_nb.state.schemas.declaration import DeclarationFile
from spice_nb.state.schemas.plain import Schema, read_plain

HEAD, VERSION = "spice-nb settings", 2
"""What such a file calls itself, and its version; 1 had no models of one's own, no inputs and no candidate terms."""
REMEDY = "Correct the file, or save the settings in the app again."


class SettingsFile(Schema):
    """Settings: the model, its candidate terms, and the parameters that differ from their defaults."""

    model: str
    own: DeclarationFile | None = None
    inputs: tuple[str, ...] = ()
    candidates: dict[str, Candidates] = Field(default_factory=dict)
    values: dict[str, Any]


def read_settings_file(plain: object) -> SettingsFile:
    """Read the plain form of a settings file, of this version or an older one.

    Parameters
    ----------
    plain : object
        As JSON has it.

    Returns
    -------
    SettingsFile

    Raises
    ------
    ConfigError
        No settings file, one of a later version, or one with unknown parameters.
    """
    version = plain.get(HEAD) if isinstance(plain, Mapping) else None
    if not isinstance(version, int):
        raise ConfigError("settings file", "one that was saved here", "another file", "Choose a settings file.")
    if version > VERSION:
        raise ConfigError("settings file", f"version {VERSION}", f"version {version}", "Update spice-nb to read it.")
    read = read_plain(SettingsFile, plain, "a settings file", REMEDY)
    unknown = sorted(set(read.values) - set(OFFERED))
    if unknown:
        raise ConfigError("settings file", "known parameters", unknown, "Remove them from the file.")
    return read
