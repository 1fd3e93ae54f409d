"""Are the numbers of fits what they were? For changes that move code and must change nothing.

python tests/same_numbers.py made FILE: makes a fixed set of fits and writes their numbers to FILE (NumPy's npz).
python tests/same_numbers.py compared BEFORE AFTER: names every number that differs by more than 1e-12, and fails then.

The fits: every precoded model, with and without rewards of the arms that were not chosen, on two and on four arms, with
missed trials; people with equations of their own; held-out trials; a model with a forward of its own.
"""

import argparse
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-12
"""Largest difference that is none, absolute or relative to numbers above 1."""

Arrays = dict[str, NDArray[np.float64]]


def conditions_and_targets(
    n_arms: int, *, counterfactual: bool = False, missed: bool = False, n_people: int = 4, n_trials: int = 80
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """People who learn by Rescorla-Wagner rules of their own, in the documented layout."""
    rng = np.random.default_rng([n_arms, counterfactual, missed, n_people, n_trials])
    pays = rng.uniform(0.2, 0.8, (n_people, n_arms))
    rate, value = np.linspace(0.2, 0.6, n_people)[:, None], np.full((n_people, n_arms), 0.5)
    xs = np.zeros((n_people, n_trials, 2 * n_arms + 3))
    xs[..., -1] = np.arange(n_people)[:, None]
    for t in range(n_trials):
        pays = np.clip(pays + rng.normal(0, 0.05, pays.shape), 0.05, 0.95)
        chosen = np.eye(n_arms)[(4 * value + rng.gumbel(size=value.shape)).argmax(1)]
        reward = (rng.random(pays.shape) < pays).astype(float)
        seen = (chosen > 0) | counterfactual
        value = value + np.where(seen, rate * (reward - value), 0.0)
        xs[:, t, :n_arms] = chosen
        xs[:, t, n_arms : 2 * n_arms] = np.where(seen, reward, np.nan)
    if missed:
        xs[rng.random((n_people, n_trials)) < 0.1, : 2 * n_arms] = np.nan
    ys = np.full((n_people, n_trials, n_arms), np.nan)
    ys[:, :-1] = xs[:, 1:, :n_arms]
    return xs, ys


def fits() -> Iterator[tuple[str, Arrays]]:
    """Each fit's name and numbers."""
    from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN

    from spice.precoded import MODELS

    kinds = {
        "two arms": conditions_and_targets(2),
        "four arms": conditions_and_targets(4),
        "counterfactual": conditions_and_targets(2, counterfactual=True),
        "missed": conditions_and_targets(2, missed=True),
    }
    for model, rnn_class in MODELS.items():
        for kind, (xs, ys) in kinds.items():
            yield f"{model}, {kind}", numbers_of(rnn_class, xs, ys)
    xs, ys = conditions_and_targets(2, n_people=12, n_trials=150)
    yield "own equations", numbers_of(MODELS["participant-embedding"], xs, ys)
    yield "held out", numbers_of(MODELS["choice"], xs, ys, train_test_ratio=0.75, spice_library_polynomial_degree=2)
    yield "as sindy found them", numbers_of(MODELS["forgetting"], xs, ys, spice_refine=False)
    searched = {"use_optuna": True, "optuna_threshold": 0.0, "optuna_n_trials": 3}
    yield "searched settings", numbers_of(MODELS["rescorla-wagner"], xs, ys, spice_refine=False, **searched)
    yield "own forward", numbers_of(OwnForwardRNN, *kinds["two arms"], epochs=3, spice_config=OWN_FORWARD_CONFIG)


def numbers_of(rnn_class: type, xs: NDArray[np.float64], ys: NDArray[np.float64], **parameters: object) -> Arrays:
    """Equations, losses, likelihoods and predictions of one fit."""
    from spice.estimator import SpiceEstimator

    estimator = SpiceEstimator(
        rnn_class, **{"epochs": 8, "n_actions": ys.shape[-1], "random_state": 1, **parameters}
    ).fit(xs, ys)
    found = dict(zip(("network predicts", "equations predict"), estimator.predict(xs), strict=True))
    for person, modules in estimator.get_spice_features().items():
        for module, (names, values) in modules.items():
            found |= {f"{person}, {module}, {name}": value for name, value in zip(names, values, strict=True)}
    found["losses"] = [[loss for loss in epoch.values() if loss is not None] for epoch in estimator.history_]
    found["score"] = estimator.score(xs, ys)
    return {name: np.asarray(value, dtype=float) for name, value in found.items()}


def differences(before: Arrays, after: Arrays) -> Iterator[str]:
    """A sentence for each number that is not what it was."""
    for name in sorted(before.keys() | after.keys()):
        if name not in before or name not in after:
            yield f"{name}: only {'before' if name in before else 'after'}"
        elif before[name].shape != after[name].shape:
            yield f"{name}: shape {before[name].shape} before, {after[name].shape} after"
        elif not np.allclose(before[name], after[name], rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True):
            yield f"{name}: differs by {np.nanmax(np.abs(before[name] - after[name])):.2g}"


def main() -> None:
    """Make numbers, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("made").add_argument("file", type=Path)
    comparison = commands.add_parser("compared")
    comparison.add_argument("before", type=Path)
    comparison.add_argument("after", type=Path)
    asked = parser.parse_args()
    if asked.command == "made":
        # Eight epochs are few, and such fits rightly warn.
        warnings.simplefilter("ignore")
        np.savez(asked.file, **{f"{fit}: {name}": value for fit, found in fits() for name, value in found.items()})
        return
    before, after = dict(np.load(asked.before)), dict(np.load(asked.after))
    found = list(differences(before, after))
    sys.stdout.write(("\n".join(found) or f"{len(before)} arrays are the same to {TOLERANCE:g}") + "\n")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
