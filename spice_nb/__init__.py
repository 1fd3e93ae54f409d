"""Notebook panels and command line around `spice`."""

from spice_nb._import_name import check_import_name

check_import_name()

from typing import Any  # noqa: E402  (only once it is known whose `spice` this is)

from spice import __version__  # noqa: E402

__all__ = ["__version__", "load_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext spice_nb` does: adds `%spice`, `%%spice_model`, `%spice_runs` and `%spice_resume`."""
    from spice_nb.magics import SpiceMagics

    SpiceMagics(shell).register()
