"""Columns guessed from names and contents."""

import pandas as pd
import pytest

from spice_nb.state.columns import Columns, Role, guess_columns


def frame(**columns) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_usual_names_are_sure() -> None:
    guess = guess_columns(frame(participant=["a", "a"], block=[1, 2], choice=[0, 1], reward=[1, 0], rt=[0.4, 0.7]))
    assert guess.columns == Columns(participant="participant", choice="choice", reward=("reward",), block="block")
    assert guess.doubtful == frozenset()


def test_parts_of_names_are_doubtful() -> None:
    guess = guess_columns(frame(subject_code=["a", "b"], key_pressed=["f", "j"], points_won=[10, 0]))
    assert guess.columns == Columns(participant="subject_code", choice="key_pressed", reward=("points_won",))
    assert guess.doubtful == {Role.PARTICIPANT, Role.CHOICE, Role.REWARD}


def test_a_reward_for_each_option_is_several_columns() -> None:
    columns = guess_columns(frame(id=[1, 1], choice=[1, 2], reward_1=[0, 1], reward_2=[1, 0])).columns
    assert columns.reward == ("reward_1", "reward_2")


@pytest.mark.parametrize("name", ["Choice", "choices", "CHOICE_ID", " choice "])
def test_writing_does_not_matter(name: str) -> None:
    assert guess_columns(pd.DataFrame({name: [0, 1], "reward": [0, 1]})).columns.choice == name


def test_a_session_is_a_person_or_a_block() -> None:
    alone = guess_columns(frame(session=["a", "a"], choice=[0, 1], reward=[1, 0])).columns
    assert (alone.participant, alone.block) == ("session", "")
    beside = guess_columns(frame(session=[1, 2], participant=["a", "a"], choice=[0, 1], reward=[1, 0])).columns
    assert (beside.participant, beside.block) == ("participant", "session")


def test_what_never_varies_is_no_choice() -> None:
    assert guess_columns(frame(participant=[1, 1], response=[0, 0], reward=[1, 0])).columns.choice == ""


def test_text_is_no_reward_unless_its_words_are_outcomes() -> None:
    assert guess_columns(frame(choice=[0, 1], outcome=["red", "green"])).columns.reward == ()
    guess = guess_columns(frame(choice=[0, 1], outcome=["good", "bad"]))
    assert (guess.columns.reward, guess.doubtful) == (("outcome",), {Role.REWARD})
    assert guess_columns(frame(choice=[0, 1], outcome=["good", "bad"], points=[1, 0])).columns.reward == ("points",)


def test_a_column_of_two_roles_is_found() -> None:
    assert Columns(participant="a", choice="b", reward=("b",)).taken_twice == "b"
    assert Columns(participant="a", choice="b", reward=("c",)).taken_twice == ""
    assert Columns(choice="b").missing == (Role.PARTICIPANT, Role.REWARD)


def test_what_names_screens_is_no_experiment() -> None:
    screens = frame(id=[1, 1, 1, 1], choice=[None, "a", None, "b"], reward=[None, 1, None, 0])
    named = screens.assign(task=["fixation", "choice", "fixation", "choice"])
    assert guess_columns(named).columns.experiment == ""
    assert guess_columns(named.assign(task=["gain", "gain", "loss", "loss"])).columns.experiment == "task"
