"""Config files of the command line in the app."""

import pytest

from spice.exceptions import ConfigError
from spice_nb.estimator_options import DEFAULT_MODEL
from spice_nb.state.schemas.config_as_settings import config_as_settings


def test_what_is_about_the_data_is_passed_over() -> None:
    read = config_as_settings({"data": "choices.csv", "participant": "id", "model": "choice", "hidden-size": 5})
    assert read.model == "choice"
    assert read.values["hidden_size"] == 5


def test_the_model_of_the_command_line_where_none_is_named() -> None:
    assert config_as_settings({}).model == DEFAULT_MODEL


@pytest.mark.parametrize(
    ("content", "sentence"),
    [({"participant-equations": "Ann"}, "Remove it"), ({"model": "my_model.json"}, "Load that file instead")],
)
def test_what_the_app_cannot_take(content: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        config_as_settings(content)
