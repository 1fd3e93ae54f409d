"""Structures of equations."""

from equations.tables import DELTA, equations, who_lacks_what

from spice.precoded import ForgettingRNN
from spice_nb.state.structures import structures, typeset


def test_who_lacks_a_mechanism_has_another_structure() -> None:
    made = who_lacks_what()
    (first, second), letters = structures(made)
    assert letters == [first.name, second.name] == ["A", "B"]
    assert (first.unchanging, first.absent) == ((), ("x_value_choice",))
    assert (second.unchanging, second.absent) == (("x_value_reward_not_chosen",), ())
    assert not any("x_value_choice" in term for term in first.terms)
    assert not any("not_chosen" in term for term in second.terms if "reward" in term)


def test_what_is_lacking_is_typeset_as_such() -> None:
    made = who_lacks_what()
    (first, second), _ = structures(made)
    ann, bob = (typeset(one, made).split("\n") for one in (first, second))
    assert len(ann) == 3
    assert "<mtext>no&#xA0;</mtext><mi>C</mi>" in ann[2]
    assert len(bob) == 4
    # V' = V, without a letter for a coefficient.
    assert "<mo>=</mo><mi>V</mi><" in bob[1]
    assert "<mi>a</mi>" not in bob[1]


def test_forgetting_at_once_and_not_forgetting_are_two_structures() -> None:
    at_once = {**DELTA, "x_value_reward_not_chosen": {}}
    never = {**DELTA, "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 1.0}}
    made = equations(ForgettingRNN, [at_once, never, never])
    (first, second), letters = structures(made)
    assert letters == ["A", "B"]
    assert first.terms == second.terms
    assert "<mo>=</mo><mn>0</mn>" in typeset(first, made)
    assert "<mo>=</mo><mn>0</mn>" not in typeset(second, made)


def test_letters_go_on_after_z() -> None:
    from spice_nb.state.structures import _letters

    assert [_letters(k) for k in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]
