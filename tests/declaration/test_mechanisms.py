import json
from dataclasses import FrozenInstanceError
from typing import Any, ClassVar

import numpy as np
import pytest

from spice.declaration.mechanisms import Input, Mechanism, State, check_declaration, declaration_to_dict
from spice.exceptions import ConfigError
from spice.precoded import MODELS
from spice.resources.rnn import BaseRNN

STATES = {"x_value": State(0.5), "x_trace": State()}


def test_inputs_are_read_as_inputs() -> None:
    mechanism = Mechanism("x_1", "x_value", inputs=["c_reward", Input("x_trace", "other", "after")])
    assert mechanism.entries == (Input("c_reward", "own", "before"), Input("x_trace", "other", "after"))
    assert mechanism.input_names == ("c_reward", "x_trace_other")
    assert mechanism.is_learned
    assert not Mechanism("x_1", "x_value", equation={"1": 0.5}).is_learned
    with pytest.raises(FrozenInstanceError):
        mechanism.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arm", "name"), [("own", "s"), ("chosen", "s_chosen"), ("other", "s_other"), ("mean", "s_mean")]
)
def test_the_arm_is_part_of_the_name(arm: Any, name: str) -> None:
    assert Input("s", arm).name == name


def test_a_sigmoid_bounds_the_equation_too() -> None:
    assert Mechanism("x_1", "x", activation="sigmoid").bounds == (0.0, 1.0)
    assert Mechanism("x_1", "x", activation="sigmoid", bounds=(0.1, 0.5)).bounds == (0.1, 0.5)
    assert Mechanism("x_1", "x").bounds is None


@pytest.mark.parametrize(
    ("build", "argument", "words"),
    [
        (lambda: State(initial=np.nan), "State.initial", ["finite", "nan"]),
        (lambda: State(initial=np.inf), "State.initial", ["finite", "inf"]),
        (lambda: State(learned="all"), "State.learned", ["fixed", "shared", "participant", "'all'"]),
        (lambda: State(inverse_temperature="own"), "State.inverse_temperature", ["none", "shared", "'own'"]),
        (lambda: State(resets="trial"), "State.resets", ["block", "sequence", "'trial'"]),
        (lambda: Input("s", arm="left"), "Input.arm", ["own", "chosen", "other", "mean", "'left'"]),
        (lambda: Input("s", when="now"), "Input.when", ["before", "after", "'now'"]),
        (lambda: Mechanism("x_1", "x", inputs="c_reward"), "Mechanism.inputs", ["'c_reward'", '("name",)']),
        (lambda: Mechanism("x_1", "x", update="add"), "Mechanism.update", ["residual", "direct", "'add'"]),
        (lambda: Mechanism("x_1", "x", others="drop"), "Mechanism.others", ["keep", "zero", "'drop'"]),
        (lambda: Mechanism("x_1", "x", activation="relu"), "Mechanism.activation", ["sigmoid", "'relu'"]),
        (lambda: Mechanism("x_1", "x", bounds=(1, 0)), "Mechanism.bounds", ["low < high", "(1, 0)"]),
        (lambda: Mechanism("x_1", "x", bounds=(np.nan, 0)), "Mechanism.bounds", ["low < high", "nan"]),
        (
            lambda: Mechanism("x_1", "x", inputs=("s", Input("s", when="after"))),
            "inputs of mechanism 'x_1'",
            ["['s', 's']"],
        ),
        # A term is written with its names: these could not be told apart or read back.
        (
            lambda: Mechanism("x_chosen", "x", inputs=(Input("x", "chosen"),)),
            "inputs of mechanism 'x_chosen'",
            ["x_chosen"],
        ),
        (lambda: Mechanism("x_1", "x", inputs=("reaction time",)), "inputs of mechanism 'x_1'", ["reaction time"]),
        (lambda: Mechanism("x_1", "x", inputs=("rt^2",)), "inputs of mechanism 'x_1'", ["rt^2"]),
        (lambda: Mechanism("x_1", "x", inputs=("1",)), "inputs of mechanism 'x_1'", ["'1'"]),
    ],
)
def test_what_cannot_be_declared_is_named(build: Any, argument: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        build()
    assert raised.value.argument == argument
    for word in words:
        assert word in str(raised.value)


GOOD = Mechanism("x_1", "x_value", "chosen", inputs=("c_reward", "c_cue", "x_trace"))


def test_a_good_declaration_passes() -> None:
    check_declaration(STATES, [GOOD, Mechanism("x_2", "x_trace", "c_cue")], ["c_cue"])


@pytest.mark.parametrize(
    ("states", "mechanisms", "argument", "words"),
    [
        (STATES, [GOOD, GOOD], "mechanism 'x_1'", ["a second one"]),
        (STATES, [Mechanism("x_1", "x_valu")], "state of mechanism 'x_1'", ["'x_valu'", "x_trace", "x_value"]),
        (
            STATES,
            [Mechanism("x_1", "x_value", "choosen")],
            "applies_to of mechanism 'x_1'",
            ["'choosen'", "chosen", "not_chosen", "all", "c_action", "c_reward", "c_cue"],
        ),
        (STATES, [Mechanism("x_1", "x_value", "x_trace")], "applies_to of mechanism 'x_1'", ["'x_trace'"]),
        (
            STATES,
            [Mechanism("x_1", "x_value", inputs=("c_rewards",))],
            "input of mechanism 'x_1'",
            ["'c_rewards'", "c_reward", "c_cue", "x_trace"],
        ),
        (
            STATES,
            [Mechanism("x_1", "x_value", inputs=("c_reward",), equation={"x_value": 1, "c_rewrd x_value": 0.5})],
            "term 'c_rewrd x_value' of mechanism 'x_1'",
            ["['c_rewrd']", "c_reward", "x_value"],
        ),
        (
            STATES,
            [Mechanism("x_1", "x_value", equation={"x_trace": 1})],
            "term 'x_trace' of mechanism 'x_1'",
            ["['x_trace']"],
        ),
        (
            {"x_value": State(readout=False)},
            [Mechanism("x_1", "x_value")],
            "init_values",
            ["at least one state with readout=True"],
        ),
    ],
)
def test_names_that_do_not_fit_are_given_with_the_valid_ones(
    states: dict[str, State], mechanisms: list[Mechanism], argument: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as raised:
        check_declaration(states, mechanisms, ["c_cue"])
    assert raised.value.argument == argument
    for word in words:
        assert word in str(raised.value)


def test_terms_of_given_equations_may_have_powers_and_constants() -> None:
    equation = {"1": 0.1, "x_value^2": 0.5, "c_reward x_value": 1.0}
    check_declaration(STATES, [Mechanism("x_1", "x_value", inputs=("c_reward",), equation=equation)], [])


def test_a_model_checks_its_declaration_when_it_is_made() -> None:
    class Wrong(BaseRNN):
        init_values: ClassVar[dict[str, Any]] = {"x_value": 0.5}
        mechanisms = (Mechanism("x_1", "x_values"),)

    with pytest.raises(ConfigError, match="x_values"):
        Wrong(n_actions=2)


@pytest.mark.parametrize("name", list(MODELS))
def test_the_plain_form_of_every_model_survives_json(name: str) -> None:
    model = MODELS[name](n_actions=2)
    plain = model.declaration()
    back = json.loads(json.dumps(plain))
    assert {k: State(**v) for k, v in back["states"].items()} == model.states
    again = [
        Mechanism(
            **{
                **m,
                "inputs": tuple(Input(**i) for i in m["inputs"]),
                "bounds": m["bounds"] and tuple(m["bounds"]),
            }
        )
        for m in back["mechanisms"]
    ]
    assert again == list(model.mechanisms)
    assert declaration_to_dict(model.states, again, model.additional_inputs) == plain
