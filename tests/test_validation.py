"""Numbers and arrays that people pass in."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array

from spice._validation import check_parameters, check_real_and_dense
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, DataError


@pytest.mark.parametrize(
    ("name", "edges", "outside"),
    [
        ("hidden_size", [1, 500], [0, -1, 1.0, True, None, "8"]),
        ("dropout", [0, 0.99], [-0.01, 1.0, float("nan"), "a"]),
        ("n_participants", [0, 7], [-1, 2.5]),
        ("learning_rate", [1e-12, 1], [0, -1.0, float("inf"), float("nan"), None]),
        ("batch_size", [None, -1, 1], [0, -2, 2.0]),
        ("spice_library_polynomial_degree", [1, 5], [0, 6]),
        ("polynomial_degree", [1, 5], [0, 6]),
        ("spice_participant_id", [None, 0], [-1]),
        ("n_trials_off_policy", [10], [9]),
        ("random_state", [None, 0, np.int64(3), np.random.default_rng(0), np.random.RandomState(0)], [-1, 0.5, "0"]),
        ("train_test_ratio", [0.5, 1, [3], (1, 2)], [None, True, "0.8"]),
    ],
)
def test_bounds(name: str, edges: list[Any], outside: list[Any]) -> None:
    for value in edges:
        check_parameters({name: value})
    for value in outside:
        with pytest.raises(ConfigError) as raised:
            check_parameters({name: value})
        assert raised.value.argument == name
        assert repr(value) in str(raised.value)


def test_numbers_of_numpy_are_numbers() -> None:
    check_parameters({"epochs": np.int64(3), "dropout": np.float32(0.25), "learning_rate": np.float64(0.01)})


def test_defaults_of_the_estimator_are_allowed() -> None:
    defaults = SpiceEstimator().get_params(deep=False)
    check_parameters(defaults)


@pytest.mark.parametrize("device", ["abacus", 3.5, "cuda:99"])
def test_devices_that_are_not_there(device: Any) -> None:
    check_parameters({"device": torch.device("cpu")})
    with pytest.raises(ConfigError, match=r'device.*Use "cpu"'):
        check_parameters({"device": device})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (None, "Pass xs"),
        (csr_array(np.eye(2)), "dense"),
        (torch.eye(2).to_sparse(), "dense"),
        (np.ones(2, dtype=complex), "real"),
        (torch.ones(2, dtype=torch.complex64), "real"),
        ([1, 2j], "real"),
    ],
)
def test_arrays_that_are_none_or_no_real_and_dense_ones(values: Any, words: str) -> None:
    with pytest.raises(DataError, match=words) as raised:
        check_real_and_dense("xs", values)
    assert raised.value.argument == "xs"


@pytest.mark.parametrize("values", [np.ones(2), torch.ones(2), [[1, 2], [3]], [1, None]])
def test_all_others_are_for_who_reads_them(values: Any) -> None:
    check_real_and_dense("xs", values)
