from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from spice.exceptions import ConfigError, DataError
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset
from spice.resources.rnn_utils import DatasetRNN, split_data_along_sessiondim, split_data_along_timedim
from spice.utils.convert_dataset import convert_dataset

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


class TestDatasetRNN:
    def test_holds_float32_copies(self) -> None:
        xs, ys = np.zeros((3, 4, 7)), np.zeros((3, 4, 2), dtype=np.float32)
        dataset = DatasetRNN(xs, ys)
        xs[:], ys[:] = 5, 5
        assert dataset.xs.dtype == dataset.ys.dtype == torch.float32
        assert not dataset.xs.any()
        assert not dataset.ys.any()
        assert (len(dataset), dataset.n_actions) == (3, 2)
        x, y = dataset[1]
        assert (x.shape, y.shape) == ((4, 7), (4, 2))

    def test_copies_tensors_too(self) -> None:
        xs = torch.zeros(1, 3, 7)
        dataset = DatasetRNN(xs, torch.zeros(1, 3, 2), normalize_features=[4])
        dataset.xs += 1
        assert not xs.any()

    def test_read_only_arrays(self) -> None:
        xs = np.zeros((1, 3, 7), dtype=np.float32)
        xs.flags.writeable = False
        assert len(DatasetRNN(xs, np.zeros((1, 3, 2)), normalize_features=[0])) == 1

    def test_two_dimensions_are_one_sequence(self) -> None:
        assert DatasetRNN(np.zeros((3, 7)), np.zeros((3, 2))).xs.shape == (1, 3, 7)

    def test_labels(self) -> None:
        dataset = make(
            [[0, 1], [1, 0]],
            participants=[0, 1],
            normalize_features=None,
        )
        assert dataset.participants is None
        labelled = DatasetRNN(
            dataset.xs,
            dataset.ys,
            participants=["a", "b"],
            actions=(3, 7),
            reward_range=(-2, 2),
        )
        assert labelled.participants == ("a", "b")
        assert labelled.actions == (3, 7)
        assert labelled.reward_range == (-2.0, 2.0)

    def test_additional_inputs_are_named_one_by_one(self) -> None:
        assert DatasetRNN(np.zeros((1, 3, 9)), np.zeros((1, 3, 2)), additional_inputs=["rt", "age"])
        with pytest.raises(DataError, match="2 names"):
            DatasetRNN(np.zeros((1, 3, 9)), np.zeros((1, 3, 2)), additional_inputs=["rt"])

    def test_short_layout(self) -> None:
        assert DatasetRNN(np.zeros((1, 3, 5)), np.zeros((1, 3, 2))).n_actions == 2

    @pytest.mark.parametrize(
        ("xs", "ys", "message"),
        [
            (np.zeros((2, 3, 7)), np.zeros((2, 4, 2)), "2 sequences of 3 trials"),
            (np.zeros((2, 3, 4)), np.zeros((2, 3, 2)), "at least 5 features"),
            (np.zeros((0, 3, 7)), np.zeros((0, 3, 2)), "none of them empty"),
            (np.zeros(7), np.zeros(2), "three dimensions"),
            (np.full((1, 3, 7), np.inf), np.zeros((1, 3, 2)), "finite"),
            (np.full((1, 3, 7), "left"), np.zeros((1, 3, 2)), "array of numbers"),
        ],
    )
    def test_bad_arrays(self, xs: Any, ys: Any, message: str) -> None:
        with pytest.raises(DataError, match=message):
            DatasetRNN(xs, ys)


class TestNormalize:
    def test_scales_observed_trials_only(self) -> None:
        xs = np.zeros((2, 3, 8))
        xs[..., 4] = [[10.0, 20.0, 30.0], [-10.0, NAN, -1.0]]
        xs[1, 1:] = NAN
        xs[1, 2] = -1
        dataset = DatasetRNN(xs, np.zeros((2, 3, 2)), normalize_features=4)
        np.testing.assert_allclose(dataset.xs[..., 4], [[0.5, 0.75, 1], [0, NAN, -1]])
        assert xs[0, 0, 4] == 10

    def test_reward_not_shown_stays_marked(self) -> None:
        dataset = make([[0, 1, 1, 0]])
        xs = dataset.xs.clone()
        xs[0, :, 2:4] = torch.tensor([[4.0, -1], [-1, 8], [-1, -1], [2, -1]])
        scaled = DatasetRNN(xs, dataset.ys, normalize_features=(2, 3)).xs
        np.testing.assert_allclose(scaled[0, :, 2], [1, -1, -1, 0])
        np.testing.assert_allclose(scaled[0, :, 3], [-1, 1, 0, -1])

    def test_constant_feature_becomes_zero(self) -> None:
        xs = np.full((1, 3, 8), 5.0)
        assert not DatasetRNN(xs, np.zeros((1, 3, 2)), normalize_features=[4]).xs[..., 4].any()

    @pytest.mark.parametrize("feature", [8, -9, 0.5])
    def test_no_such_feature(self, feature: Any) -> None:
        with pytest.raises(ConfigError, match="normalize_features"):
            DatasetRNN(np.zeros((1, 3, 8)), np.zeros((1, 3, 2)), normalize_features=[feature])


class TestWindows:
    whole = make([[0, 1, 0, 0, 1, 1, 0], [1, 0, 1]], participants=[0, 1])

    def windows(self, length: Any, stride: Any) -> DatasetRNN:
        return DatasetRNN(self.whole.xs, self.whole.ys, sequence_length=length, stride=stride)

    def test_no_overlap_keeps_each_target_once(self) -> None:
        cut = self.windows(3, 3)
        assert cut.xs.shape == (4, 3, 7)
        assert cut.sequence_index == (0, 0, 0, 1)
        assert scored(cut) == [3, 3, 0, 2]
        assert torch.isnan(cut.xs[2, 1:]).all()
        np.testing.assert_array_equal(cut.xs[1], self.whole.xs[0, 3:6])
        assert not cut.overlapping

    def test_stride(self) -> None:
        cut = self.windows(3, 1)
        assert cut.sequence_index == (0, 0, 0, 0, 0, 1)
        np.testing.assert_array_equal(cut.ys[2], self.whole.ys[0, 2:5])
        assert cut.overlapping

    @pytest.mark.parametrize("length", [None, -1, 7, 50])
    def test_whole_sequences(self, length: Any) -> None:
        np.testing.assert_array_equal(self.windows(length, 1).xs, self.whole.xs)

    @pytest.mark.parametrize(("length", "stride"), [(0, 1), (-2, 1), (2.5, 1), (3, 0)])
    def test_bad_length_or_stride(self, length: Any, stride: Any) -> None:
        with pytest.raises(ConfigError, match="whole number from 1"):
            self.windows(length, stride)


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


@pytest.mark.skipif(torch.cuda.is_available(), reason="this computer has such a device")
@pytest.mark.parametrize("device", ["cuda", torch.device("cuda:0"), "abacus"])
def test_a_device_that_is_not_there_is_named(device: str | torch.device) -> None:
    dataset = make([[0, 1, 0, 1, 0, 1]])
    table = pd.DataFrame({"session": 0, "choice": [0, 1, 0, 1], "reward": 1.0})
    for call in (
        lambda: DatasetRNN(dataset.xs, dataset.ys, device=device),
        lambda: convert_dataset(table, device),
        lambda: create_dataset(AgentQ(), BanditsDrift(0.1), 5, 2, device=device),
        lambda: split_data_along_timedim(dataset, 0.5, device),
    ):
        with pytest.raises(ConfigError, match=r'device: expected a device that torch has here.*Use "cpu"'):
            call()
