"""Equations in plain words; `test_equations.py` holds them against the numbers of a fit."""

from dataclasses import replace

import numpy as np
import pytest
from equations.tables import Table, equations, who_lacks_what, with_probabilities

from spice.equations.equations import SpiceEquations
from spice.precoded import ChoiceRNN, ParticipantEmbeddingRNN
from spice_nb.state.readings import part, readings

CHOSEN, NOT_CHOSEN = "x_value_reward_chosen", "x_value_reward_not_chosen"


@pytest.fixture
def rates_of_a_half() -> SpiceEquations:
    """Three people with a learning rate of a half: one forgets, one does not, one is in no canonical form."""
    rule = {CHOSEN: 0.5, "c_reward": 0.5}
    rows: list[Table] = [
        {CHOSEN: rule, NOT_CHOSEN: {NOT_CHOSEN: 0.75, "1": 0.1}},
        {CHOSEN: rule, NOT_CHOSEN: {NOT_CHOSEN: 1.0}},
        {CHOSEN: {CHOSEN: 0.5}, NOT_CHOSEN: {NOT_CHOSEN: 1.0}},
    ]
    return equations(ParticipantEmbeddingRNN, rows, degree=1, betas={"x_value_reward": [3.0] * 3}, error=0.02)


def test_rates_are_said_with_how_far_values_move(rates_of_a_half: SpiceEquations) -> None:
    said = readings(rates_of_a_half, 0)
    assert said[0].startswith("Learning rate 0.50 (")
    assert said[0].endswith("): each outcome moves the value of the chosen option half of the way.")
    assert said[1].startswith("Forgets options that are not chosen, at a rate of 0.25 (")
    assert "): their value moves a quarter of the way to 0.40" in said[1]
    assert said[-1].startswith("Inverse temperature 3.00 (")


def test_who_does_not_forget_keeps_values(rates_of_a_half: SpiceEquations) -> None:
    assert "Options that are not chosen keep their value." in readings(rates_of_a_half, 1)


def test_without_a_canonical_form_there_is_no_learning_rate() -> None:
    odd = {CHOSEN: {CHOSEN: 0.5}, NOT_CHOSEN: {NOT_CHOSEN: 0.9}}
    made = equations(ParticipantEmbeddingRNN, [odd], degree=1, betas={"x_value_reward": [3.0]})
    assert made.without_canonical_form() == {0, 1, "population"}
    said = readings(made, 0)
    assert [sentence.partition(" 3.00")[0] for sentence in said] == ["Inverse temperature"]


def test_what_people_do_and_lack_is_said_with_its_probability() -> None:
    made = who_lacks_what()
    ann, bob = readings(made, 0), readings(made, 1)
    assert ann[1].startswith(
        "Learns more from rewards than from their absence (probability .99): learning rates 0.40 ("
    )
    assert ann[2].startswith("Forgets options that are not chosen (probability .97), at a rate of 0.25 (")
    assert ann[-1] == "Shows no perseveration (probability .98)."
    assert bob[1] == "Learns from rewards and from their absence alike (probability .80)."
    assert bob[2] == "Options that are not chosen keep their value (probability .96)."
    assert bob[-1].startswith("Repeats choices (probability > .99), with an inverse temperature of 1.50 (")
    assert bob[-1].endswith("one that was chosen time and again is chosen 82% of the time.")


def with_trace(beta: float, interaction: float) -> SpiceEquations:
    row = {
        CHOSEN: {CHOSEN: 0.5, "c_reward": 0.5 - interaction, f"{CHOSEN} c_reward": interaction},
        NOT_CHOSEN: {NOT_CHOSEN: 1.0},
        "x_value_choice_chosen": {"x_value_choice_chosen": 0.2, "1": 0.8},
        "x_value_choice_not_chosen": {"x_value_choice_not_chosen": 0.2},
    }
    made = equations(ChoiceRNN, [row], betas={"x_value_reward": [3.0], "x_value_choice": [beta]}, error=0.05)
    table = made.coefficients
    assert table.draws is not None
    draws = table.draws.copy()
    draws[0, :, table.parameters.index(("betas", "x_value_choice", "1"))] = np.linspace(
        beta - 0.25, beta + 0.25, draws.shape[1]
    )
    made = replace(made, coefficients=replace(table, draws=draws))
    return with_probabilities(made, [{f"{CHOSEN}: {CHOSEN} c_reward": 0.7}])


def test_a_direction_is_said_only_where_it_is_known() -> None:
    """Standard errors are about .1."""
    sure, unsure = readings(with_trace(-1.0, 0.3), 0), readings(with_trace(0.1, 0.05), 0)
    assert any(
        sentence.startswith("Learns less from rewards than from their absence (probability .70)") for sentence in sure
    )
    assert any(sentence.startswith("Avoids earlier choices") for sentence in sure)
    assert any(sentence.startswith("May learn differently from rewards and from their absence") for sentence in unsure)
    assert any(sentence.startswith("May repeat or avoid earlier choices") for sentence in unsure)


def test_choices_that_do_not_depend_on_values() -> None:
    rule = {CHOSEN: {CHOSEN: 1.0}, NOT_CHOSEN: {NOT_CHOSEN: 1.0}}
    made = equations(ParticipantEmbeddingRNN, [rule] * 3, degree=1, betas={"x_value_reward": [0.0, 3.0, 3.0]})
    made = with_probabilities(made, [{"x_value_reward": 0.03}])
    assert readings(made, 0) == ["Choices do not depend on what was learned from rewards (probability .97)."]


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.31, "a third of the way"),
        (0.0, "hardly"),
        (0.52, "half of the way"),
        (1.3, "beyond it"),
        (-0.2, "the other way"),
    ],
)
def test_parts(rate: float, words: str) -> None:
    assert part(rate) == words
