"""The command line, `spice-nb`: each file is a command or what commands share; `commands.py` names them all."""

from spice_nb.cli.commands import main

__all__ = ["main"]
