"""Data and settings that are unusual but right, and some that are wrong in ways hard to see."""

import numpy as np
import pytest
from quick_fit import few_people, quick

from spice.datasets import simulate_forgetting
from spice.exceptions import (
    ConfigError,
    DataError,
)
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.training.fit_data import Expected, read_fit_data


@pytest.fixture(scope="module")
def people():
    return few_people()


class TestData:
    def test_first_choice_of_a_block_inside_a_sequence_is_not_scored(self, people):
        xs, ys = people[0].copy(), people[1]
        xs[..., -3] = np.arange(40) // 4
        blocks = read_fit_data(Expected(ForgettingRNN, 2), xs, ys).training
        assert float(blocks.targets.sum()) == 4 * 10 * 3
        apart = xs.reshape(40, 4, -1), ys.reshape(40, 4, 2).copy()
        apart[1][:, -1] = np.nan
        same = read_fit_data(Expected(ForgettingRNN, 2), *apart).training
        assert float(same.targets.sum()) == float(blocks.targets.sum())

    def test_large_ids_stay_apart_when_sequences_are_cut(self, people):
        xs = people[0].astype(np.float64)
        xs[..., -1] += 100_000_000
        data = read_fit_data(Expected(ParticipantEmbeddingRNN, 2, sequence_length=15), xs, people[1])
        assert data.participant_ids == tuple(100_000_000 + k for k in range(4))
        assert data.training.trials.n_sequences == 4 * 3
        assert data.training.trials.lengths.tolist() == [15, 15, 10] * 4

    def test_positions_count_sessions_not_stretches(self):
        dataset, _ = simulate_forgetting(n_participants=2, n_trials=40, n_sessions=3, random_state=0)
        expected = Expected(ParticipantEmbeddingRNN, 2, sequence_length=20, train_test_ratio=[3])
        data = read_fit_data(expected, dataset.xs, dataset.ys)
        held_out = data.validation.targets.sum((0, 2)).numpy() > 0
        assert held_out.tolist() == [False] * 4 + [True] * 2 + [False] * 4 + [True] * 2

    def test_nothing_to_validate_on_is_said(self, people):
        xs, ys = people
        with pytest.raises(DataError, match="at least one choice to score"):
            quick().fit(xs, ys, data_test=xs, target_test=np.full_like(ys, np.nan))
        with pytest.raises(ConfigError, match="left to train on"):
            quick(train_test_ratio=0.01).fit(xs, ys)
        with pytest.raises(ConfigError, match="left to train on"):
            quick(train_test_ratio=[1]).fit(np.concatenate([xs, xs[:1]]), np.concatenate([ys, ys[:1]]))


def test_arrays(people):
    xs, ys = people
    wrong = ys.copy()
    wrong[1, 3] = [0.5, 0.5]
    with pytest.raises(DataError, match=r"targets.*sequence 1, trial 3"):
        quick().fit(xs, wrong)
    with pytest.raises(DataError, match="shape"):
        quick().fit(xs, ys[:, :-1])
    nan = xs.copy()
    nan[0, 5, 2:4] = np.nan
    with pytest.raises(DataError, match=r"finite reward.*sequence 0, trial 5"):
        quick().fit(nan, ys)
    infinite = xs.copy()
    infinite[0, 5, 2:4] = np.inf
    with pytest.raises(DataError, match="finite reward"):
        quick().fit(infinite, ys)
    one_arm = xs.copy()
    one_arm[..., :2] = [1, 0]
    one_arm[..., 2:4] = [1, -1]
    with pytest.raises(DataError, match="at least two arms"):
        quick().fit(one_arm, ys)
    few = xs.copy()
    few[3, 2:] = np.nan
    with pytest.raises(DataError, match="at least 3 choices"):
        quick().fit(few, ys)
    with pytest.raises(DataError, match="both"):
        quick().fit(xs, ys, data_test=xs)
    with pytest.raises(DataError, match="features"):
        quick().fit(xs[..., :4], ys)
