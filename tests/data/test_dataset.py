from typing import Any

import numpy as np
import pytest
import torch
from data.sequences import make, scored

from spice.exceptions import ConfigError, DataError
from spice.resources.rnn_utils import DatasetRNN

NAN = np.nan


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
