import numpy as np
import pytest

from spice.data.table.written_numbers import (
    has_decimal_commas,
    has_doubtful_points,
    looks_like_thousands,
    whole_numbers,
    written_numbers,
)

NAN = np.nan


@pytest.mark.parametrize(
    ("word", "decimal", "number"),
    [
        ("1,200", ".", 1200),
        ("1,234,567.5", ".", 1234567.5),
        ("1.200,5", ",", 1200.5),
        ("1.200", ",", 1200),
        ("1.200", ".", 1.2),
        ("1,5", ",", 1.5),
        ("1,5", ".", NAN),
        ("1,20", ".", NAN),
        ("12,00,000", ".", NAN),
        ("$1.50", ".", 1.5),
        ("-$1.50", ".", -1.5),
        ("$-1.50", ".", -1.5),
        ("€3", ".", 3),
        ("3 €", ".", 3),
        ("3 EUR", ".", 3),
        ("10 %", ".", 0.1),
        ("10%", ".", 0.1),
        ("\u22123", ".", -3),
        ("1 200", ".", 1200),
        ("1\u202f200,5", ",", 1200.5),
        ("1e3", ".", 1000),
        ("win", ".", NAN),
        ("12 apples", ".", NAN),
        ("1_000", ".", NAN),
        ("1/2", ".", NAN),
        ("--1", ".", NAN),
        ("-", ".", NAN),
        (".", ".", NAN),
        ("$", ".", NAN),
    ],
)
def test_numbers_as_people_write_them(word: str, decimal: str, number: float) -> None:
    np.testing.assert_allclose(written_numbers([word], decimal), [number], rtol=1e-12)


def test_units_are_not_mixed() -> None:
    np.testing.assert_array_equal(written_numbers(["$1", "$2", "€3", "0.5"], "."), [1, 2, NAN, 0.5])
    np.testing.assert_array_equal(written_numbers(["10 %", "0", "5"], "."), [0.1, 0, NAN])


@pytest.mark.parametrize(
    ("words", "numbers"),
    [(["3", "-1"], [3, -1]), (["007"], None), (["1.0"], None), ([], None), ([str(2**63)], None), (["1", "x"], None)],
)
def test_whole_numbers_are_written_as_python_writes_them(words: list[str], numbers: list[int] | None) -> None:
    assert whole_numbers(words) == numbers


@pytest.mark.parametrize(
    ("words", "are_decimal", "could_be_thousands"),
    [
        (["0,5", "1"], True, False),
        (["1,200", "90"], True, True),
        (["1,200.5"], False, False),
        (["1", "2"], False, True),
    ],
)
def test_commas(words: list[str], are_decimal: bool, could_be_thousands: bool) -> None:
    assert has_decimal_commas(words) is are_decimal
    assert looks_like_thousands(words) is could_be_thousands


@pytest.mark.parametrize(
    ("words", "doubtful"), [(["1.200", "90"], True), (["1.200", "2.500"], False), (["1.2"], False)]
)
def test_points(words: list[str], doubtful: bool) -> None:
    assert has_doubtful_points(words) is doubtful
