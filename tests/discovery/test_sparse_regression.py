import warnings
from typing import Any

import numpy as np
import pysindy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from spice.declaration.terms import polynomial_terms
from spice.discovery.sparse_regression import (
    SparseOptions,
    independent_terms,
    least_squares,
    sparse_coefficients,
    sr3_l1,
    stlsq,
)
from spice.exceptions import ConfigError

TERMS = polynomial_terms(("x", "c_reward", "x_other"), 2)
N = 300


def samples(seed: int, noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Candidate terms (N, F) and a target of four of them, with noise."""
    rng = np.random.default_rng(seed)
    features = TERMS.evaluate(rng.normal(size=(N, 3)))
    coefficients = np.zeros(len(TERMS))
    coefficients[rng.choice(len(TERMS), 4, replace=False)] = rng.normal(size=4)
    return features, features @ coefficients + noise * rng.normal(size=N)


def means(problems: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    gram = np.stack([x.T @ x / len(x) for x, _ in problems])
    return gram, np.stack([x.T @ y / len(x) for x, y in problems])


def pysindy_coefficients(optimizer: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """On samples scaled so that sums over them are the means that the batch works on."""
    with warnings.catch_warnings():
        # Some comparisons stop early on purpose, some eliminate everything.
        warnings.simplefilter("ignore")
        optimizer.fit(x / np.sqrt(len(x)), (y / np.sqrt(len(x)))[:, None])
    return np.asarray(optimizer.coef_[0])


PROBLEMS = [samples(seed) for seed in range(6)]


@pytest.mark.parametrize("max_iterations", [1, 12, 500])  # pysindy divides by zero from 2 to 9
@pytest.mark.parametrize(("lam", "nu"), [(0.03, 0.1), (0.2, 1.0), (0.005, 2.0)])
def test_sr3_with_one_weight_is_pysindys(lam: float, nu: float, max_iterations: int) -> None:
    found = sr3_l1(*means(PROBLEMS), np.full(len(TERMS), lam), nu, max_iterations, tolerance=1e-8)
    for row, (x, y) in zip(found, PROBLEMS, strict=True):
        theirs = pysindy.SR3(reg_weight_lam=lam, regularizer="L1", relax_coeff_nu=nu, tol=1e-8, max_iter=max_iterations)
        np.testing.assert_allclose(row, pysindy_coefficients(theirs, x, y), atol=1e-7)
    assert (found == 0).any() or lam < 0.01


@pytest.mark.parametrize("max_iterations", [12, 500])
def test_sr3_with_a_weight_for_each_term_is_pysindys(max_iterations: int) -> None:
    weights = 0.05 * TERMS.degrees
    found = sr3_l1(*means(PROBLEMS), weights, 0.5, max_iterations, tolerance=1e-8)
    for row, (x, y) in zip(found, PROBLEMS, strict=True):
        theirs = pysindy.SR3(
            reg_weight_lam=weights[None].astype(float),
            regularizer="weighted_l1",
            relax_coeff_nu=0.5,
            tol=1e-8,
            max_iter=max_iterations,
        )
        np.testing.assert_allclose(row, pysindy_coefficients(theirs, x, y), atol=1e-7)


def test_sr3_stops_each_participant_where_pysindy_stops() -> None:
    # With a coarse tolerance the two would differ had one gone on.
    found = sr3_l1(*means(PROBLEMS), np.full(len(TERMS), 0.1), 0.5, 500, tolerance=0.02)
    stops = set()
    for row, (x, y) in zip(found, PROBLEMS, strict=True):
        theirs = pysindy.SR3(reg_weight_lam=0.1, regularizer="L1", relax_coeff_nu=0.5, tol=0.02, max_iter=500)
        np.testing.assert_allclose(row, pysindy_coefficients(theirs, x, y), atol=1e-7)
        stops.add(len(theirs.history_))
    assert len(stops) > 1  # or the test could not see a participant go on with the others


@pytest.mark.parametrize(("threshold", "alpha"), [(0.03, 0.1), (0.1, 0.05), (0.3, 1.0), (50.0, 0.1)])
def test_stlsq_is_pysindys(threshold: float, alpha: float) -> None:
    found = stlsq(*means(PROBLEMS), threshold, alpha, 50)
    for row, (x, y) in zip(found, PROBLEMS, strict=True):
        theirs = pysindy.STLSQ(threshold=threshold, alpha=alpha, max_iter=50, unbias=False)
        np.testing.assert_allclose(row, pysindy_coefficients(theirs, x, y), atol=1e-9)
    assert (found == 0).any()


@pytest.mark.parametrize("optimizer_type", ["SR3_weighted_l1", "SR3_L1", "STLSQ"])
def test_a_batch_is_each_participant_alone(optimizer_type: str) -> None:
    options = SparseOptions(optimizer_type, threshold=0.05, alpha=0.1)
    allowed = np.ones(len(TERMS), dtype=bool)
    gram, moment = means(PROBLEMS)
    together = sparse_coefficients(gram, moment, TERMS.degrees, allowed, options)
    for k in range(len(PROBLEMS)):
        alone = sparse_coefficients(gram[k : k + 1], moment[k : k + 1], TERMS.degrees, allowed, options)
        np.testing.assert_allclose(together[k], alone[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("optimizer_type", ["SR3_weighted_l1", "SR3_L1", "STLSQ"])
def test_a_sparse_equation_is_recovered_exactly(optimizer_type: str) -> None:
    # 0.8 V + 0.8 r - 0.6 V r, with binary rewards, without noise.
    rng = np.random.default_rng(0)
    terms = polynomial_terms(("V", "r"), 2)
    values = np.column_stack([rng.uniform(size=400), rng.integers(0, 2, 400)])
    features = terms.evaluate(values)
    truth = np.zeros(len(terms))
    for name, value in {"V": 0.8, "r": 0.8, "V r": -0.6}.items():
        truth[terms.index(name)] = value
    allowed = independent_terms(features)
    assert [n for n, a in zip(terms.names, allowed, strict=True) if not a] == ["r^2"]
    found = sparse_coefficients(
        *means([(features, features @ truth)]),
        terms.degrees,
        allowed,
        SparseOptions(optimizer_type, threshold=0.03, alpha=0.1 if optimizer_type != "STLSQ" else 1e-4),
    )
    # The last fit has no penalty: no shrinkage is left.
    np.testing.assert_allclose(found[0], truth, atol=1e-6)
    assert (found[0][truth == 0] == 0).all()


def test_small_coefficients_are_cut_off_and_the_others_fitted_again() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(500, 3))
    x[:, 1] += 0.5 * x[:, 0]
    y = x @ np.array([0.5, 0.02, -0.4])
    options = SparseOptions("SR3_L1", threshold=0.05, alpha=0.1)
    found = sparse_coefficients(*means([(x, y)]), np.ones(3, dtype=int), np.ones(3, dtype=bool), options)[0]
    assert found[1] == 0
    expected = np.linalg.lstsq(x[:, [0, 2]], y, rcond=None)[0]
    np.testing.assert_allclose(found[[0, 2]], expected, atol=1e-7)


def test_terms_that_are_not_allowed_stay_out() -> None:
    allowed = np.ones(len(TERMS), dtype=bool)
    allowed[[0, 3]] = False
    found = sparse_coefficients(*means(PROBLEMS), TERMS.degrees, allowed, SparseOptions(threshold=0.0, alpha=0.1))
    assert (found[:, ~allowed] == 0).all()
    for row, (x, y) in zip(found, PROBLEMS, strict=True):
        np.testing.assert_allclose(row[allowed], np.linalg.lstsq(x[:, allowed], y, rcond=None)[0], atol=1e-6)


def test_a_participant_whose_signals_never_vary_does_not_break_the_others() -> None:
    constant = (np.ones((N, len(TERMS))), np.full(N, 0.7))
    found = sparse_coefficients(
        *means([constant, PROBLEMS[0]]), TERMS.degrees, np.ones(len(TERMS), dtype=bool), SparseOptions()
    )
    assert np.isfinite(found).all()
    assert found[0].sum() == pytest.approx(0.7, abs=1e-6)


def test_least_squares_on_a_support_of_each_participant() -> None:
    gram, moment = means(PROBLEMS[:2])
    support = np.zeros((2, len(TERMS)), dtype=bool)
    support[0, [1, 2]] = support[1, [0, 4, 7]] = True
    found = least_squares(gram, moment, support)
    for row, kept, (x, y) in zip(found, support, PROBLEMS, strict=False):
        np.testing.assert_allclose(row[kept], np.linalg.lstsq(x[:, kept], y, rcond=None)[0], atol=1e-7)
        assert (row[~kept] == 0).all()


# Terms that the samples cannot tell apart -------------------------------------------------------------------


def test_binary_rewards_make_the_square_a_duplicate() -> None:
    rng = np.random.default_rng(0)
    terms = polynomial_terms(("V", "r"), 2)
    values = np.column_stack([rng.uniform(size=50), rng.integers(0, 2, 50)])
    kept = independent_terms(terms.evaluate(values))
    assert [n for n, k in zip(terms.names, kept, strict=True) if k] == ["1", "V", "r", "V^2", "V r"]


def test_graded_rewards_keep_their_square() -> None:
    rng = np.random.default_rng(0)
    terms = polynomial_terms(("V", "r"), 2)
    assert independent_terms(terms.evaluate(rng.uniform(size=(50, 2)))).all()


def test_constant_inputs_zeros_duplicates_and_sums_are_left_out() -> None:
    rng = np.random.default_rng(0)
    one, x, y = np.ones(40), rng.normal(size=40), rng.normal(size=40)
    columns = [one, 3 * one, x, np.zeros(40), -2 * x, y, x + y - one, x * y]
    np.testing.assert_array_equal(
        independent_terms(np.column_stack(columns)), [True, False, True, False, False, True, False, True]
    )


def test_size_does_not_matter_for_independence() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 40))
    assert independent_terms(np.column_stack([1e6 * x, 1e-6 * y])).all()
    assert not independent_terms(np.column_stack([1e6 * x, 1e-6 * x]))[1]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 6), st.integers(0, 4), st.integers(0, 2**31))
def test_as_many_terms_are_kept_as_the_rank(n_free: int, n_dependent: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    free = rng.normal(size=(30, n_free))
    features = np.column_stack([free, free @ rng.normal(size=(n_free, n_dependent))])
    kept = independent_terms(features)
    assert kept[:n_free].all()
    assert kept.sum() == np.linalg.matrix_rank(features)


@pytest.mark.parametrize(
    ("arguments", "name", "words"),
    [
        ({"optimizer_type": "SR3"}, "spice_optimizer_type", "['SR3_weighted_l1', 'SR3_L1', 'STLSQ']"),
        ({"threshold": -0.1}, "spice_optim_threshold", "-0.1"),
        ({"threshold": float("nan")}, "spice_optim_threshold", "nan"),
        ({"alpha": 0.0}, "spice_optim_regularization", "0.0"),
    ],
)
def test_options_that_cannot_be(arguments: dict[str, Any], name: str, words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        SparseOptions(**arguments)
    assert raised.value.argument == name
    assert words in str(raised.value)


def test_comparisons_did_converge() -> None:
    # Where they should have: the equality above would be of two unfinished results otherwise.
    x, y = PROBLEMS[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        pysindy.SR3(0.03, "L1", 0.1, tol=1e-8, max_iter=500).fit(x / np.sqrt(N), (y / np.sqrt(N))[:, None])
