"""Equations of one participant: what is in them, and the same equation in every notation."""

from types import CodeType
from typing import Any

import numpy as np
import pytest
from equations.tables import equations, who_lacks_what

from spice.equations.notation import SYMBOLS
from spice.exceptions import ConfigError
from spice.precoded import LearningRateRNN, RewardChoiceRNN
from spice.resources.mechanisms import Mechanism


@pytest.mark.parametrize("notation", ["text", "latex", "mathml", "sympy", "python"])
def test_nobody_else_has_equations_to_write(notation: str) -> None:
    with pytest.raises(ConfigError) as raised:
        getattr(who_lacks_what(), notation)(7)
    assert raised.value.argument == "participant"


def test_a_state_that_is_absent_is_written_as_absent_and_nowhere_else() -> None:
    some = who_lacks_what()
    assert (some.absent_states(0), some.absent_states(1)) == (("x_value_choice",), ())
    assert some.text(0).splitlines()[-2:] == ["no C", "start: V = 0.50"]
    assert r"\text{no }" in some.latex(0)
    assert r"\text{no }" not in some.latex(1)
    assert [m.state for m, _ in some.shown_mechanisms(0)] == ["x_value_reward"] * 2
    assert len(some.python(1).split("\n\n")) == len(some.sympy(1)) == 4


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
