import time

import numpy as np
import pandas as pd
import torch
from data.table.frames import random_table, table

from spice.utils.convert_dataset import convert_dataset

NAN = np.nan


class TestLayout:
    def test_one_row_a_trial(self) -> None:
        dataset, sessions, read, _ = convert_dataset(table(rt=[0.5, 0.25, 1.5, 2]), additional_inputs=["rt"])
        expected = [
            # action, reward, rt, block, experiment, participant
            [1, 0, 1, -1, 0.5, 0, 0, 0],
            [0, 1, -1, 0, 0.25, 0, 0, 0],
            [0, 1, -1, 1, 1.5, 0, 0, 0],
            [1, 0, 1, -1, 2, 0, 0, 0],
        ]
        np.testing.assert_array_equal(dataset.xs[0], expected)
        np.testing.assert_array_equal(dataset.ys[0], [[0, 1], [0, 1], [1, 0], [NAN, NAN]])
        assert dataset.participants == ("anna",)
        assert dataset.actions == (0, 1)
        assert (dataset.blocks, dataset.experiments) == (None, None)
        assert dataset.additional_inputs == ("rt",)
        assert dataset.reward_range == (0, 1)
        assert len(read) == 4
        (session,) = sessions
        assert session.choices.tolist() == [0, 1, 1, 0]
        assert session.rewards.tolist() == [[1, -1], [-1, 0], [-1, 1], [1, -1]]
        assert session.session.tolist() == [0, 0, 0, 0]
        assert session.n_trials == 4

    def test_interleaved_blocks(self) -> None:
        rows = pd.DataFrame(
            {
                "session": ["b", "a", "b", "a", "b", "a", "b", "a"],
                "block": [2, 1, 2, 1, 1, 1, 2, 1],
                "experiment": ["x", "x", "x", "y", "x", "x", "x", "x"],
                "choice": [0, 1, 1, 0, 1, 1, 0, 1],
                "reward": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
            }
        )
        dataset, sessions, *_ = convert_dataset(rows)
        # b/2/x: rows 0 2 6; a/1/x: rows 1 5 7; a/1/y: row 3; b/1/x: row 4
        np.testing.assert_array_equal(dataset.xs[:, 0, -3:], [[0, 0, 0], [1, 0, 1], [1, 1, 1], [1, 0, 0]])
        assert [session.choices.tolist() for session in sessions] == [[0, 1, 0], [1, 1, 1], [0], [1]]
        np.testing.assert_allclose(dataset.xs[0, :, 2], [0.1, -1, 0.7])
        assert dataset.participants == ("b", "a")
        assert dataset.blocks == (2, 1)
        assert dataset.experiments == ("x", "y")
        assert [session.session[0] for session in sessions] == [0, 1, 1, 0]

    def test_unequal_lengths_are_padded(self) -> None:
        rows = random_table(2, 5).iloc[:8]
        dataset, sessions, *_ = convert_dataset(rows)
        assert dataset.xs.shape[:2] == (2, 5)
        assert torch.isnan(dataset.xs[1, 3:]).all()
        assert torch.isnan(dataset.ys[1, 2:]).all()
        assert (dataset.ys[1, :2] > 0).any(-1).all()
        assert [session.n_trials for session in sessions] == [5, 3]

    def test_windows_do_not_overlap(self) -> None:
        rows = random_table(2, 10)
        dataset, sessions, _, truth = convert_dataset(rows, sequence_length=4)
        assert dataset.xs.shape[:2] == (6, 4)
        assert int((dataset.ys > 0).sum()) == 2 * 9
        assert (len(sessions), truth[0].shape) == (2, (2, 10, 3))

    def test_the_table_is_not_modified(self) -> None:
        rows = random_table()
        before = rows.copy(deep=True)
        convert_dataset(rows)
        pd.testing.assert_frame_equal(rows, before)

    def test_is_fast(self) -> None:
        rows = random_table(n_people=1_000, n_trials=132)
        start = time.process_time()
        convert_dataset(rows)
        assert time.process_time() - start < 2

    def test_of_ground_truth_columns(self) -> None:
        rows = table(choice_prob_0=[0.5, 0.6, 0.7, 0.8], choice_prob_1=[0.5, 0.4, 0.3, 0.2], action_value_1=1.5)
        probs, action, reward, choice = convert_dataset(rows)[3]
        np.testing.assert_array_equal(probs[0], rows[["choice_prob_0", "choice_prob_1"]])
        np.testing.assert_array_equal(action[0], [[NAN, 1.5]] * 4)
        assert reward.shape == choice.shape == (1, 4, 2)
        assert np.isnan(reward).all()
        assert np.isnan(choice).all()
