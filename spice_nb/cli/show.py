"""`spice-nb show`: the equations of a results folder again."""

from pathlib import Path

from rich.console import Console

from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice_nb.cli import tables
from spice_nb.cli.config import read_config
from spice_nb.cli.model import find
from spice_nb.cli.model_code import is_code
from spice_nb.cli.results import CONFIG, EQUATIONS, NETWORK


def show_results(folder: Path, model: str | None, console: Console, raw: bool = False) -> SpiceEstimator:
    """Load a results folder and show its equations.

    Parameters
    ----------
    folder : Path
        As `spice-nb fit` has written it.
    model : str, optional
        What `--model` was, where it has a forward of its own: code is run only for who names it.
    console : Console
    raw : bool
        Whether equations are shown as they were found, not in canonical form.

    Returns
    -------
    SpiceEstimator
        With the results of the folder.

    Raises
    ------
    ConfigError
        No results folder, or one whose model has to be named.
    ModelFileError
    """
    if not (folder / CONFIG).is_file():
        raise ConfigError(
            "FOLDER", f"a results folder, with {CONFIG}", f"{folder} without", "Name the folder that --out named."
        )
    fitted = str(read_config(folder / CONFIG).get("model", ""))
    if model is None and is_code(fitted):
        raise ConfigError("--model", "the model of this folder, which is code", "nothing", f"Add --model {fitted}")
    paths = folder / NETWORK, folder / EQUATIONS
    if model is None:
        estimator = SpiceEstimator.load_spice(*paths)
    else:
        known = find(model)
        estimator = SpiceEstimator(rnn_class=known.rnn_class, spice_config=known.config).load_spice(*paths)
    for found in tables.found_tables(estimator, console, raw):
        console.print(found)
    for told in tables.diagnostics_told(estimator.diagnostics_):
        console.print(told)
    loaded: SpiceEstimator = estimator
    return loaded
