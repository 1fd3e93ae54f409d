"""What later choices say of the state in which a window ends."""

import numpy as np

from spice.training.carried_gradient import FADING, LARGEST, CarriedGradient


def test_it_is_handed_to_the_window_before_and_to_no_other() -> None:
    carried = CarriedGradient(3, 2, 4, 2)
    gradient = np.arange(8.0).reshape(2, 2, 2)
    carried.keep(2, np.array([3, 1]), gradient)
    np.testing.assert_allclose(carried.at_end(1, np.array([3, 1])), FADING * gradient)
    np.testing.assert_allclose(carried.at_end(1, np.array([1, 3])), FADING * gradient[:, ::-1])
    np.testing.assert_array_equal(carried.at_end(1, np.array([0, 2])), 0.0)
    np.testing.assert_array_equal(carried.values[[0, 2]], 0.0)


def test_what_comes_before_the_first_window_is_nobodys() -> None:
    carried = CarriedGradient(2, 1, 1, 2)
    carried.keep(0, np.array([0]), np.ones((1, 1, 2)))
    np.testing.assert_array_equal(carried.values, 0.0)


def test_the_next_pass_replaces_that_of_the_pass_before() -> None:
    carried = CarriedGradient(2, 1, 1, 2)
    for size in (5.0, 2.0):
        carried.keep(1, np.array([0]), np.full((1, 1, 2), size))
    np.testing.assert_allclose(carried.at_end(0, np.array([0])), FADING * 2.0)


def test_large_gradients_are_cut_and_what_is_no_number_does_not_stay() -> None:
    carried = CarriedGradient(2, 1, 4, 1)
    carried.keep(1, np.arange(4), np.array([1e9, -1e9, np.nan, np.inf]).reshape(1, 4, 1))
    found = carried.at_end(0, np.arange(4)).ravel()
    np.testing.assert_allclose(found, FADING * LARGEST * np.array([1, -1, 0, 1]))
