"""Notebook panels and command line around `spice`."""

from spice_nb._import_name import check_import_name

check_import_name()

from spice import __version__  # noqa: E402  (only once it is known whose `spice` this is)

__all__ = ["__version__"]
