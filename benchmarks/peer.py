"""One measurement of autospice in this process: python peer.py {steps,fit} FILE [options]; JSON on stdout.

Runs in the peer's environment, which knows nothing of ours.
"""

import argparse
import copy
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import measure
import numpy as np
import torch

import spice.estimator as package
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG, ParticipantEmbeddingRNN
from spice.resources.rnn_utils import DatasetRNN


class Enough(Exception):
    """Ends a fit after what was to be measured."""


class Stages:
    """Times the two stages of the peer's `fit` by wrapping the functions that it calls.

    Parameters
    ----------
    n_people : int, optional
        Find equations for the first of them only; 0 for none.
    warm : bool
        Train an epoch before the time is taken.
    """

    def __init__(self, n_people: int | None = None, warm: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self.n_people, self.warm = n_people, warm
        train, discover = package.fit_model, package.fit_spice
        package.fit_model = lambda **arguments: self._train(train, arguments)
        package.fit_spice = lambda **arguments: self._discover(discover, arguments)

    def _train(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if self.warm:
            function(**(arguments | {"epochs": 1}))
        start = perf_counter()
        trained = function(**arguments)
        self.seconds["train"] = perf_counter() - start
        return trained

    def _discover(self, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        if self.n_people == 0:
            raise Enough
        data = arguments["data"]
        if self.n_people is not None:
            data = DatasetRNN(data.xs[: self.n_people], data.ys[: self.n_people])
        start = perf_counter()
        found = function(**(arguments | {"data": data}))
        self.seconds["equations"] = perf_counter() - start
        return found


def estimator_for(n_people: int, epochs: int) -> Any:
    """The peer's estimator, with a configuration of its own: `fit` changes the one it is given."""
    return package.SpiceEstimator(
        rnn_class=ParticipantEmbeddingRNN,
        spice_config=copy.deepcopy(PARTICIPANT_EMBEDDING_RNN_CONFIG),
        n_actions=measure.N_ARMS,
        n_participants=n_people,
        epochs=epochs,
        **measure.ALIKE,
    )


def steps(options: argparse.Namespace) -> dict[str, float | int]:
    """Seconds of an epoch, of the search for equations and of predicting, for all or the first `--people`."""
    xs, ys = measure.arrays(options.file)
    n_people = len(xs) if options.people is None else min(options.people, len(xs))
    stages = Stages(n_people, warm=True)
    estimator = estimator_for(len(xs), options.epochs)
    try:
        estimator.fit(xs, ys)
    except Enough:
        return {"epoch": stages.seconds["train"] / options.epochs}
    start = perf_counter()
    estimator.predict(xs[:n_people])
    predict = perf_counter() - start
    scale = len(xs) / n_people
    return {
        "epoch": stages.seconds["train"] / options.epochs,
        "equations": stages.seconds["equations"] * scale,
        "predict": predict * scale,
        "people_measured": n_people,
    }


def fit(options: argparse.Namespace) -> dict[str, float]:
    """Seconds of a whole fit and of its stages, and the score on the trials held out."""
    xs, ys = measure.arrays(options.file)
    stages = Stages()
    estimator = estimator_for(len(xs), options.epochs)
    start = perf_counter()
    estimator.fit(xs, ys)
    seconds = {"fit": perf_counter() - start} | stages.seconds
    start = perf_counter()
    estimator.predict(xs)
    seconds["predict"] = perf_counter() - start
    xs, ys = measure.arrays(options.file, "_test")
    return seconds | measure.score_both(estimator.predict(xs), ys)


def main() -> None:
    """Run the measurement asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("steps", "fit"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--people", type=int, help="find equations and predict for the first of them only")
    options = parser.parse_args()
    torch.manual_seed(0)
    np.random.seed(0)  # noqa: NPY002 - the peer draws from it
    with measure.quiet():
        values = steps(options) if options.what == "steps" else fit(options)
    measure.report("autospice", **values)


if __name__ == "__main__":
    main()
