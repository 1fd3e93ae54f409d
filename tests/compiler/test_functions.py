"""Functions of one number, as exact as they say."""

import numpy as np
from numba import njit

from spice.compiler import functions


@njit
def tanh(z: np.ndarray) -> np.ndarray:
    return np.array([functions.tanh(value) for value in z])


@njit
def exp_below_zero(x: np.ndarray) -> np.ndarray:
    return np.array([functions.exp_below_zero(value) for value in x])


def test_tanh() -> None:
    z = np.concatenate([np.linspace(-9, 9, 20_001), np.geomspace(1e-12, 1, 200)])
    np.testing.assert_allclose(tanh(z), np.tanh(z), rtol=4e-11, atol=0)
    beyond = np.array([9.1, 20.0, 700.0, np.inf])
    np.testing.assert_allclose(tanh(beyond), 1.0, rtol=0, atol=3.1e-8)
    np.testing.assert_array_equal(tanh(-beyond), -tanh(beyond))


def test_tanh_keeps_what_is_no_number() -> None:
    assert np.isnan(tanh(np.array([np.nan]))[0])


def test_exp_below_zero() -> None:
    x = np.linspace(-18, 0, 20_001)
    np.testing.assert_allclose(exp_below_zero(x), np.exp(x), rtol=0, atol=2.1e-11)
    beyond = np.array([-18.1, -40.0, -1e6])
    np.testing.assert_allclose(exp_below_zero(beyond), 0.0, rtol=0, atol=1.6e-8)
    assert exp_below_zero(np.zeros(1))[0] == 1.0
    assert (exp_below_zero(beyond) >= 0).all()
