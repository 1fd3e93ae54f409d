"""Config files of the command line."""

import pytest

from spice.exceptions import ConfigError
from spice_nb.state.schemas.config_file import SEVERAL, parse_config, read_config_file

KINDS = {"model": str, "epochs": int, "learning_rate": float, "input": SEVERAL, "optuna": bool, "seed": int | None}


def test_numbers_are_numbers_however_they_are_written() -> None:
    content = parse_config("epochs: 3\nlearning-rate: 5e-3\ninput: speed\nseed: none\n")
    assert read_config_file(content, KINDS, "c.yaml") == {
        "epochs": 3, "learning_rate": 5e-3, "input": ("speed",), "seed": None,
    }  # fmt: skip
    assert parse_config('{"learning_rate": 1e-3}') == {"learning_rate": 1e-3}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"epoch": 3}, "keys from model, epochs"),
        ({"epochs": 2.5}, "epochs: expected a whole number, but got 2.5"),
        ({"epochs": True}, "epochs: expected a"),
        ({"optuna": 1}, "optuna: expected true or false"),
        ({"parameters": {"epochs": 3}}, "parameters: expected names from"),
    ],
)
def test_what_is_wrong_is_said(content: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_config_file(content, KINDS, "c.yaml")
    assert sentence in str(raised.value)
