"""One measurement of spice-nb in this process: python ours.py {steps,fit,first} FILE [options]; JSON on stdout."""

import argparse
import math
import timeit
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest import mock

import measure

from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice.progress import EventKind, FitEvent
from spice.training.steps import GradientSteps

PREDICTIONS = 5
"""Of which the best counts; one takes milliseconds, and the first of them looks code up."""


class Timeline:
    """When the stages of a fit began, advanced and ended."""

    def __init__(self) -> None:
        self.at: dict[tuple[str, EventKind], float] = {}
        self.epochs: list[float] = []

    def __call__(self, event: FitEvent) -> None:
        """Note the time of an event."""
        name = event.path[-1]
        if event.kind is not EventKind.ADVANCED:
            self.at[name, event.kind] = perf_counter()
        elif name == "rnn" and not event.message:
            self.epochs.append(perf_counter())

    def seconds(self) -> dict[str, float]:
        """Seconds of an epoch (without the first, which also loads code) and of each stage."""
        started = {name: t for (name, kind), t in self.at.items() if kind is EventKind.STARTED}
        finished = {name: t for (name, kind), t in self.at.items() if kind is EventKind.FINISHED}
        seconds = {"train": finished["rnn"] - started["rnn"]}
        if len(self.epochs) > 1:
            seconds["epoch"] = (self.epochs[-1] - self.epochs[0]) / (len(self.epochs) - 1)
        # All that follows the training and is no refinement counts as the search for equations.
        seconds["equations"] = started.get("refine", finished["fit"]) - finished["rnn"]
        if "refine" in started:
            seconds["refine"] = finished["refine"] - started["refine"]
        return seconds


def fitted(xs: Any, ys: Any, **settings: Any) -> tuple[SpiceEstimator, dict[str, float]]:
    """A fitted estimator and the seconds that the whole and its stages took."""
    timeline = Timeline()
    estimator = SpiceEstimator(rnn_class=ParticipantEmbeddingRNN, random_state=0, **settings).set_callbacks(timeline)
    start = perf_counter()
    estimator.fit(xs, ys)
    return estimator, {"fit": perf_counter() - start} | timeline.seconds()


@contextmanager
def counting_steps() -> Iterator[list[int]]:
    """Count gradient steps, in the only element of a list."""
    count, descend = [0], GradientSteps.descend

    def counted(steps: GradientSteps) -> None:
        count[0] += 1
        descend(steps)

    with mock.patch.object(GradientSteps, "descend", counted):
        yield count


def steps(options: argparse.Namespace, settings: dict[str, Any]) -> dict[str, float | int]:
    """Seconds of an epoch, of the search for equations (not refined) and of predicting all sequences."""
    xs, ys = measure.arrays(options.file)
    best: dict[str, float] = {}
    for _ in range(options.repeats):
        with counting_steps() as count:
            estimator, seconds = fitted(xs, ys, epochs=options.epochs, spice_refine=False, **settings)
        steps_of_epoch = count[0] // options.epochs
        seconds["predict"] = min(timeit.repeat(partial(estimator.predict, xs), number=1, repeat=PREDICTIONS))
        best = {name: min(value, best.get(name, math.inf)) for name, value in seconds.items()}
    return {name: best[name] for name in ("epoch", "equations", "predict")} | {"gradient_steps": steps_of_epoch}


def fit(options: argparse.Namespace, settings: dict[str, Any]) -> dict[str, float]:
    """Seconds of a whole fit and of its stages, and the score on the trials held out."""
    estimator, seconds = fitted(*measure.arrays(options.file), epochs=options.epochs, **settings)
    xs, ys = measure.arrays(options.file, "_test")
    return seconds | measure.score_both(estimator.predict(xs), ys)


def first(options: argparse.Namespace, settings: dict[str, Any]) -> dict[str, float]:
    """Seconds of the first fit of a process: one epoch, without refinement."""
    _, seconds = fitted(*measure.arrays(options.file), epochs=1, spice_refine=False, **settings)
    return {"first": seconds["fit"]}


def main() -> None:
    """Run the measurement asked for."""
    measurements = {"steps": steps, "fit": fit, "first": first}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=measurements)
    parser.add_argument("file", type=Path)
    parser.add_argument("--epochs", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=1, help="fits in this process; the best of each step counts")
    parser.add_argument("--alike", action="store_true", help="the settings of both packages, instead of our defaults")
    options = parser.parse_args()
    with measure.quiet():
        values = measurements[options.what](options, measure.ALIKE if options.alike else {})
    measure.report("spice-nb", **values)


if __name__ == "__main__":
    main()
