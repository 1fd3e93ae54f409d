"""What is wrong with plain data is said by the field, what it may be, and what is there."""

import pytest

from spice.exceptions import ConfigError
from spice_nb.state.schemas.plain import Schema, read_plain


class Part(Schema):
    size: int


class Whole(Schema):
    name: str
    parts: tuple[Part, ...] = ()


def test_data_that_fit_are_read() -> None:
    assert read_plain(Whole, {"name": "a", "parts": [{"size": 3}]}, "a file", "") == Whole(
        name="a", parts=(Part(size=3),)
    )


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        ({"parts": []}, "name: expected a value in a file, but got nothing. Mend it."),
        ({"name": 3}, "name: expected text in a file, but got 3."),
        (
            {"name": "a", "parts": [{"size": 1}, {"size": "2"}]},
            "parts, entry 2, size: expected a whole number in a file, but got '2'.",
        ),
        ([], "a file: expected names with values in a file, but got"),
    ],
)
def test_the_field_that_is_wrong_is_named(plain: object, sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_plain(Whole, plain, "a file", "Mend it.")
    assert sentence in str(raised.value)
