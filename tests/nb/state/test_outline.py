"""Models in words, and the equations they could become."""

from xml.etree import ElementTree

import pytest

from spice.precoded import MODELS, LearningRateRNN, ParticipantEmbeddingRNN
from spice.resources.mechanisms import Mechanism
from spice_nb.state.outline import coefficient_words, outline, word
from spice_nb.state.settings import SettingsModel


def text_of(mathml: str) -> str:
    return "".join(ElementTree.fromstring(mathml).itertext()).replace("\u2062", "")


def test_a_general_equation_has_a_letter_for_each_candidate_term() -> None:
    chosen, not_chosen = outline(ParticipantEmbeddingRNN, 1)
    assert chosen.terms == ("1", "x_value_reward_chosen", "c_reward")
    assert text_of(chosen.mathml) == "V\u2032=a0+a1V+a2r"
    assert (chosen.applies_to, chosen.reads, chosen.changes) == ("chosen", ("reward",), "value")
    assert text_of(not_chosen.mathml) == "V\u2032=a0+a1V"
    assert not_chosen.reads == ()


def test_the_degree_adds_terms() -> None:
    assert len(outline(ParticipantEmbeddingRNN, 2)[0].terms) == 6
    model = SettingsModel()
    model.set("spice_library_polynomial_degree", 2)
    assert len(model.mechanisms()[0].terms) == 6


def test_given_equations_are_shown_as_they_are() -> None:
    given = [m for m in outline(LearningRateRNN, 1) if not m.is_learned]
    assert given
    assert "a0" not in text_of(given[0].mathml)
    assert "learning rate" in given[0].reads


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_an_outline(name: str) -> None:
    for mechanism in SettingsModel(model=name).mechanisms():
        assert mechanism.changes
        assert text_of(mechanism.mathml)


def test_names_of_one_s_own_are_words() -> None:
    assert word("x_habit_strength") == "habit strength"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("1", "value, chosen: constant"),
        ("c_reward", "value, chosen: reward"),
        ("x_chosen c_reward", "value, chosen: value times reward"),
        ("x_chosen^2", "value, chosen: value"),
    ],
)
def test_coefficients_have_names(term: str, words: str) -> None:
    mechanism = Mechanism("x_chosen", "x_value_reward", "chosen", inputs=("c_reward",))
    assert coefficient_words(mechanism, term) == words
