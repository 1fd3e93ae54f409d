"""Notebook panels and command line around `spice`."""

from spice_nb._import_name import check_import_name

check_import_name()

import sys  # noqa: E402
from importlib import import_module  # noqa: E402  (only once it is known whose `spice` this is)
from typing import TYPE_CHECKING, Any  # noqa: E402

from spice import __version__  # noqa: E402

if TYPE_CHECKING:
    from spice_nb.app import SpiceApp as SpiceApp
    from spice_nb.state.data import DataModel as DataModel
    from spice_nb.state.settings import SettingsModel as SettingsModel
    from spice_nb.views.data_panel import DataPanel as DataPanel
    from spice_nb.views.discover_panel import DiscoverPanel as DiscoverPanel
    from spice_nb.views.equations_panel import EquationsPanel as EquationsPanel
    from spice_nb.views.model_panel import ModelPanel as ModelPanel
    from spice_nb.views.session_panel import SessionPanel as SessionPanel
    from spice_nb.views.training_panel import TrainingPanel as TrainingPanel

_EXPORTED = {
    "DataModel": "spice_nb.state.data",
    "DataPanel": "spice_nb.views.data_panel",
    "DiscoverPanel": "spice_nb.views.discover_panel",
    "EquationsPanel": "spice_nb.views.equations_panel",
    "ModelPanel": "spice_nb.views.model_panel",
    "SessionPanel": "spice_nb.views.session_panel",
    "SettingsModel": "spice_nb.state.settings",
    "SpiceApp": "spice_nb.app",
    "TrainingPanel": "spice_nb.views.training_panel",
}
"""Where each is; widgets and the estimator are imported when one is asked for."""

__all__ = [
    "DataModel", "DataPanel", "DiscoverPanel", "EquationsPanel", "ModelPanel", "SessionPanel", "SettingsModel",
    "SpiceApp", "TrainingPanel", "__version__", "current_python", "load_ipython_extension",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _EXPORTED:
        return getattr(import_module(_EXPORTED[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_EXPORTED})


def current_python() -> str:
    """The script of the app that was opened last; a command of the JupyterLab extension inserts it.

    Where no app was opened, nothing is imported to say so.

    Returns
    -------
    str

    Raises
    ------
    ConfigError
        There is no app yet.
    """
    app = sys.modules.get("spice_nb.app")
    latest = None if app is None else app.SpiceApp.latest
    if latest is None:
        from spice.exceptions import ConfigError

        raise ConfigError("app", "one that was opened in this notebook", "none", "Run SpiceApp() first.")
    script: str = latest.python()
    return script


def load_ipython_extension(shell: Any) -> None:
    """Do what `%load_ext spice_nb` asks for: add `%spice`, `%%spice_model`, `%spice_runs` and `%spice_resume`.

    Parameters
    ----------
    shell : InteractiveShell
    """
    from spice_nb.magics import SpiceMagics

    SpiceMagics(shell).register()
