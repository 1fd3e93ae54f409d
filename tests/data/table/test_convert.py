import io
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from spice.exceptions import ColumnError, DataError
from spice.utils.convert_dataset import convert_dataset

NAN = np.nan


def table(
    choices: Any = "0110", rewards: Any = (1, 0, 1, 1), participant: Any = "anna", **columns: Any
) -> pd.DataFrame:
    return pd.DataFrame({"session": participant, "choice": list(choices), "reward": list(rewards), **columns})


def random_table(n_people: int = 4, n_trials: int = 30, n_arms: int = 3, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = n_people * n_trials
    return pd.DataFrame(
        {
            "session": np.repeat(np.arange(n_people), n_trials),
            "choice": rng.integers(0, n_arms, n),
            "reward": rng.integers(0, 2, n),
        }
    )


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


class TestLabels:
    def test_strings_are_sorted(self) -> None:
        dataset, sessions, *_ = convert_dataset(table(["right", "left", "up", "left"]))
        assert dataset.actions == ("left", "right", "up")
        assert sessions[0].choices.tolist() == [1, 0, 2, 0]

    @pytest.mark.parametrize("labels", [[10, 9, 100, 9], ["10", "9", "100", "9.0"], [10.0, 9.0, 100.0, 9.0]])
    def test_numbers_are_sorted_as_numbers(self, labels: list[Any]) -> None:
        dataset, sessions, *_ = convert_dataset(table(labels))
        assert dataset.actions == (9, 10, 100)
        assert sessions[0].choices.tolist() == [1, 0, 2, 0]

    def test_fractions_and_booleans(self) -> None:
        assert convert_dataset(table([0.5, 2, 0.5, 2]))[0].actions == (0.5, 2)
        assert convert_dataset(table([True, False, True, True]))[0].actions == (False, True)

    def test_categories(self) -> None:
        rows = table(["b", "c", "b", "c"])
        rows["choice"] = rows["choice"].astype(pd.CategoricalDtype(["a", "c", "b"]))
        rows["session"] = rows["session"].astype("category")
        dataset = convert_dataset(rows)[0]
        assert (dataset.actions, dataset.participants) == (("b", "c"), ("anna",))

    def test_ids_of_any_kind(self) -> None:
        rows = pd.concat([table(participant=name) for name in ("s_007", "3", 4.0)], ignore_index=True)
        dataset = convert_dataset(rows)[0]
        assert dataset.participants == ("s_007", "3", 4)
        assert dataset.xs[:, 0, -1].tolist() == [0, 1, 2]


class TestMissedTrials:
    @pytest.mark.parametrize("missed", [NAN, None, -1, "", " ", "-1"])
    def test_kept_without_action_and_reward(self, missed: Any) -> None:
        rows = table(["0", "1", missed, "1", "0"], [1, 0, "?", 1, 0], rt=[1, 2, NAN, 4, 5])
        dataset, sessions, *_ = convert_dataset(rows, additional_inputs="rt")
        assert dataset.actions == (0, 1)
        np.testing.assert_array_equal(dataset.xs[0, 2], [NAN, NAN, NAN, NAN, NAN, 0, 0, 0])
        assert torch.isnan(dataset.ys[0, 1]).all()
        np.testing.assert_array_equal(dataset.ys[0, 2], [0, 1])
        assert sessions[0].choices.tolist() == [0, 1, -1, 1, 0]
        assert np.isnan(sessions[0].rewards[2]).all()

    def test_their_additional_inputs_and_rewards(self) -> None:
        rows = table([0, 1, -1, 1], [1, 0, 99, 1], rt=[1, 2, 3, 4])
        dataset, *_ = convert_dataset(rows, additional_inputs="rt")
        assert dataset.xs[0, 2, 4] == 3
        assert dataset.reward_range == (0, 1)


class TestRewards:
    def test_graded_and_negative_are_scaled(self) -> None:
        dataset, sessions, *_ = convert_dataset(table(rewards=[-1, 0, 3, 1]))
        assert dataset.reward_range == (-1, 3)
        np.testing.assert_allclose(dataset.xs[0, :, 2:4], [[0.0, -1.0], [-1.0, 0.25], [-1.0, 1.0], [0.5, -1.0]])
        np.testing.assert_allclose(sessions[0].rewards, dataset.xs[0, :, 2:4])

    def test_within_zero_and_one_stay(self) -> None:
        dataset, *_ = convert_dataset(table(rewards=[0.2, 0.4, 0.4, 0.5]))
        assert dataset.reward_range == (0, 1)
        np.testing.assert_allclose(dataset.xs[0, 0, 2], 0.2)

    def test_constant(self) -> None:
        dataset, *_ = convert_dataset(table(rewards=[5, 5, 5, 5]))
        np.testing.assert_array_equal(dataset.xs[0, :, 2:4].max(-1).values, [0, 0, 0, 0])

    def test_counterfactual_columns(self) -> None:
        rows = table("0110", a=[10, -10, NAN, 0], b=[NAN, 30, 20, -1])
        dataset, *_ = convert_dataset(rows, df_reward=["a", "b"])
        assert dataset.reward_range == (-10, 30)
        np.testing.assert_allclose(
            dataset.xs[0, :, 2:4], [[0.5, NAN], [0.0, 1.0], [NAN, 0.75], [0.25, 0.225]], rtol=1e-6
        )

    @pytest.mark.parametrize("hidden", [NAN, -1])
    def test_columns_without_counterfactual_feedback(self, hidden: float) -> None:
        rows = table("0110", a=[1, hidden, hidden, 0], b=[hidden, 0, 1, hidden])
        dataset, *_ = convert_dataset(rows, df_reward=("a", "b"))
        assert dataset.reward_range == (0, 1)
        np.testing.assert_array_equal(dataset.xs[0, :, 2:4], [[1, -1], [-1, 0], [-1, 1], [0, -1]])

    def test_columns_follow_the_sorted_arms(self) -> None:
        rows = table(["y", "x", "x", "y"], x=[NAN, 0.1, 0.2, NAN], y=[0.3, NAN, NAN, 0.4])
        dataset, *_ = convert_dataset(rows, df_reward=["x", "y"])
        np.testing.assert_allclose(dataset.xs[0, 0, :4], [0, 1, -1, 0.3])


class TestColumns:
    def test_absent_with_suggestion(self) -> None:
        rows = table().rename(columns={"choice": "Choices"})
        with pytest.raises(ColumnError, match=r"session, Choices, reward.*'choice'.*df_choice='Choices'"):
            convert_dataset(rows)

    def test_usual_names_are_suggested(self) -> None:
        rows = table().rename(columns={"session": "subject"})
        with pytest.raises(ColumnError, match="df_participant_id='subject'"):
            convert_dataset(rows)

    @pytest.mark.parametrize(
        "names",
        [
            {"df_block": "run"},
            {"df_experiment_id": "study"},
            {"df_reward": "points"},
            {"df_reward": ["reward", "points"]},
            {"additional_inputs": ["rt"]},
        ],
    )
    def test_absent_ones_that_were_named(self, names: dict[str, Any]) -> None:
        with pytest.raises(ColumnError, match="one of the columns session, choice, reward"):
            convert_dataset(table(), **names)

    def test_none_means_one_block(self) -> None:
        rows = table(block=[1, 1, 2, 2], experiment=[1, 2, 1, 2])
        assert len(convert_dataset(rows)[0]) == 4
        assert len(convert_dataset(rows, df_block=None, df_experiment_id=None)[0]) == 1

    @pytest.mark.parametrize(
        "names",
        [
            {"df_reward": "choice"},
            {"df_block": "session"},
            {"df_reward": ["reward", "reward"]},
            {"additional_inputs": ["reward"]},
        ],
    )
    def test_two_roles(self, names: dict[str, Any]) -> None:
        with pytest.raises(ColumnError, match="a column of its own for each role"):
            convert_dataset(table(), **names)

    def test_two_columns_of_one_name(self) -> None:
        rows = pd.concat([table(), table()[["choice"]]], axis=1)
        with pytest.raises(ColumnError, match="2 named 'choice'"):
            convert_dataset(rows)


class TestBadValues:
    """Row numbers count the header as row 1."""

    @pytest.mark.parametrize("bad", [NAN, np.inf, -np.inf, "much", None, ""])
    def test_reward(self, bad: Any) -> None:
        rows = table("01101", [1, 0, 1, bad, 1])
        with pytest.raises(DataError, match=r"df_reward: .*in row 5\."):
            convert_dataset(rows)

    def test_row_number_in_a_file_with_blank_lines(self) -> None:
        text = "session,choice,reward\n1,0,1\n\n1,1,0\n1,1,x\n1,0,y\n"
        with pytest.raises(DataError, match=r"'x' in row 5 and 1 more"):
            convert_dataset(io.StringIO(text))

    def test_reward_of_the_chosen_arm_in_columns(self) -> None:
        rows = table("0110", a=[1, 0, 0, NAN], b=[0, 1, 1, 1])
        with pytest.raises(DataError, match="nothing in row 5"):
            convert_dataset(rows, df_reward=["a", "b"])

    def test_text_as_reward_of_an_unchosen_arm(self) -> None:
        rows = table("0110", a=[1, "?", 0, 1], b=[0, 1, 1, 1])
        with pytest.raises(DataError, match=r"'\?' in row 3"):
            convert_dataset(rows, df_reward=["a", "b"])

    @pytest.mark.parametrize("names", [["a"], ["a", "b", "c"]])
    def test_columns_and_arms_differ(self, names: list[str]) -> None:
        with pytest.raises(DataError, match="2 columns, one for each of the arms 0, 1"):
            convert_dataset(table(a=1, b=1, c=1), df_reward=names)

    @pytest.mark.parametrize("bad", [NAN, np.inf, "slow", pd.Timestamp("2024-01-01")])
    def test_additional_input(self, bad: Any) -> None:
        with pytest.raises(DataError, match=r"column 'rt' on trials with a choice.*row 4"):
            convert_dataset(table(rt=[1, 2, bad, 4]), additional_inputs=["rt"])

    def test_dates_are_no_numbers(self) -> None:
        with pytest.raises(DataError, match="row 2 and 3 more"):
            convert_dataset(table(rt=pd.Timestamp("2024-01-01")), additional_inputs=["rt"])

    @pytest.mark.parametrize("role", ["session", "block", "experiment"])
    def test_missing_id(self, role: str) -> None:
        rows = table("0110", block=[1, 1, 1, 1], experiment=[1, 1, 1, 1]).astype({role: object})
        rows.loc[2, role] = None
        with pytest.raises(DataError, match="nothing in row 4"):
            convert_dataset(rows)

    def test_one_arm(self) -> None:
        with pytest.raises(DataError, match="only 1"):
            convert_dataset(table("1111"))

    def test_no_choices(self) -> None:
        with pytest.raises(DataError, match="no choice at all"):
            convert_dataset(table([NAN] * 4))

    def test_infinite_choice(self) -> None:
        with pytest.raises(DataError, match="infinity in row 3"):
            convert_dataset(table([0, np.inf, 1, 0]))

    def test_too_few_choices(self) -> None:
        rows = pd.concat([table(), table(["0", "1", NAN, -1], participant="ben")], ignore_index=True)
        with pytest.raises(DataError, match="at least three choices of each participant, but got fewer from 'ben'"):
            convert_dataset(rows)

    def test_choices_are_counted_over_blocks(self) -> None:
        assert len(convert_dataset(table(block=[1, 2, 3, 4]))[0]) == 4
