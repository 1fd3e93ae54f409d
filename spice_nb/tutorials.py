"""What the tutorials share: results that ship with them, and the comparison each of them ends with."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from spice.data.layout import participants_of
from spice.estimator import SpiceEstimator
from spice.resources.bandits import get_update_dynamics
from spice_nb.state.simulation import true_agent

FOLDER = Path(__file__).parent / "tutorial_runs"
KEEP_VARIABLE = "SPICE_NB_KEEP_TUTORIAL_RUNS"
"""Set by who makes the runs that ship anew, as `make tutorial-runs` does."""


def fit_or_open(estimator: SpiceEstimator, dataset: Any, name: str, fit: bool = True) -> SpiceEstimator:
    """Fit an estimator, or open what an earlier fit of it found.

    Parameters
    ----------
    estimator : SpiceEstimator
    dataset : DatasetRNN
    name : str
        Of the run that ships with the tutorials.
    fit : bool
        Whether to fit. Otherwise the run is opened, which takes no time; it was fitted to the same data with the
        same settings.

    Returns
    -------
    SpiceEstimator
        The estimator, fitted.

    Raises
    ------
    ModelFileError
        There is no such run, or it is of another model.
    """
    if fit:
        estimator.fit(dataset)
        if os.environ.get(KEEP_VARIABLE):
            FOLDER.mkdir(exist_ok=True)
            estimator.save_spice(*files(name))
        return estimator
    loaded: SpiceEstimator = estimator.load_spice(*files(name))
    return loaded


def files(name: str) -> tuple[Path, Path]:
    """Network and equations of a run.

    Parameters
    ----------
    name : str
        Of the run.

    Returns
    -------
    network, equations : Path
    """
    return FOLDER / f"{name}.network.spice", FOLDER / f"{name}.equations.spice"


def comparison(estimator: SpiceEstimator, dataset: Any, truth: pd.DataFrame | None = None) -> pd.DataFrame:
    """How well choices are predicted: negative log-likelihood per choice in nats, smaller is better.

    Parameters
    ----------
    estimator : SpiceEstimator
        Fitted, to these or to other people.
    dataset : DatasetRNN
    truth : DataFrame, optional
        Parameters of simulated people, a row a participant.

    Returns
    -------
    DataFrame
        Column `nats per choice`; rows `chance`, `network`, `equations` and, with the truth, `true model`. The first
        choice of a session is not scored: nothing was known before it.
    """
    targets = np.asarray(dataset.ys, dtype=float)
    scored = targets == 1
    predicted = dict(zip(("network", "equations"), estimator.predict(dataset.xs), strict=True))
    rows = {"chance": float(np.log(dataset.n_actions))}
    rows |= {name: float(-np.log(p[scored]).mean()) for name, p in predicted.items()}
    if truth is not None:
        rows["true model"] = _true_nll(dataset, truth)
    return pd.DataFrame({"nats per choice": rows})


def _true_nll(dataset: Any, truth: pd.DataFrame) -> float:
    scored = []
    for xs, ys in zip(np.asarray(dataset.xs, dtype=float), np.asarray(dataset.ys, dtype=float), strict=True):
        agent = true_agent(truth.loc[int(participants_of(xs)[0])].to_dict(), dataset.n_actions)
        _, p, _ = get_update_dynamics(xs, agent)
        # What a trial is predicted by is what the agent knew before it.
        scored.append(p[1:][ys[: len(p) - 1] == 1])
    return float(-np.log(np.concatenate(scored)).mean())
