"""Settings files of either version."""

import pytest

from spice.exceptions import ConfigError
from spice_nb.state.schemas.settings import read_settings_file


def test_the_first_version_had_neither_models_of_ones_own_nor_candidates() -> None:
    read = read_settings_file({"spice-nb settings": 1, "model": "choice", "values": {"epochs": 3}})
    assert (read.model, read.own, read.inputs, read.candidates, read.values) == ("choice", None, (), {}, {"epochs": 3})


@pytest.mark.parametrize(
    ("plain", "sentence"),
    [
        ({"spice-nb settings": 3, "model": "choice", "values": {}}, "version 3. Update"),
        ({"spice-nb settings": 2, "model": "choice", "values": {"epoch": 3}}, "Remove them from the file"),
        ({"spice-nb settings": 2, "model": 3, "values": {}}, "model: expected text"),
        ({"model": "choice"}, "another file"),
        ("choice", "another file"),
    ],
)
def test_what_cannot_be_read_is_said(plain: object, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        read_settings_file(plain)
