"""Draws stand for the covariances and standard errors of files that were written before."""

import numpy as np

from spice.declaration.terms import polynomial_terms
from spice.equations.coefficients import Coefficients
from spice.files.older_uncertainty import covariance_of, draws_of
from spice.precoded import ForgettingRNN

CHOSEN, OTHER = "x_value_reward_chosen", "x_value_reward_not_chosen"
TERMS = {CHOSEN: polynomial_terms((CHOSEN, "c_reward"), 1), OTHER: polynomial_terms((OTHER,), 1)}
TABLE = Coefficients(
    mechanisms=ForgettingRNN.mechanisms,
    terms=TERMS,
    values={CHOSEN: np.array([[0.0, 0.7, 0.3]]), OTHER: np.array([[0.1, 0.8]])},
    betas={},
    initial={"x_value_reward": np.array([0.5])},
    allowed={name: np.ones(len(terms), dtype=bool) for name, terms in TERMS.items()},
)


def test_standard_errors_of_terms_are_a_diagonal_covariance() -> None:
    errors = {CHOSEN: np.array([[np.nan, 0.2, 0.1]]), OTHER: np.array([[0.05, 0.3]])}
    np.testing.assert_allclose(covariance_of(TABLE, errors)[0], np.diag([0.0, 0.04, 0.01, 0.0025, 0.09, 0.0]))


def test_draws_have_the_errors_and_correlations_of_the_covariance() -> None:
    covariance = np.zeros((1, 6, 6))
    covariance[0, 1:3, 1:3] = [[0.04, -0.018], [-0.018, 0.01]]
    draws = draws_of(TABLE, covariance)
    np.testing.assert_allclose(draws.mean(1), TABLE.vectors(), atol=1e-12)
    np.testing.assert_allclose(draws.std(1)[0], [0, 0.2, 0.1, 0, 0, 0], atol=1e-12)
    assert abs(np.corrcoef(draws[0, :, 1:3].T)[0, 1] + 0.9) < 0.05
    np.testing.assert_array_equal(draws, draws_of(TABLE, covariance))
