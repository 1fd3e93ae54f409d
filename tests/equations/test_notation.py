"""How an equation is written: text, LaTeX, MathML, sympy, Python."""

import re
from xml.etree import ElementTree

import pytest
from equations.tables import equations

from spice.precoded import (
    ForgettingRNN,
    LearningRateRNN,
)
from spice.resources.mechanisms import Input, Mechanism


def text_of(terms: dict[str, float], digits: int = 2) -> str:
    some = equations(ForgettingRNN, [{"x_value_reward_chosen": terms}], degree=2)
    return some.text(0, digits).splitlines()[0].removeprefix("chosen: V <- ")


V, R = "x_value_reward_chosen", "c_reward"


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ({V: 0.69, R: 0.31}, "V + 0.31 (r - V)"),
        ({V: 0.69, R: 0.314}, "V + 0.31 (1.01 r - V)"),
        ({V: 0.7, R: 0.9}, "V + 0.30 (3.00 r - V)"),
        ({V: 0.7, R: -0.9}, "V + 0.30 (-3.00 r - V)"),
        ({V: 0.8, "1": 0.1}, "V + 0.20 (0.50 - V)"),
        ({V: 0.8}, "V + 0.20 (0 - V)"),
        ({V: 0.5, f"{V} {R}": 0.5}, "V + 0.50 (V r - V)"),
        # Not delta rules: no rate, a rate outside (0, 1), or more than one target.
        ({V: 1.0, R: 0.3}, "V + 0.30 r"),
        ({V: -0.2, R: 0.3}, "-0.20 V + 0.30 r"),
        ({V: 1.3, R: 0.3}, "1.30 V + 0.30 r"),
        ({V: 0.8, R: 0.8, f"{V} {R}": -0.6}, "0.80 V + 0.80 r - 0.60 V r"),
        ({"1": -0.05, V: 0.59, f"{V}^2": 0.12, f"{R}^2": 1.0}, "-0.05 + 0.59 V + 0.12 V^2 + r^2"),
        ({V: -1.0, R: 1.0}, "-V + r"),
        ({"1": 1.0}, "1.00"),
        ({R: 1.0}, "r"),  # a rate of 1 is none
        ({}, "0"),
    ],
)
def test_text(terms: dict[str, float], text: str) -> None:
    assert text_of(terms) == text


def test_more_digits_where_asked_for() -> None:
    assert text_of({V: 0.999, R: 1e-3}, digits=5) == "V + 0.00100 (r - V)"


def test_what_is_part_of_an_equation_never_reads_as_zero() -> None:
    text = text_of({V: 0.8, R: 0.3, "1": -0.0021})
    assert text == "-0.002 + 0.80 V + 0.30 r"
    assert not re.search(r"(?<![\d.])0\.0+(?!\d)", text)


def test_arms_and_given_equations_in_text() -> None:
    rate = {"x_learning_rate_reward": {"1": 0.3, "c_reward": 0.1}}
    decay = {"x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.9}}
    assert equations(LearningRateRNN, [{**rate, **decay}], degree=1).text(0).splitlines() == [
        "chosen: rate <- 0.30 + 0.10 r",
        "chosen: V <- V + rate r - rate V",
        "not chosen: V <- V + 0.10 (0 - V)",
        "start: V = 0.50",
    ]


def test_unknown_names_are_written_out_and_signals_named() -> None:
    mechanism = Mechanism("x_mood_cue", "x_mood", "c_cue", inputs=("c_cue", Input("x_mood", "other")))
    some = equations((mechanism,), [{"x_mood_cue": {"c_cue": 0.4, "x_mood_other": 0.2, "x_mood_cue": 0.1}}])
    assert some.text(0) == "where c_cue: mood <- 0.10 mood + 0.40 cue + 0.20 mood_other\nstart: mood = 0.50"
    assert r"\mathrm{mood\_other}" in some.latex(0)
    assert r"\text{(where c\_cue)}" in some.latex(0)
    assert "_other" in some.mathml(0)
    assert "\\" not in some.mathml(0)


def test_latex() -> None:
    rate = {"x_learning_rate_reward": {"1": 0.3, "c_reward": -0.125, "c_reward^2": 0.5}}
    decay = {"x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.9}}
    some = equations(LearningRateRNN, [{**rate, **decay}])
    assert some.latex(0, digits=3) == (
        "\\begin{aligned}\n"
        "\\alpha' &= 0.300 - 0.125\\,r + 0.500\\,r^{2} && \\text{(chosen)} \\\\\n"
        "V' &= V + \\alpha\\,r - \\alpha\\,V && \\text{(chosen)} \\\\\n"
        "V' &= 0.900\\,V && \\text{(not chosen)} \\\\\n"
        "V_0 &= 0.500\n"
        "\\end{aligned}"
    )


def test_latex_of_every_symbol_of_weight_one_keeps_its_backslash() -> None:
    mechanism = Mechanism("x_mood_all", "x_mood", inputs=("x_learning_rate_reward", "c_cue"))
    terms = {"x_mood_all": {"x_mood_all": 1.0, "x_learning_rate_reward": -1.0, "c_cue": 1.0}}
    lines = equations((mechanism,), [terms]).latex(0).splitlines()
    assert lines[1] == r"\mathrm{mood}' &= \mathrm{mood} - \alpha + \mathrm{cue} \\"


MATHML = "{http://www.w3.org/1998/Math/MathML}"


def drawn(element: ElementTree.Element) -> str:
    """What a browser shows, powers after a caret."""
    tag = element.tag.removeprefix(MATHML)
    inside = [drawn(child) for child in element]
    if tag == "msup":
        return inside[0] + ("'" if inside[1] == "\N{PRIME}" else f"^{inside[1]}")
    return (element.text or "").strip() + "".join(inside)


def test_mathml_is_xml_and_shows_the_same_equation_in_the_same_order() -> None:
    some = equations(
        LearningRateRNN,
        [
            {
                "x_learning_rate_reward": {
                    "1": 0.3, "c_reward": -0.125, "c_reward^2": 0.5, "c_reward x_value_reward": 0.25,
                },
                "x_value_reward_not_chosen": {},
            }
        ],
    )  # fmt: skip
    lines = [drawn(ElementTree.fromstring(line)) for line in some.mathml(0, 3).splitlines()]
    times, minus, alpha = "\N{INVISIBLE TIMES}", "\N{MINUS SIGN}", "\N{GREEK SMALL LETTER ALPHA}"
    assert lines == [
        f"{alpha}'=0.300{minus}0.125{times}r+0.500{times}r^2+0.250{times}r{times}V(chosen)",
        f"V'=V+{alpha}{times}r{minus}{alpha}{times}V(chosen)",
        "V'=0(not chosen)",
        "V0=0.500(at the start)",
    ]
    for line in some.mathml(0).splitlines():
        assert ElementTree.fromstring(line).tag == f"{MATHML}math"
        assert "\\" not in line


def test_names_of_inputs_cannot_break_the_markup() -> None:
    mechanism = Mechanism("x_a", "x_b", inputs=("c_<&>",))
    line, _ = equations((mechanism,), [{"x_a": {"c_<&>": 0.5}}]).mathml(0).splitlines()
    assert "<&>" in drawn(ElementTree.fromstring(line))
