"""Calls of a script make what they were written from, and leave out what has its default."""

import pytest

from spice.resources.mechanisms import Input, Mechanism, State
from spice_nb.state.python_call import python_call


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (State(0.5), "State(0.5)"),
        (State(0.0, inverse_temperature="participant"), "State(0.0, inverse_temperature='participant')"),
        (Input("x_value", "mean"), "Input('x_value', arm='mean')"),
        (
            Mechanism("x_value_chosen", "x_value", "chosen", inputs=("c_reward", Input("x_value", "mean"))),
            "Mechanism('x_value_chosen', state='x_value', applies_to='chosen', "
            "inputs=('c_reward', Input('x_value', arm='mean'),))",
        ),
    ],
)
def test_calls_are_short_and_make_the_same(value: object, written: str) -> None:
    assert python_call(type(value), value) == written
    assert eval(written, {"State": State, "Input": Input, "Mechanism": Mechanism}) == value
