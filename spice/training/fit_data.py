"""Arrays handed to a fit, checked and read."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.arrays import as_array
from spice.data.id_columns import check_exact
from spice.data.ids import Ids
from spice.data.layout import Columns, is_padding
from spice.data.targets import read_targets
from spice.data.trials import read_conditions
from spice.exceptions import ConfigError, DataError
from spice.model.base import BaseRNN
from spice.model.hold_out import hold_out
from spice.model.scored_trials import ScoredTrials
from spice.model.training_data import TrainingData

MIN_CHOICES = 3


@dataclass(frozen=True)
class FitData:
    """What a fit is made on.

    Attributes
    ----------
    training : TrainingData
    validation : TrainingData, optional
    participant_ids, experiment_ids : tuple of int
        Ids in the data, sorted; the place of one is its row in the model's embeddings.
    reward_range : (float, float)
        Rewards mapped to 0 and 1.
    counterfactual : bool
        Whether -1 on an arm that was not chosen is a reward.
    fingerprint : str
        Hash of the arrays.
    n_features : int
        Columns of the conditions.
    """

    training: TrainingData
    validation: TrainingData | None
    participant_ids: tuple[int, ...]
    experiment_ids: tuple[int, ...]
    reward_range: tuple[float, float]
    counterfactual: bool
    fingerprint: str
    n_features: int

    @property
    def scored(self) -> ScoredTrials:
        """The choices of `training`, to score what was fitted to them."""
        return ScoredTrials(self.training.trials, self.training.targets)


@dataclass(frozen=True)
class Expected:
    """What the caller says of the data; 0 participants or experiments say nothing."""

    rnn_class: type[BaseRNN]
    n_actions: int
    n_participants: int = 0
    n_experiments: int = 0
    sequence_length: int | None = None
    train_test_ratio: float | Sequence[int] = 1.0


def read_fit_data(
    expected: Expected, conditions: Any, targets: Any, data_test: Any = None, target_test: Any = None
) -> FitData:
    """Check and read arrays; see `SpiceEstimator.fit`.

    Parameters
    ----------
    expected : Expected
    conditions, targets, data_test, target_test
        As for `SpiceEstimator.fit`, as arrays.

    Returns
    -------
    FitData

    Raises
    ------
    DataError
        Arrays cannot be read, do not fit together, or hold too little to fit.
    ConfigError
        A parameter of the estimator does not go with the data.
    """
    xs, ys = as_array("conditions", conditions), as_array("targets", targets)
    _check_sizes(expected, xs, ys)
    check_exact("conditions", conditions, expected.n_actions)
    fingerprint = hashlib.sha256(xs.tobytes() + ys.tobytes()).hexdigest()
    xs, ys, sources = _cut(xs, ys, expected.sequence_length)
    trials, reward_range = read_conditions(xs, expected.n_actions)
    _check_arms(trials.actions)
    participants = _ids("n_participants", trials.participants, expected.n_participants)
    experiments = _ids("n_experiments", trials.experiments, expected.n_experiments)
    if participants[0] < 0:
        raise DataError(
            "participant ids in conditions", "whole numbers of 0 or more", participants[0],
            "Number the labels from 0 (convert_dataset does).",
        )  # fmt: skip
    counts = _count_choices(trials.participants, trials.lengths, participants)
    if min(counts) < MIN_CHOICES:
        few = [p for p, n in zip(participants, counts, strict=True) if n < MIN_CHOICES]
        raise DataError(
            "conditions", f"at least {MIN_CHOICES} choices of every participant",
            f"{min(counts)} of participant {few[0]}" + (f" ({len(few)} such people)" if len(few) > 1 else ""),
            "Leave these participants out.",
        )  # fmt: skip
    ids = Ids.of(trials, participants, experiments)
    training_targets, trials = read_targets("targets", ys, xs.shape, trials)
    training = TrainingData(trials, training_targets, ids)
    validation = None
    if data_test is not None or target_test is not None:
        if data_test is None or target_test is None:
            raise DataError(
                "data_test, target_test",
                "both or neither",
                "one of them",
                "Pass both arrays, or a DatasetRNN as data_test.",
            )
        test_trials, _ = read_conditions(data_test, expected.n_actions, reward_range, trials.counterfactual)
        shape = as_array("data_test", data_test).shape
        test_targets, test_trials = read_targets("target_test", target_test, shape, test_trials)
        validation = TrainingData(test_trials, test_targets, Ids.of(test_trials, participants, experiments))
    elif expected.train_test_ratio != 1.0:
        training, validation = hold_out(training, expected.train_test_ratio, sources)
        _check_training_left(training, participants)
    if validation is not None and float(validation.targets.sum()) == 0:
        raise DataError(
            "target_test or train_test_ratio", "at least one choice to score", "none", "Hold out more, or nothing."
        )
    if float(training.targets.sum()) == 0:
        raise DataError(
            "targets",
            "at least one choice to learn from",
            "none",
            "Targets hold the next choice one-hot; pass dataset.ys.",
        )
    return FitData(
        training, validation, participants, experiments, reward_range, trials.counterfactual, fingerprint, xs.shape[-1]
    )


def _cut(
    xs: NDArray[np.float64], ys: NDArray[np.float64], length: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int_]]:
    """Stretches of that many trials instead of sequences, and the sequence that each comes from."""
    n_sequences, n_trials = xs.shape[:2]
    if length is None or length < 1 or length >= n_trials:
        return xs, ys, np.arange(n_sequences)
    missing = -n_trials % length
    padded = [np.pad(a, ((0, 0), (0, missing), (0, 0)), constant_values=np.nan) for a in (xs, ys)]
    stretches = [a.reshape(-1, length, a.shape[-1]) for a in padded]
    sources = np.repeat(np.arange(n_sequences), (n_trials + missing) // length)
    used = ~is_padding(stretches[0]).all(1)
    return stretches[0][used], stretches[1][used], sources[used]


def _check_training_left(training: TrainingData, participants: tuple[int, ...]) -> None:
    rows = training.ids.participants.numpy()
    counts = np.bincount(rows, weights=training.targets.sum((0, 2)).numpy(), minlength=len(participants))
    if counts.min() == 0:
        raise ConfigError(
            "train_test_ratio", "choices of every participant left to train on",
            f"none of participant {participants[int(counts.argmin())]}", "Hold out a smaller share, or fewer sessions.",
        )  # fmt: skip


def _check_sizes(expected: Expected, xs: NDArray[Any], ys: NDArray[Any]) -> None:
    n = expected.n_actions
    if ys.shape[-1] != n:
        raise ConfigError(
            "n_actions", f"{ys.shape[-1]}, the number of arms in targets", n, f"Set n_actions={ys.shape[-1]}."
        )
    extra = Columns.of(xs.shape[-1], n).n_inputs
    needed = expected.rnn_class.additional_inputs
    if len(needed) > extra:
        raise DataError(
            "conditions", f"{len(needed)} additional inputs, {list(needed)}, as {expected.rnn_class.__name__} declares",
            f"{extra}", "Pass additional_inputs to convert_dataset, or use another model.",
        )  # fmt: skip


def _check_arms(actions: torch.Tensor) -> None:
    chosen = np.flatnonzero(actions.sum((0, 1)).numpy())
    if len(chosen) < 2:
        raise DataError(
            "conditions",
            "choices of at least two arms",
            f"only arm {chosen[0]}",
            "Nothing can be learned from these.",
        )


def _ids(argument: str, ids: NDArray[np.int_], stated: int) -> tuple[int, ...]:
    found = tuple(int(i) for i in np.unique(ids))
    if 0 < stated < len(found):
        raise ConfigError(
            argument,
            f"{len(found)}, as in the data, or 0 to take it from there",
            stated,
            f"Leave {argument} out, or set it to {len(found)}.",
        )
    return found


def _count_choices(participants: NDArray[np.int_], lengths: NDArray[np.int_], ids: tuple[int, ...]) -> list[int]:
    counts = np.bincount(np.searchsorted(ids, participants), weights=lengths, minlength=len(ids))
    return [int(n) for n in counts]
