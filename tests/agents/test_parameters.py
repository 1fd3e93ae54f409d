"""Parameters of the Q-learning agent, their bounds, and those of people."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from spice.agents._parameters import BETAS, RATES, check_deviations, check_parameters, draw_parameter
from spice.datasets import simulate_forgetting
from spice.exceptions import ConfigError


def test_they_are_read_as_numbers_and_a_tied_penalty_rate_is_left_out() -> None:
    found = check_parameters({"alpha_reward": 1, "beta_choice": -2, "alpha_penalty": -1})
    assert found == {"alpha_reward": 1.0, "beta_choice": -2.0}
    assert check_parameters({"alpha_penalty": 0.0}) == {"alpha_penalty": 0.0}


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("value", [-0.1, 1.1, np.nan])
def test_rates_are_between_0_and_1(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"{name}: expected a number from 0 to 1"):
        check_parameters({name: value})


@pytest.mark.parametrize("name", BETAS)
def test_betas_are_finite(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}: expected a finite number"):
        check_parameters({name: np.inf})


def test_one_value_a_session() -> None:
    found = check_parameters({"alpha_reward": [0.1, 0.2, 0.3], "beta_reward": 3.0}, (3,))
    np.testing.assert_array_equal(found["alpha_reward"], [0.1, 0.2, 0.3])
    with pytest.raises(ConfigError, match=r"alpha_reward.*shape \(3,\)"):
        check_parameters({"alpha_reward": [0.1, 0.2]}, (3,))
    with pytest.raises(ConfigError, match="one number"):
        check_parameters({"alpha_reward": [0.1, 0.2]})


def test_unknown_names_are_answered_with_the_known() -> None:
    with pytest.raises(ConfigError, match=r"beta_reward.*forget_rate.*'alpha'"):
        check_parameters({"alpha": 0.5})
    with pytest.raises(ConfigError, match=r"parameter_variance.*forget_rate.*alpha, beta"):
        check_deviations({"beta": 0.1, "alpha": 0.1, "forget_rate": 0.1}, {"alpha_reward": 0.5})


def test_one_deviation_is_that_of_all_that_are_in_use() -> None:
    means = {"alpha_reward": 0.3, "beta_reward": 3.0, "forget_rate": 0.0}
    assert check_deviations(0.1, means) == {"alpha_reward": 0.1, "beta_reward": 0.1}
    assert check_deviations(0.0, means) == {}
    assert check_deviations(-1, means) == {"alpha_reward": 0.3, "beta_reward": 3.0}


def test_deviations_by_name_and_the_mean_of_a_rate_that_is_tied() -> None:
    means = {"alpha_reward": 0.3, "forget_rate": 0.0, "beta_reward": -3.0}
    wanted = {"alpha_penalty": -1, "forget_rate": 0.2, "beta_reward": -1, "alpha_reward": 0.0}
    assert check_deviations(wanted, means) == {"alpha_penalty": 0.3, "forget_rate": 0.2, "beta_reward": 3.0}


@pytest.mark.parametrize("variance", [-0.5, np.nan, np.inf, "wide", [0.1, 0.2]])
def test_what_is_no_standard_deviation(variance: Any) -> None:
    with pytest.raises(ConfigError, match="parameter_variance"):
        check_deviations(variance, {"alpha_reward": 0.5})


@pytest.mark.parametrize(
    ("name", "mean", "low", "high"),
    [("forget_rate", 0.9, 0.0, 1.0), ("beta_reward", 0.5, 0.0, np.inf), ("beta_choice", -0.5, -np.inf, 0.0)],
)
def test_people_stay_within_bounds_and_keep_the_sign_of_the_mean(
    name: str, mean: float, low: float, high: float
) -> None:
    drawn = draw_parameter(name, mean, 1.0, (20_000,), np.random.default_rng(0))
    below, above = norm.cdf(low, mean), norm.sf(high, mean)
    assert np.mean(drawn == low) == pytest.approx(below, abs=0.01)
    assert np.mean(drawn == high) == pytest.approx(above, abs=0.01)
    inside = drawn[(drawn > low) & (drawn < high)]
    assert len(inside) / len(drawn) == pytest.approx(1 - below - above, abs=0.01)
    assert np.mean(inside > mean) == pytest.approx((0.5 - above) / (1 - below - above), abs=0.02)


def test_without_deviation_everybody_is_the_mean() -> None:
    np.testing.assert_array_equal(draw_parameter("alpha_reward", 0.3, 0.0, (3,), np.random.default_rng(0)), [0.3] * 3)


def test_a_data_set_is_no_standard_deviation() -> None:
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=5, random_state=0)
    for variance in (dataset, {"alpha_reward": dataset}):
        with pytest.raises(
            ConfigError, match=r"parameter_variance: expected a finite number of at least 0, but got a Da"
        ):
            check_deviations(variance, {"alpha_reward": 0.5})
    with pytest.raises(ConfigError, match="alpha_penalty: expected a number from 0 to 1, but got a DatasetRNN"):
        check_parameters({"alpha_penalty": dataset})  # type: ignore[dict-item]


def test_one_array_of_no_axes_stands_for_what_its_number_does() -> None:
    assert check_parameters({"alpha_penalty": np.array(-1.0)}) == {}
    assert check_deviations(np.array(-1.0), {"alpha_reward": 0.3}) == {"alpha_reward": 0.3}  # type: ignore[arg-type]
