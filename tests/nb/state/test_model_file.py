"""Models in files that are data."""

import json
from pathlib import Path

import pytest

from spice.exceptions import ConfigError
from spice.precoded import ChoiceRNN, ForgettingRNN
from spice_nb.state.candidates import Candidates
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_file import read_model_file
from spice_nb.state.settings import SettingsModel

YAML = """
states:
  x_value: {initial: 0.5, inverse_temperature: participant}
mechanisms:
  - {name: x_value_chosen, state: x_value, applies_to: chosen, inputs: [c_reward]}
"""


def written(folder: Path, text: str, name: str = "my_model.json") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_what_the_builder_saves(tmp_path: Path) -> None:
    settings = SettingsModel(model="choice")
    settings.build()
    found = read_model_file(written(tmp_path, settings.to_json()))
    assert found.rnn_class.declaration() == ChoiceRNN.declaration()
    assert found.rnn_class.context_size == ChoiceRNN.context_size
    assert found.not_used == ()


def test_settings_of_a_precoded_model_with_inputs(tmp_path: Path) -> None:
    settings = SettingsModel(model="forgetting")
    settings.use_inputs(["reaction time"])
    settings.set("epochs", 3)
    settings.set_candidates("x_value_reward_chosen", Candidates(left_out=("c_reward",)))
    found = read_model_file(written(tmp_path, settings.to_json()))
    assert found.rnn_class.additional_inputs == ("reaction_time",)
    assert issubclass(found.rnn_class, ForgettingRNN)
    assert found.not_used == ("candidate terms", "parameters")


def test_a_declaration_alone_keeps_the_size_of_embeddings(tmp_path: Path) -> None:
    plain = Declaration.of(ChoiceRNN, "Mine").to_plain() | {"context_size": 3}
    found = read_model_file(written(tmp_path, json.dumps(plain))).rnn_class
    assert (found.__name__, found.context_size, found.declaration()) == ("Mine", 3, ChoiceRNN.declaration())


def test_as_a_cell_has_it(tmp_path: Path) -> None:
    found = read_model_file(written(tmp_path, YAML, "fading.yaml")).rnn_class
    assert [mechanism.name for mechanism in found.mechanisms] == ["x_value_chosen"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1, 2]", "expected states and mechanisms as YAML, but got '[1, 2]'. Save a model in the app"),
        ('{"states": {}', "in line 1 of the file"),
        ('{"colour": 1}', "but got ['colour']. Save a model in the app"),
        (YAML.replace("c_reward", "c_tired"), "but got 'c_tired'"),
        ('{"spice-nb settings": 2}', "my_model.json, model: expected a value in a settings file, but got nothing"),
        ('{"spice-nb settings": 99}', "Update spice-nb"),
        ('{"spice-nb settings": 2, "model": "mine", "values": {}}', "'mine'"),
        ('{"model": "A", "declaration": {"states": {}}}', "a declaration of states and mechanisms"),
    ],
)
def test_what_is_no_model_says_so(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read_model_file(written(tmp_path, text))
    assert said in str(raised.value)
    assert "my_model.json" in str(raised.value)
    assert "%%spice_model?" in str(raised.value) or "Save" not in str(raised.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.json \(No such file"):
        read_model_file(tmp_path / "none.json")
    with pytest.raises(ConfigError, match="Check the path"):
        read_model_file(tmp_path)
    (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="no text"):
        read_model_file(tmp_path / "b.json")
