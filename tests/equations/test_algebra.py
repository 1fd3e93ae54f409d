import numpy as np

from spice.declaration.terms import polynomial_terms
from spice.equations.algebra import substitution, value_and_slope

TERMS = polynomial_terms(("V", "r"), 2)
SHIFT, SCALE = np.array([0.3, -1.0]), np.array([2.0, 0.5])


def coefficients() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, len(TERMS)))


def test_slope_is_the_derivative_of_the_value() -> None:
    values, point, step = coefficients(), np.array([0.4, -0.2]), 1e-6
    value, slope = value_and_slope(TERMS, values, point, {1: 0.7})
    powers = np.array(TERMS.powers)
    by_hand = (values * point[:, None] ** powers[:, 0] * 0.7 ** powers[:, 1]).sum(1)
    np.testing.assert_allclose(value, by_hand, rtol=1e-12)
    above, below = (value_and_slope(TERMS, values, point + h, {1: 0.7})[0] for h in (step, -step))
    np.testing.assert_allclose(slope, (above - below) / (2 * step), rtol=1e-6)


def test_an_input_that_is_not_given_is_zero() -> None:
    values, point = coefficients(), np.array([0.4, -0.2])
    np.testing.assert_array_equal(
        value_and_slope(TERMS, values, point, {}), value_and_slope(TERMS, values, point, {1: 0.0})
    )


def test_substitution_changes_coefficients_and_no_value() -> None:
    values, new = coefficients(), np.array([0.9, 0.1])
    rewritten = np.einsum("rij,rj->ri", substitution(TERMS, 0, SHIFT, SCALE), values)
    before, _ = value_and_slope(TERMS, values, SHIFT + SCALE * new, {1: 0.7})
    after, _ = value_and_slope(TERMS, rewritten, new, {1: 0.7})
    np.testing.assert_allclose(after, before, rtol=1e-12)
