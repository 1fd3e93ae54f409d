"""Prevalences in words."""

import pytest
from equations.tables import equations, who_lacks_what, with_probabilities

from spice.declaration.mechanisms import ACTION, CHOSEN, NOT_CHOSEN, REWARD
from spice.precoded import ForgettingRNN
from spice.resources.mechanisms import Mechanism
from spice_nb.state.effects import effects


def test_terms_that_come_and_go_together_are_one_effect() -> None:
    found = {effect.words: effect for effect in effects(who_lacks_what())}
    assert list(found) == ["learning from rewards", "asymmetry of learning", "forgetting", "perseveration"]
    assert found["perseveration"].terms == (
        "x_value_choice_chosen: 1", "x_value_choice_chosen: x_value_choice_chosen",
        "x_value_choice_not_chosen: x_value_choice_not_chosen", "beta_x_value_choice: 1",
    )  # fmt: skip
    assert found["asymmetry of learning"].share == "47 % of people (37 to 57 %)"
    assert found["forgetting"].prevalence == 0.4


def test_nothing_is_said_where_nobody_has_asked_or_all_are_alike() -> None:
    keep = {"x_value_reward_chosen": {"x_value_reward_chosen": 0.5, "c_reward": 0.5}}
    assert effects(equations(ForgettingRNN, [keep, keep, keep])) == []
    assert effects(with_probabilities(equations(ForgettingRNN, [keep]), [{}])) == []


@pytest.fixture
def two_of_a_kind() -> tuple[Mechanism, ...]:
    return (
        Mechanism("a_chosen", "x_a", CHOSEN, (REWARD,)), Mechanism("a_kept", "x_a", NOT_CHOSEN),
        Mechanism("b_chosen", "x_b", CHOSEN, (REWARD, ACTION)), Mechanism("b_kept", "x_b", NOT_CHOSEN),
    )  # fmt: skip


def test_two_states_of_one_kind_are_told_apart_and_other_terms_are_named(two_of_a_kind: tuple[Mechanism, ...]) -> None:
    row = {
        "a_chosen": {"a_chosen": 0.5, "c_reward": 0.5}, "a_kept": {"a_kept": 0.5},
        "b_chosen": {"b_chosen": 0.5, "c_reward": 0.5, "c_action": 0.1}, "b_kept": {"b_kept": 0.5},
    }  # fmt: skip
    made = equations(two_of_a_kind, [row] * 3, degree=1, betas={"x_a": [1.0] * 3, "x_b": [1.0] * 3})
    made = with_probabilities(made, [{}, {}, {"a_kept": 0.3, "b_kept": 0.6, "b_chosen: c_action": 0.2}])
    words = [effect.words for effect in effects(made)]
    assert "forgetting (x_a)" in words
    assert "forgetting (x_b)" in words
    assert "c_action in b_chosen" in words
