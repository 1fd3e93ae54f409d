import re
from dataclasses import replace
from types import CodeType
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from spice.declaration.terms import polynomial_terms
from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.equations.notation import SYMBOLS
from spice.exceptions import ConfigError
from spice.precoded import ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN, RewardChoiceRNN
from spice.resources.mechanisms import Input, Mechanism
from spice.resources.rnn import BaseRNN

Table = dict[str, dict[str, float]]
DELTA: Table = {
    "x_value_reward_chosen": {"x_value_reward_chosen": 0.69, "c_reward": 0.31},
    "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.8, "1": 0.1},
}


def equations(
    mechanisms: tuple[Mechanism, ...] | type[BaseRNN],
    rows: list[Table],
    degree: int = 2,
    betas: dict[str, list[float]] | None = None,
    labels: tuple[str, ...] = ("Ann", "Bob"),
) -> SpiceEquations:
    """Equations with the coefficients of each row; the last is the population's."""
    declared = mechanisms if isinstance(mechanisms, tuple) else mechanisms.mechanisms
    terms = {m.name: polynomial_terms((m.name, *m.input_names), degree) for m in declared if m.is_learned}
    values = {name: np.zeros((len(rows), len(t))) for name, t in terms.items()}
    for row, of_mechanisms in enumerate(rows):
        for name, of_terms in of_mechanisms.items():
            for term, value in of_terms.items():
                values[name][row, terms[name].index(term)] = value
    states = {m.state for m in declared}
    coefficients = Coefficients(
        mechanisms=declared,
        terms=terms,
        values=values,
        betas={k: np.array(v) for k, v in (betas or {}).items()},
        initial={name: np.full(len(rows), 0.5) for name in states},
        allowed={k: np.ones(len(t), dtype=bool) for k, t in terms.items()},
        hidden=frozenset({"x_learning_rate_reward"}) & set(states),
    )
    found = np.concatenate([*values.values(), np.zeros((len(rows), len(betas or {}) + len(states)))], axis=1)
    covariance = np.where(found != 0, 0.25**2, 0.0)[:, :, None] * np.eye(found.shape[1])
    return SpiceEquations(
        replace(coefficients, covariance=covariance),
        participants=(0, 1),
        labels=labels,
    )


@pytest.fixture
def two_people() -> SpiceEquations:
    other: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.2, "c_reward": 0.8},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 1.0},
    }
    population: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.5, "c_reward": 0.5},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.9},
    }
    return equations(ParticipantEmbeddingRNN, [DELTA, other, population], betas={"x_value_reward": [3.0, 4.0, 3.5]})


# Who has which ----------------------------------------------------------------------------------------------


def test_terms_of_each_participant_and_the_population(two_people: SpiceEquations) -> None:
    assert two_people.terms(0) == DELTA
    assert two_people.terms(1)["x_value_reward_not_chosen"] == {"x_value_reward_not_chosen": 1.0}
    assert two_people.terms("population")["x_value_reward_chosen"]["c_reward"] == 0.5
    assert two_people.inverse_temperatures(1) == {"x_value_reward": 4.0}
    assert two_people.inverse_temperatures("population") == {"x_value_reward": 3.5}
    assert len(two_people) == 2
    assert not two_people.is_shared


def test_one_row_serves_everybody() -> None:
    shared = equations(ForgettingRNN, [DELTA])
    assert shared.is_shared
    assert shared.terms(0) == shared.terms(1) == shared.terms("population") == DELTA


@pytest.mark.parametrize("participant", [2, -1, "Ann", None])
def test_unknown_people_are_named_with_the_known(two_people: SpiceEquations, participant: Any) -> None:
    for some in (two_people, equations(ForgettingRNN, [DELTA])):
        with pytest.raises(ConfigError) as raised:
            some.terms(participant)
        assert raised.value.argument == "participant"
        assert "[0, 1], or 'population'" in str(raised.value)
        assert repr(participant) in str(raised.value)


def test_learning_rates(two_people: SpiceEquations) -> None:
    assert two_people.learning_rates() == {"x_value_reward_chosen": {0: pytest.approx(0.31), 1: pytest.approx(0.8)}}


def test_canonical_is_marked_and_leaves_the_raw_form(two_people: SpiceEquations) -> None:
    scaled: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.7, "c_reward": 0.9},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.8, "1": 0.3},
    }
    raw = equations(ForgettingRNN, [scaled])
    canonical = raw.canonical()
    assert canonical.is_canonical
    assert not raw.is_canonical
    assert canonical.canonical() is canonical
    assert canonical.terms(0)["x_value_reward_chosen"] == pytest.approx({"x_value_reward_chosen": 0.7, "c_reward": 0.3})
    assert canonical.terms(0)["x_value_reward_not_chosen"] == pytest.approx(
        {"x_value_reward_not_chosen": 0.8, "1": 0.1}
    )
    assert canonical.inverse_temperatures(0) == pytest.approx({"x_value_reward": 3.0})
    assert raw.terms(0) == scaled


def test_repr_shows_form_people_and_an_equation(two_people: SpiceEquations) -> None:
    text = repr(two_people)
    assert "2 participants, raw form" in text
    assert "V <- V + 0.31 (r - V)" in text
    assert "canonical form" in repr(two_people.canonical())


def test_frame(two_people: SpiceEquations) -> None:
    frame = two_people.to_frame()
    assert list(frame.columns) == [
        "participant", "label", "mechanism", "term", "coefficient", "standard_error",
    ]  # fmt: skip
    # Two equations, an inverse temperature and an initial value of each.
    assert len(frame) == 6 + 5 + 5
    ann = frame[frame.participant == 0]
    assert set(ann.label) == {"Ann"}
    pd.testing.assert_frame_equal(
        ann[ann.mechanism == "x_value_reward_chosen"].reset_index(drop=True),
        pd.DataFrame(
            {
                "participant": [0, 0],
                "label": ["Ann", "Ann"],
                "mechanism": ["x_value_reward_chosen"] * 2,
                "term": ["x_value_reward_chosen", "c_reward"],
                "coefficient": [0.69, 0.31],
                "standard_error": [0.25, 0.25],
            }
        ),
    )
    by_name = frame.set_index(["participant", "mechanism", "term"]).coefficient
    assert by_name[1, "beta_x_value_reward", "1"] == 4.0
    assert by_name[1, "initial_x_value_reward", "1"] == 0.5
    assert by_name[-1, "x_value_reward_chosen", "c_reward"] == 0.5
    assert set(frame[frame.participant == -1].label) == {"population"}
    assert not (frame.coefficient == 0).any()


# How they are written ---------------------------------------------------------------------------------------


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


# What they compute ------------------------------------------------------------------------------------------


def functions(source: str) -> dict[str, Any]:
    code: CodeType = compile(source, "<equations>", "exec")
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    return {name: f for name, f in namespace.items() if callable(f)}


@pytest.mark.parametrize("seed", range(4))
def test_sympy_python_and_polynomial_agree(seed: int) -> None:
    rng = np.random.default_rng(seed)
    some = equations(RewardChoiceRNN, [{}], degree=2 + seed % 2)
    for name, values in some.coefficients.values.items():
        values[:] = np.where(rng.uniform(size=values.shape) < 0.6, rng.normal(size=values.shape), 0.0)
        assert (values != 0).any(), name
    as_python, as_sympy = functions(some.python(0)), some.sympy(0)
    assert list(as_python) == list(as_sympy) == [m.name for m in RewardChoiceRNN.mechanisms]
    for m in RewardChoiceRNN.mechanisms:
        terms = some.coefficients.terms[m.name]
        for _ in range(5):
            point = rng.normal(size=1 + len(m.input_names))
            expected = float(terms.evaluate(point) @ some.coefficients.values[m.name][0])
            assert as_python[m.name](*point) == pytest.approx(expected, rel=1e-12)
            symbols = {SYMBOLS[base][1]: value for base, value in zip((m.state, *m.input_names), point, strict=True)}
            right = as_sympy[m.name].rhs
            numbers = {s: symbols[s.name] for s in right.free_symbols}
            assert float(right.subs(numbers)) == pytest.approx(expected, rel=1e-12)
        assert as_sympy[m.name].lhs.name == f"{SYMBOLS[m.state][1]}'"


def test_python_keeps_bounds_and_given_equations() -> None:
    rate = {"x_learning_rate_reward": {"1": 0.3, "c_reward": 0.9}}
    some = equations(LearningRateRNN, [{**rate, "x_value_reward_not_chosen": {}}], degree=1)
    f = functions(some.python(0))
    assert f["x_learning_rate_reward"](0.0, 0.5, 0.0) == pytest.approx(0.75)
    assert f["x_learning_rate_reward"](0.0, 1.0, 0.0) == 1.0
    assert f["x_learning_rate_reward"](0.0, -1.0, 0.0) == 0.0
    assert f["x_value_reward_chosen"](0.5, 1.0, 0.2) == pytest.approx(0.6)
    assert f["x_value_reward_not_chosen"](0.7) == 0.0
    assert "(not chosen)" in f["x_value_reward_not_chosen"].__doc__


@pytest.mark.parametrize("name", ["value", "class", "2nd", "reaction-time"])
def test_python_is_valid_whatever_an_input_is_called(name: str) -> None:
    mechanism = Mechanism("x_a", "x_b", inputs=(name,))
    some = equations((mechanism,), [{"x_a": {"x_a": 0.5, name: 2.0}}])
    assert functions(some.python(0))["x_a"](1.0, 3.0) == pytest.approx(6.5)


# Where people start ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("initial", "unusual"), [(0.5, False), (1.2, False), (-1.4, True), (1.3, True)])
def test_a_start_that_no_reward_could_lead_to_is_pointed_out(initial: float, unusual: bool) -> None:
    delta = {"x_value_reward_chosen": {"x_value_reward_chosen": 0.7, "c_reward": 0.3}}
    some = equations(ForgettingRNN, [{**delta, "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 1.0}}])
    table = replace(some.coefficients, initial={"x_value_reward": np.full(1, initial)})
    some = replace(some, coefficients=table)
    assert some.initial_values(0) == {"x_value_reward": initial}
    assert some.text(0).endswith(f"start: V = {initial:.2f}")
    assert some.unusual_starts(0) == {}
    assert some.canonical().unusual_starts(0) == ({"x_value_reward": pytest.approx(initial)} if unusual else {})
    assert some.person_document(0)["initial_values"] == [["x_value_reward", initial]]
