import math

import numpy as np
import pytest
from data.sequences import make

from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.rnn_utils import DatasetRNN
from spice_nb.cli.data import Choices
from spice_nb.cli.holdout import Holdout
from spice_nb.cli.scores import BASELINES, Score, Scores, score_fit

RULE, REFERENCES = BASELINES["zorowitz2023"]
NAMES = ["chance", "network", "equations"]


@pytest.fixture(scope="module")
def dataset() -> DatasetRNN:
    rng = np.random.default_rng(0)
    return make(rng.integers(0, 2, (3, 20)).tolist())


def choices(dataset: DatasetRNN, name: str, last: float = 0.25) -> Choices:
    holdout = Holdout(last=last)
    return Choices(name, dataset, *holdout.split(dataset), holdout)


def estimator(dataset: DatasetRNN, **settings: int) -> SpiceEstimator:
    given = {"epochs": 1, "n_trials_off_policy": 50, "random_state": 0, **settings}
    return SpiceEstimator(ParticipantEmbeddingRNN, **given).fit(dataset)


@pytest.fixture(scope="module")
def fitted(dataset: DatasetRNN) -> SpiceEstimator:
    return estimator(dataset)


def test_scores_are_means_over_the_choices_of_each_part(dataset: DatasetRNN, fitted: SpiceEstimator) -> None:
    scores = score_fit(fitted, choices(dataset, "mine"), "last:0.25")
    assert (scores.n_training, scores.n_held_out) == (3 * 14, 3 * 5)
    chance, network, equations = scores.rows
    assert [row.name for row in scores.rows] == NAMES
    assert chance.training == pytest.approx(math.log(2))
    # By hand: what was predicted of the choices that were made.
    for row, p in zip((network, equations), fitted.predict(dataset), strict=True):
        made = np.log(p[:, :-1][np.asarray(dataset.ys)[:, :-1] == 1]).reshape(3, 19)
        assert row.training == pytest.approx(-made[:, :14].mean(), abs=1e-5)
        assert row.held_out == pytest.approx(-made[:, 14:].mean(), abs=1e-5)


def test_references_are_quoted_under_their_own_rule_only(dataset: DatasetRNN, fitted: SpiceEstimator) -> None:
    quoted = score_fit(fitted, choices(dataset, "zorowitz2023"), RULE).rows[3:]
    assert {row.name: row.held_out for row in quoted} == REFERENCES
    assert all(row.is_reference and row.training is None for row in quoted)
    for name, rule in (("zorowitz2023", "last:0.25"), ("mine", RULE)):
        assert len(score_fit(fitted, choices(dataset, name), rule).rows) == 3
    assert len(score_fit(fitted, choices(dataset, "zorowitz2023", 0.0), RULE).rows) == 3


def test_equations_of_one_participant_are_scored_on_that_participant(dataset: DatasetRNN) -> None:
    scores = score_fit(estimator(dataset, spice_participant_id=1), choices(dataset, "zorowitz2023"), RULE)
    assert (scores.n_training, scores.n_held_out) == (14, 5)
    assert [row.name for row in scores.rows] == NAMES


def test_a_table_leaves_out_what_was_not_measured() -> None:
    scores = Scores((Score("network", 0.5, 0.6), Score("published", None, 0.7, is_reference=True)), 10, 4)
    assert scores.to_frame().to_numpy().tolist() == [
        ["network", "training", 0.5, 10, "this fit"],
        ["network", "held_out", 0.6, 4, "this fit"],
        ["published", "held_out", 0.7, 4, "reference"],
    ]
