"""A recorded session, as a `BanditSession` and as rows of a data set."""

from typing import Any

import numpy as np
import pytest
import torch
from data.sequences import rows

from spice.data.recorded import read_experiment
from spice.data.session import BanditSession
from spice.exceptions import DataError

NAN = np.nan
CHOICES, REWARDS = np.array([0, -1, 1]), np.array([[1.0, -1], [NAN, NAN], [-1, 0]])
SESSION = BanditSession(CHOICES, REWARDS, np.array([4, 4, 4]), 3)
ROWS = rows([(0, [1, -1]), None, (1, [-1, 0])], block=[0, 0, 1], experiment=2, participant=4, extra=(0.5,))


@pytest.mark.parametrize("given", [SESSION, ROWS, torch.as_tensor(ROWS), np.vstack([ROWS, np.full((2, 8), NAN)])])
def test_both_forms_are_one_session(given: Any) -> None:
    recorded = read_experiment(given, 2)
    assert recorded.choices.tolist() == [0, -1, 1]
    # What was not shown is NaN, whatever it was in the data.
    np.testing.assert_array_equal(recorded.rewards, [[1, NAN], [NAN, NAN], [NAN, 0]])
    assert recorded.ids["participant_id"] == 4
    assert recorded.offered is None
    assert read_experiment(recorded, 2) is recorded


def test_rows_say_what_was_around_the_trials() -> None:
    recorded = read_experiment(ROWS, 2)
    assert recorded.ids == {"participant_id": 4, "experiment_id": 2}
    assert [context["block"] for context in recorded.context] == [0, 0, 1]
    assert [context["additional_inputs"].tolist() for context in recorded.context] == [[0.5]] * 3
    # A session knows of neither.
    assert read_experiment(SESSION, 2).context == [{}, {}, {}]


def test_what_was_read_stays_as_it_is() -> None:
    before = ROWS.copy()
    read_experiment(ROWS, 2).rewards[:] = 9
    read_experiment(SESSION, 2).rewards[:] = 9
    np.testing.assert_array_equal(ROWS, before)
    assert SESSION.rewards[0, 0] == 1


def test_minus_one_is_a_reward_where_that_is_known() -> None:
    rewards = np.array([[1.0, -1], [-1, 0]])
    session = BanditSession(np.array([0, 1]), rewards, np.array([0, 0]), 2)
    assert np.isnan(read_experiment(session, 2).rewards).sum() == 2
    np.testing.assert_array_equal(read_experiment(session, 2, counterfactual=True).rewards, rewards)


def test_arms_that_were_not_on_offer() -> None:
    xs = rows([(0, [1, -1, -1]), (2, [-1, -1, 0])])
    xs[1, 0] = -1
    offered = read_experiment(xs, 3).offered
    assert offered is not None
    assert offered.tolist() == [[True] * 3, [False, True, True]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (SESSION._replace(rewards=np.zeros((3, 4))), r"shape \(3, 2\).*but got shape \(3, 4\)"),
        (BanditSession(np.array([]), np.zeros((0, 2)), np.array([]), 0), "at least one trial, but got none"),
        (np.full((3, 7), NAN), "at least one trial, but got none"),
        (np.zeros((2, 3, 7)), "trials by features"),
        ("a file", "a BanditSession, or one sequence"),
        (np.array([[1.0, 1, 0, 0, 0, 0, 0]]), r"\[1\.0, 1\.0\] on trial 0"),
        (np.array([[1.0, 0, 0, 0, 0, 0]]), "7 features or more"),
    ],
)
def test_what_is_no_session_is_refused(given: Any, said: str) -> None:
    with pytest.raises(DataError, match=f"experiment.*{said}"):
        read_experiment(given, 2)
