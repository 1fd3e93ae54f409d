"""Makes the file of choices that both packages read: python data.py FILE --people N --trials N [--recorded FILE]."""

import argparse
from pathlib import Path

import numpy as np

from spice.datasets import simulate_individual_differences

ALPHA, FORGET, BETA = (0.1, 0.9), (0.0, 0.5), 3.0
"""Ranges that each person's parameters are drawn from, as in the recorded file."""
LARGEST_WITH_TEST = 1_000
"""People up to which a second session is simulated, to score predictions on."""


def main() -> None:
    """Copy the recorded file where it has the size asked for; else simulate the same design."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, required=True)
    parser.add_argument("--trials", type=int, required=True)
    parser.add_argument("--recorded", type=Path)
    options = parser.parse_args()
    if options.recorded is not None:
        with np.load(options.recorded) as file:
            arrays = dict(file)
        if arrays["choices"].shape != (options.people, options.trials):
            raise SystemExit(f"{options.recorded.name} has {arrays['choices'].shape}, not the size asked for.")
    else:
        arrays = simulate(options.people, options.trials)
    options.file.parent.mkdir(parents=True, exist_ok=True)
    np.savez(options.file, **arrays)


def simulate(n_people: int, n_trials: int) -> dict[str, np.ndarray]:
    """People who learn and forget, each with rates of their own; see `spice.datasets` for the equations."""
    n_sessions = 2 if n_people <= LARGEST_WITH_TEST else 1
    dataset, truth = simulate_individual_differences(
        n_people, n_trials, alpha=ALPHA, forget_rate=FORGET, beta=BETA, n_sessions=n_sessions, random_state=0
    )
    xs = np.asarray(dataset.xs)
    choices = xs[..., :2].argmax(-1).astype(np.int8)
    rewards = np.take_along_axis(xs[..., 2:4], choices[..., None].astype(np.int64), -1)[..., 0].astype(np.float32)
    # Sequences come by person, then by session.
    halves = {"": slice(0, None, n_sessions)} | ({"_test": slice(1, None, 2)} if n_sessions == 2 else {})
    arrays = {name + half: a[rows] for half, rows in halves.items() for name, a in
              (("choices", choices), ("rewards", rewards))}  # fmt: skip
    columns = {"alpha": "alpha", "forget": "forget_rate", "beta": "beta"}
    return arrays | {name: truth[column].to_numpy() for name, column in columns.items()}


if __name__ == "__main__":
    main()
