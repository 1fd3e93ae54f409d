"""Which observations there are: one in each file of this folder that has one."""

import importlib
import pkgutil
from pathlib import Path

from spice.exceptions import ConfigError
from spice.observation.base import Observation


def find_observation(name: str) -> Observation:
    """The observation of a name, for models that files declare.

    Parameters
    ----------
    name : str
        Its `Observation.name`.

    Returns
    -------
    Observation

    Raises
    ------
    ConfigError
        Names those that there are.
    """
    folder = Path(__file__).parent
    for module in pkgutil.iter_modules([str(folder)]):
        importlib.import_module(f"spice.observation.{module.name}")
    known = {kind.name: kind for kind in Observation.__subclasses__()}
    if name not in known:
        raise ConfigError("observation", f"one of {sorted(known)}", repr(name), "Import the module that defines it.")
    return known[name]()
