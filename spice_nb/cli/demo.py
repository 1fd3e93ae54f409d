"""`spice-nb demo`: the whole story in one command."""

import numpy as np
from rich.console import Console
from rich.padding import Padding

from spice.datasets import list_datasets
from spice.estimator import SpiceEstimator
from spice.exceptions import DataError, DatasetUnavailableError
from spice_nb.cli.config import gather_settings
from spice_nb.cli.data import Choices
from spice_nb.cli.fit import run_fit
from spice_nb.cli.results import check_folder
from spice_nb.cli.settings import FitSettings

REAL = "zorowitz2023"
DEMO = {"holdout": "last:0.33", "epochs": 64}
# Real people tend to repeat their choices; the simulated ones do not.
REAL_MODEL, SIMULATED_MODEL = "choice", "participant-embedding"


def run_demo(out: str, seed: int, simulated: bool, console: Console) -> None:
    """Fit real choices where they can be had, else simulated ones, and say which.

    Parameters
    ----------
    out : str
        Folder of the results.
    seed : int
    simulated : bool
        Whether not even to try to get real choices.
    console : Console

    Raises
    ------
    SpiceError
    """
    settings = gather_settings({**DEMO, "data": "simulated", "model": SIMULATED_MODEL, "out": out, "seed": seed}, None)
    check_folder(settings.folder)
    if not simulated and _get_real(console):
        settings = gather_settings({**DEMO, "data": REAL, "model": REAL_MODEL, "out": out, "seed": seed}, None)
    console.print(_introduction(settings))
    estimator, choices = run_fit(settings, console)
    if choices.truth is not None:
        console.print(Padding(_comparison(estimator, choices), (0, 0, 1, 0)))


def _get_real(console: Console) -> bool:
    """Whether the real data set is here, or could be fetched now."""
    from spice.datasets.registry import locate

    (info,) = (info for info in list_datasets() if info.name == REAL)
    try:
        if not info.available:
            console.print(f"Fetching {REAL} ...", style="dim")
        locate(info)
    except (DatasetUnavailableError, DataError):
        console.print("Real choices cannot be had now (no network?), so people are simulated.", style="yellow")
        return False
    return True


def _introduction(settings: FitSettings) -> str:
    if settings.source == REAL:
        (info,) = (info for info in list_datasets() if info.name == REAL)
        return f"Real choices of {info.people} people. {info.citation}"
    return "Simulated people, each with a learning rate and a forgetting rate of their own: the truth is known."


def _comparison(estimator: SpiceEstimator, choices: Choices) -> str:
    """How well learning rates were found."""
    assert choices.truth is not None
    (rates,) = estimator.equations_.canonical().learning_rates().values()
    found, true = np.array(list(rates.values())), choices.truth["alpha"].to_numpy()
    r, error = np.corrcoef(found, true)[0, 1], np.abs(found - true).mean()
    return (
        f"Found and true learning rates of the {len(found)} people: correlation {r:.2f}, mean difference {error:.2f}."
    )
