"""Small data sets of two arms, and rows of them in the documented layout."""

from typing import Any

import numpy as np

from spice.resources.rnn_utils import DatasetRNN

NAN = np.nan


def make(choices: Any, participants: Any = None, **labels: Any) -> DatasetRNN:
    """A data set of two arms from lists of choices; None is a missed trial, reward is the choice."""
    n_trials = max(map(len, choices))
    xs = np.full((len(choices), n_trials, 7), NAN)
    for sequence, row in enumerate(choices):
        for trial, choice in enumerate(row):
            xs[sequence, trial, 4:] = 0, 0, sequence if participants is None else participants[sequence]
            if choice is not None:
                xs[sequence, trial, :2] = np.eye(2)[choice]
                xs[sequence, trial, 2:4] = -1
                xs[sequence, trial, 2 + choice] = choice
    ys = np.full((len(choices), n_trials, 2), NAN)
    ys[:, :-1] = xs[:, 1:, :2]
    return DatasetRNN(xs, ys, **labels)


def scored(dataset: DatasetRNN) -> list[int]:
    """Number of targets of each sequence."""
    return (dataset.ys > 0).any(-1).sum(1).tolist()


Step = tuple[int, list[float]]


def rows(
    steps: list[Step | None], block: Any = 0, experiment: float = 0, participant: float = 0, extra: Any = ()
) -> np.ndarray:
    """Rows in the documented layout; None is a missed trial."""
    n_actions = len(next(s for s in steps if s is not None)[1])
    blocks = np.broadcast_to(block, len(steps))
    out = []
    for step, b in zip(steps, blocks, strict=True):
        played = [NAN] * (2 * n_actions) if step is None else [*np.eye(n_actions)[step[0]], *step[1]]
        out.append([*played, *extra, b, experiment, participant])
    return np.array(out, dtype=float)


def next_actions(xs: np.ndarray, n_actions: int) -> np.ndarray:
    ys = np.full((*xs.shape[:2], n_actions), NAN)
    ys[:, :-1] = xs[:, 1:, :n_actions]
    return ys


def padded(sequences: list[np.ndarray], value: float) -> np.ndarray:
    length = max(map(len, sequences))
    return np.stack([np.pad(s, ((0, length - len(s)), (0, 0)), constant_values=value) for s in sequences])
