"""The command line, `spice-nb`.

Start with `commands.py`, which names all commands and options. `fit.py`, `data.py`, `holdout.py`, `scores.py` and
`results.py` are the steps of a fit; `settings.py` and `config.py` what it is configured with; `errors.py` how
errors end.

May import: state, spice.
"""

from spice_nb.cli.commands import main

__all__ = ["main"]
