"""Models as YAML and JSON."""

import json

import pytest

from spice.exceptions import ConfigError
from spice.precoded import LearningRateRNN
from spice_nb.state.declaration import CONTEXT_SIZE, Declaration
from spice_nb.state.model_text import declared, parse, read_model

MODEL = """
states:
  x_value: {initial: 0.5, inverse_temperature: participant}
mechanisms:
  - {name: x_value_chosen, state: x_value, applies_to: chosen, inputs: [c_reward]}
  - {name: x_value_rest, state: x_value, applies_to: not_chosen, equation: {x_value: 0.9}}
per_person: true
"""


def test_states_and_mechanisms_are_read() -> None:
    found = read_model("Fading", MODEL)
    assert found.name == "Fading"
    assert found.states["x_value"].initial == 0.5
    assert [(m.name, m.applies_to, m.equation) for m in found.mechanisms] == [
        ("x_value_chosen", "chosen", None), ("x_value_rest", "not_chosen", {"x_value": 0.9}),
    ]  # fmt: skip
    assert found.per_person
    assert not read_model("Fading", MODEL.replace("true", "false")).per_person
    assert not read_model("Fading", MODEL.replace("per_person: true\n", "")).per_person


def test_json_is_read_too_and_inputs_are_those_of_the_data() -> None:
    plain = {"inputs": ["rt"], "states": {"x": None}, "mechanisms": [{"name": "m", "state": "x", "inputs": ["rt"]}]}
    found = read_model("Timed", json.dumps(plain))
    assert found.inputs == ("rt",)
    assert found.mechanisms[0].input_names == ("rt",)


def test_what_the_builder_saves_keeps_its_name_unless_another_is_given() -> None:
    saved = Declaration.of(LearningRateRNN, "Mine").to_plain()
    assert declared("", saved) == Declaration.of(LearningRateRNN, "Mine")
    assert declared("Copy", saved) == Declaration.of(LearningRateRNN, "Copy")
    assert saved["context_size"] in (0, CONTEXT_SIZE)


def test_errors_name_the_line_in_its_place() -> None:
    with pytest.raises(ConfigError, match="in line 12 of the file"):
        parse("a: 1\nb: [", "file", first_line=11)
    assert parse("a: 1", "file", first_line=1) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("states: {x: {}}\nmechanisms:\n  - [", "line 4"),
        ("hello", "states and mechanisms"),
        (MODEL.replace("applies_to", "apply_to"), "apply_to"),
        (MODEL + "colour: red\n", "colour"),
        (MODEL.replace("c_reward", "c_tired"), "c_tired"),
        ("states: [x]", "names with values"),
        ("states: {x: {colour: 1}}", "colour"),
        ("states: {x: {}}\nmechanisms: 5", "a list, such as"),
        (MODEL + "inputs: rt\n", "a list, such as"),
        (MODEL.replace("[c_reward]", "c_reward"), "a list, such as"),
        (MODEL.replace("{x_value: 0.9}", "hello"), "names with values"),
        ("!!python/object/apply:os.system ['true']", "could not determine a constructor"),
        ("states: {x: {}}\nmechanisms: []", "at least one"),
        ("when: 2001-99-99", "something else"),
        ("[" * 3_000, "something else"),
        (MODEL.replace("true", "maybe"), "per_person"),
        (MODEL.replace("0.9", "much"), "a number"),
        ("states: {x: {initial: high}}\nmechanisms: [{name: m, state: x}]", "declaration"),
    ],
)
def test_what_is_no_model_says_so(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_model("Mine", text)
