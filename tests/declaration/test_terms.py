import numpy as np
import pysindy
import pytest

from spice.declaration.terms import CandidateTerms, given_terms, polynomial_terms
from spice.exceptions import ConfigError

NAMES = ("x_value_reward_chosen", "c_reward", "x_value_choice")


@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("n_variables", [1, 2, 3])
def test_names_order_and_values_are_those_of_pysindy(degree: int, n_variables: int) -> None:
    variables = NAMES[:n_variables]
    rng = np.random.default_rng(degree)
    samples = rng.normal(size=(20, n_variables))
    library = pysindy.PolynomialLibrary(degree=degree).fit(samples)
    terms = polynomial_terms(variables, degree)
    assert list(terms.names) == library.get_feature_names(list(variables))
    np.testing.assert_allclose(terms.evaluate(samples), np.asarray(library.transform(samples)), rtol=1e-14)
    assert len(terms) == len(terms.names)


def test_documented_names() -> None:
    assert polynomial_terms(("x", "c_reward"), 2).names == (
        "1",
        "x",
        "c_reward",
        "x^2",
        "x c_reward",
        "c_reward^2",
    )


def test_degrees() -> None:
    np.testing.assert_array_equal(polynomial_terms(("x", "r"), 3).degrees, [0, 1, 1, 2, 2, 2, 3, 3, 3, 3])


def test_evaluate_keeps_leading_axes() -> None:
    values = np.arange(24.0).reshape(2, 3, 2, 2)
    out = polynomial_terms(("x", "r"), 2).evaluate(values)
    assert out.shape == (2, 3, 2, 6)
    np.testing.assert_array_equal(out[1, 2, 1], [1, 22, 23, 22**2, 22 * 23, 23**2])


@pytest.mark.parametrize("written", ["x r^2", "r^2 x", "r x r", "r r x"])
def test_a_term_is_found_however_it_is_written(written: str) -> None:
    terms = polynomial_terms(("x", "r"), 3)
    assert terms.names[terms.index(written)] == "x r^2"
    assert terms.parse(written) == (1, 2)


def test_constant() -> None:
    terms = polynomial_terms(("x",), 2)
    assert terms.parse("1") == (0,)
    assert terms.index("1") == 0


def test_given_terms_keep_their_order() -> None:
    terms = given_terms(("x_value", "x_rate", "c_reward"), ("x_rate c_reward", "x_value", "1"))
    assert terms == CandidateTerms(("x_value", "x_rate", "c_reward"), ((0, 1, 1), (1, 0, 0), (0, 0, 0)))
    assert terms.names == ("x_rate c_reward", "x_value", "1")


def test_an_unknown_variable_is_named_with_the_known_ones() -> None:
    with pytest.raises(ConfigError) as raised:
        polynomial_terms(("x", "r"), 2).parse("x rr")
    assert "'x rr'" in str(raised.value)
    assert "['x', 'r']" in str(raised.value)
