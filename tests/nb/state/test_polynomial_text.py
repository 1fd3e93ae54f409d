"""Equations as people type them."""

import pytest

from spice.exceptions import ConfigError
from spice_nb.state.polynomial_text import read_polynomial, write_polynomial

NAMES = ("x_value", "c_reward", "x_rate")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("x_value + x_rate * (c_reward - x_value)", {"x_value": 1, "x_value x_rate": -1, "c_reward x_rate": 1}),
        ("0.7*x_value + 0.3*c_reward", {"x_value": 0.7, "c_reward": 0.3}),
        ("2 - -x_value^2", {"x_value^2": 1, "1": 2}),
        ("(x_value + 1)**2", {"x_value^2": 1, "x_value": 2, "1": 1}),
        ("x_value - x_value", {}),
        ("1e-3", {"1": 0.001}),
    ],
)
def test_a_polynomial_is_read_and_written(text: str, terms: dict[str, float]) -> None:
    assert read_polynomial(text, NAMES) == pytest.approx(terms)
    assert read_polynomial(write_polynomial(terms), NAMES) == pytest.approx(terms)


@pytest.mark.parametrize(
    "text",
    [
        "", "x_value +", "x_other", "x_value / 2", "2 ** x_value", "x_value ** 99", "x_value ** -1", "True",
        "__import__('os').system('true')", "x_value.__class__", "[x_value]", "'a' * 3", "(" * 300, "x_value" * 100,
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(ConfigError, match="products of"):
        read_polynomial(text, NAMES)


def test_numbers_are_written_as_they_are() -> None:
    assert write_polynomial({"x_value": 1.0, "c_reward": -0.25, "1": 1.0}) == "x_value - 0.25 * c_reward + 1"
    assert write_polynomial({"1": 1 / 3}) == repr(1 / 3)
    assert write_polynomial({}) == "0"
