from typing import Any

import numpy as np
import pytest
import torch
from data.sequences import make, scored

from spice.exceptions import ConfigError, DataError
from spice.resources.rnn_utils import DatasetRNN, split_data_along_sessiondim, split_data_along_timedim

NAN = np.nan


class TestSplitAlongTime:
    def test_state_is_carried_into_the_test_part(self) -> None:
        dataset = make([[0, 1, 0, 1, 1, 0], [1, 0, 0]])
        train, test = split_data_along_timedim(dataset, 2 / 3)
        assert train.xs.shape == (2, 4, 7)
        assert scored(train) == [3, 1]
        assert scored(test) == [2, 1]
        np.testing.assert_array_equal(test.xs, dataset.xs)
        np.testing.assert_array_equal(train.xs[0], dataset.xs[0, :4])
        assert torch.isnan(train.xs[1, 2:]).all()
        # the choice after the last training trial is held out, and no other
        assert torch.isnan(train.ys[0, 3]).all()
        np.testing.assert_array_equal(test.ys[0, 3], dataset.ys[0, 3])
        assert torch.isnan(test.ys[0, :3]).all()

    def test_each_choice_is_scored_in_one_part(self) -> None:
        rng = np.random.default_rng(0)
        dataset = make([rng.integers(0, 2, length).tolist() for length in (90, 37, 12, 55)])
        train, test = split_data_along_timedim(dataset, 0.7)
        for whole, first, second in zip(scored(dataset), scored(train), scored(test), strict=True):
            assert first + second == whole

    def test_missed_trials_do_not_count(self) -> None:
        dataset = make([[0, None, 1, None, 0, 1]])
        train, test = split_data_along_timedim(dataset, 0.5)
        assert train.xs.shape[1] == 3
        assert scored(train) == [1]
        assert scored(test) == [2]

    def test_ratio_is_of_decimal_numbers(self) -> None:
        train, _ = split_data_along_timedim(make([[0, 1] * 50]), 0.29)
        assert train.xs.shape[1] == 29

    def test_leaves_the_data_set_alone(self) -> None:
        dataset = make([[0, 1, 0, 1]])
        before = dataset.xs.clone(), dataset.ys.clone()
        split_data_along_timedim(dataset, 0.5)
        np.testing.assert_array_equal(dataset.xs, before[0])
        np.testing.assert_array_equal(dataset.ys, before[1])

    def test_labels_are_carried_over(self) -> None:
        dataset = make([[0, 1, 0, 1]], participants=[0])
        dataset.participants, dataset.reward_range = ("anna",), (-1.0, 1.0)
        for part in split_data_along_timedim(dataset, 0.5):
            assert (part.participants, part.reward_range) == (("anna",), (-1.0, 1.0))

    @pytest.mark.parametrize("ratio", [0, 1, -0.1, 1.5, NAN, "0.5"])
    def test_bad_ratio(self, ratio: Any) -> None:
        with pytest.raises(ConfigError, match="between 0 and 1"):
            split_data_along_timedim(make([[0, 1, 0]]), ratio)

    @pytest.mark.parametrize("ratio", [0.1, 0.4])
    def test_nothing_to_train_on(self, ratio: Any) -> None:
        with pytest.raises(DataError, match="none in the training part"):
            split_data_along_timedim(make([[0, 1, 0]]), ratio)

    def test_overlapping_windows_would_leak(self) -> None:
        whole = make([[0, 1] * 10])
        with pytest.raises(ConfigError, match="do not overlap"):
            split_data_along_timedim(DatasetRNN(whole.xs, whole.ys, sequence_length=8, stride=2), 0.5)
        windows = DatasetRNN(whole.xs, whole.ys, sequence_length=10, stride=10)
        assert scored(split_data_along_timedim(windows, 0.5)[1]) == [6, 5]


class TestSplitAlongSessions:
    # participant 5 has three sessions, 2 has two, 9 has one; interleaved
    dataset = make(
        [[0, 1], [0, 0], [1, 1], [1, 0], [1, 1], [0, 1]],
        participants=[5, 2, 5, 9, 5, 2],
    )

    def owners(self, part: DatasetRNN) -> list[int]:
        return part.xs[:, 0, -1].int().tolist()

    def test_positions_count_from_one_within_participants(self) -> None:
        train, test = split_data_along_sessiondim(self.dataset, [2])
        assert self.owners(test) == [5, 2]
        np.testing.assert_array_equal(test.xs, self.dataset.xs[[2, 5]])
        np.testing.assert_array_equal(train.xs, self.dataset.xs[[0, 1, 3, 4]])

    def test_participants_without_that_session_stay_in_training(self) -> None:
        train, test = split_data_along_sessiondim(self.dataset, [3])
        assert self.owners(test) == [5]
        assert self.owners(train) == [5, 2, 5, 9, 2]

    def test_default_is_the_last_of_those_with_more_than_one(self) -> None:
        _, test = split_data_along_sessiondim(self.dataset)
        np.testing.assert_array_equal(test.xs, self.dataset.xs[[4, 5]])

    def test_windows_of_a_session_stay_together(self) -> None:
        whole = make([[0, 1, 0, 1], [1, 1, 0, 0]], participants=[0, 0])
        cut = DatasetRNN(whole.xs, whole.ys, sequence_length=2, stride=2)
        train, test = split_data_along_sessiondim(cut, [1])
        np.testing.assert_array_equal(test.xs, cut.xs[:2])
        assert train.sequence_index == (1, 1)

    def test_labels_are_carried_over(self) -> None:
        dataset = make([[0, 1], [1, 0]], participants=[0, 0])
        dataset.actions, dataset.blocks = ("x", "y"), (1, 2)
        for part in split_data_along_sessiondim(dataset, [1]):
            assert (part.actions, part.blocks) == (("x", "y"), (1, 2))

    def test_no_such_session(self) -> None:
        with pytest.raises(DataError, match="positions from 1 to 3, but got 4"):
            split_data_along_sessiondim(self.dataset, [2, 4])

    @pytest.mark.parametrize("positions", [[0], [], [1.5], [-1]])
    def test_bad_positions(self, positions: list[Any]) -> None:
        with pytest.raises(ConfigError, match="counted from 1"):
            split_data_along_sessiondim(self.dataset, positions)

    def test_nobody_may_be_left_without_training(self) -> None:
        with pytest.raises(DataError, match="none for 9"):
            split_data_along_sessiondim(self.dataset, [1])

    def test_single_sessions_cannot_be_held_out_by_default(self) -> None:
        with pytest.raises(DataError, match="more than one session"):
            split_data_along_sessiondim(make([[0, 1], [1, 0]]))
