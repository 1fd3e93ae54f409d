from xml.etree import ElementTree

from spice.equations.state_notation import (
    absence_as_latex,
    absence_as_mathml,
    absence_as_text,
    start_as_latex,
    start_as_mathml,
    start_as_text,
)

START = {"x_value_reward": 0.5, "x_my_trace": -0.001}


def test_where_states_start() -> None:
    assert start_as_text(START, 2) == "start: V = 0.50, my_trace = 0.00"
    assert start_as_text({}, 2) == ""
    assert start_as_latex(START, 2) == ["V_0 &= 0.50", r"\mathrm{my\_trace}_0 &= 0.00"]
    first, second = (ElementTree.fromstring(line) for line in start_as_mathml({"x_value_reward": -0.5, "c_a<b": 1}, 1))
    assert "".join(first.itertext()) == "V0=\u22120.5(at the start)"
    assert "".join(second.itertext()) == "a<b0=1.0(at the start)"


def test_states_that_are_absent() -> None:
    assert absence_as_text("x_value_choice") == "no C"
    assert absence_as_latex("x_my_trace") == r"& \text{no } \mathrm{my\_trace}"
    assert "".join(ElementTree.fromstring(absence_as_mathml("x_a<b")).itertext()) == "no\u00a0a<b"
