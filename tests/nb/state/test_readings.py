"""Equations in plain words; `test_equations.py` holds them against the numbers of a fit."""

import pytest

from spice.datasets import simulate_individual_differences
from spice.equations.equations import SpiceEquations
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN
from spice_nb.state.readings import part, readings

CHOSEN, NOT_CHOSEN = "x_value_reward_chosen", "x_value_reward_not_chosen"


@pytest.fixture(scope="module")
def equations() -> SpiceEquations:
    """Three people with a learning rate of a half: one forgets, one does not, one is in no canonical form."""
    dataset, _ = simulate_individual_differences(n_participants=3, n_trials=20, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=1, n_trials_off_policy=50, random_state=0)
    found = estimator.fit(dataset).equations_
    values, terms = found.coefficients.values, found.coefficients.terms

    def say(mechanism: str, person: int, **given: float) -> None:
        values[mechanism][person] = 0.0
        for term, value in given.items():
            values[mechanism][person, terms[mechanism].index({"one": "1", "own": mechanism}.get(term, term))] = value

    for person in range(3):
        say(CHOSEN, person, own=0.5, c_reward=0.5 if person < 2 else 0.0)
    say(NOT_CHOSEN, 0, own=0.75, one=0.1)
    say(NOT_CHOSEN, 1, own=1.0)
    return found


def test_rates_are_said_with_how_far_values_move(equations: SpiceEquations) -> None:
    said = readings(equations, 0)
    assert said[0] == "Learning rate 0.50: each outcome moves the value of the chosen option half of the way."
    assert said[1] == "Forgetting rate 0.25: the value of an option not chosen moves a quarter of the way to 0.40."
    assert said[-1].startswith("Inverse temperature ")


def test_who_does_not_forget_keeps_values(equations: SpiceEquations) -> None:
    assert "Options that are not chosen keep their value." in readings(equations, 1)


def test_without_a_canonical_form_there_is_no_learning_rate(equations: SpiceEquations) -> None:
    assert equations.without_canonical_form() == {2}
    assert not any("Learning rate" in sentence for sentence in readings(equations, 2))


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
