"""Each choice is held out once, and no fold learns from what it holds out."""

import numpy as np
import pytest
from mechanism_search.people import PLAIN, people
from tasks import differing, play

from spice.data.dataset import DatasetRNN
from spice.exceptions import DataError
from spice.mechanism_search.folds import FOLDS, folds_of


def scored(dataset: DatasetRNN) -> np.ndarray:
    return (dataset.ys.numpy() > 0).any(-1)


def test_thirds_of_a_session() -> None:
    dataset = people(PLAIN, n_people=3, n_trials=31)
    folds = folds_of(dataset)
    assert len(folds) == FOLDS
    np.testing.assert_array_equal(sum(scored(held_out).astype(int) for _, held_out in folds), scored(dataset))
    for training, held_out in folds:
        assert not (scored(training) & scored(held_out)).any()
        np.testing.assert_array_equal(scored(training) | scored(held_out), scored(dataset))
        assert scored(held_out).sum(1).tolist() == [10, 10, 10]


def test_sessions_in_turn() -> None:
    dataset = DatasetRNN(*play("drift", differing(PLAIN, 2, 0), 2, 20, 0, blocks=4).arrays)
    folds = folds_of(dataset)
    assert [len(held_out) for _, held_out in folds] == [4, 2, 2]
    assert all(len(training) + len(held_out) == len(dataset) for training, held_out in folds)


def test_sessions_that_are_too_short() -> None:
    with pytest.raises(DataError, match="choices or more"):
        folds_of(people(PLAIN, n_people=2, n_trials=2))
