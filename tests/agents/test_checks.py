"""What users hand to agents and environments."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice.agents._checks import check_choice, check_count, check_ids, check_number, check_reward
from spice.data.dataset import DatasetRNN
from spice.datasets import simulate_forgetting
from spice.exceptions import ConfigError, DataError


def test_counts() -> None:
    assert check_count("n", np.int32(2), minimum=2) == 2
    assert type(check_count("n", np.int32(2))) is int
    for value in (1, 2.0, True, "2", None):
        with pytest.raises(ConfigError, match=r"n: expected a whole number of at least 2"):
            check_count("n", value, minimum=2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (1.01, 0, 1, "a number from 0 to 1"),
        ([0.5, np.nan], 0, 1, "a number from 0 to 1"),
        (-0.1, 0, np.inf, "a finite number of at least 0"),
        (np.inf, -np.inf, np.inf, "a finite number"),
        ("much", -np.inf, np.inf, "a finite number"),
    ],
)
def test_numbers_outside(value: Any, low: float, high: float, words: str) -> None:
    with pytest.raises(ConfigError, match=f"rate: expected {words}, but got"):
        check_number("rate", value, low, high)


def test_numbers_at_their_bounds() -> None:
    np.testing.assert_array_equal(check_number("rate", [0, 1], 0.0, 1.0), [0.0, 1.0])


@pytest.mark.parametrize("choice", [2, -2, 0.5, True, [0], None, "left"])
def test_one_choice_that_is_no_arm(choice: Any) -> None:
    with pytest.raises(DataError) as raised:
        check_choice(choice, 2, ())
    assert raised.value.argument == "choice"


def test_choices_of_a_batch() -> None:
    np.testing.assert_array_equal(check_choice([0, -1, 1], 2, (3,)), [0, -1, 1])
    with pytest.raises(DataError, match=r"shape \(3,\).*shape \(2,\)"):
        check_choice([0, 1], 2, (3,))
    with pytest.raises(DataError, match="0 to 1, or -1"):
        check_choice([0, 1, 2], 2, (3,))


def test_rewards_have_a_place_for_each_arm() -> None:
    np.testing.assert_array_equal(check_reward([1, None], (2,)), [1.0, np.nan])
    with pytest.raises(DataError, match=r"reward.*shape \(2,\).*shape \(3,\)"):
        check_reward([1, 0, 0], (2,))


@pytest.fixture
def dataset() -> DatasetRNN:
    return simulate_forgetting(n_participants=3, n_trials=5, random_state=0)[0]


def test_a_data_set_is_no_number_no_choice_and_no_reward(dataset: DatasetRNN) -> None:
    with pytest.raises(ConfigError, match=r"rate: expected a number from 0 to 1, but got a DatasetRNN\."):
        check_number("rate", dataset, 0.0, 1.0)  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"choice: expected one whole number, but got a DatasetRNN"):
        check_choice(dataset, 2, ())
    with pytest.raises(DataError, match=r"reward: expected one reward per arm, shape \(2,\), but got a DatasetRNN"):
        check_reward(dataset, (2,))


def test_a_table_is_named_by_its_kind(dataset: DatasetRNN) -> None:
    table = pd.DataFrame({"choice": [0, 1, 1]})
    with pytest.raises(DataError, match=r"choice: .* but got a DataFrame of shape \(3, 1\)"):
        check_choice(table, 2, ())
    with pytest.raises(DataError, match=r"reward: .* but got a DataFrame of shape \(3, 1\)"):
        check_reward(table, (2,))


def test_ids_are_whole_numbers() -> None:
    assert check_ids("participant_ids", None, 3) == (0, 1, 2)
    assert check_ids("participant_ids", np.array([7, 9]), 2) == (7, 9)
    with pytest.raises(ConfigError, match=r"participant_ids: expected whole numbers.* but got labels"):
        check_ids("participant_ids", ["anna", "ben"], 2)  # type: ignore[list-item]
    with pytest.raises(ConfigError, match=r"but got an int\."):
        check_ids("participant_ids", 7, 2)  # type: ignore[arg-type]
