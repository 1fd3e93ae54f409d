"""Building a model without code."""

import pytest

from spice.resources.mechanisms import ALL, CHOSEN, NOT_CHOSEN, Input
from spice_nb.state.builder import BuilderModel, Kind
from spice_nb.state.model_choice import OWN
from spice_nb.state.settings import SettingsModel


@pytest.fixture
def builder() -> BuilderModel:
    settings = SettingsModel(model="participant-embedding")
    settings.build()
    return BuilderModel(settings)


def test_nothing_is_built_before_a_model_is_changed() -> None:
    settings = SettingsModel()
    builder = BuilderModel(settings)
    assert not builder.is_active
    settings.build()
    assert builder.is_active
    assert (settings.model, builder.state, builder.mechanism) == (OWN, "x_value_reward", 0)


def test_a_state_with_mechanisms_of_its_own(builder: BuilderModel) -> None:
    builder.add_state()
    builder.set_state("name", "habit")
    assert builder.state == "habit"
    builder.set_state("initial", "0,25")
    builder.set_state("learned", "participant")
    builder.add_mechanism()
    builder.add_mechanism()
    builder.add_mechanism()
    added = builder.own.mechanisms[2:]
    assert [(m.name, m.state, m.applies_to) for m in added] == [
        ("habit_chosen", "habit", CHOSEN),
        ("habit_not_chosen", "habit", NOT_CHOSEN),
        ("x_value_reward_all", "x_value_reward", ALL),
    ]
    assert builder.mechanism == 4
    assert builder.state_fields()["initial"] == "0.25"
    assert builder.own.states["habit"].learned == "participant"
    assert builder.settings.problem == ""


def test_equations_found_and_given(builder: BuilderModel) -> None:
    builder.set_mechanism("kind", Kind.GIVEN)
    assert builder.mechanism_fields()["equation"] == "x_value_reward"
    typed = "x_value_reward + 0.5 * (c_reward - x_value_reward)"
    builder.set_mechanism("equation", typed)
    assert builder.own.mechanisms[0].equation == {"x_value_reward": 0.5, "c_reward": 0.5}
    assert builder.mechanism_fields()["equation"] == typed
    builder.set_mechanism("equation", "x_value_reward + arousal")
    assert "arousal" in builder.settings.problem
    assert builder.own.mechanisms[0].equation == {"x_value_reward": 0.5, "c_reward": 0.5}
    builder.set_mechanism("kind", Kind.RATE)
    rate = builder.own.mechanisms[0]
    assert (rate.equation, rate.activation, rate.bounds) == (None, "sigmoid", (0.0, 1.0))
    builder.set_mechanism("kind", Kind.FOUND)
    assert builder.own.mechanisms[0].bounds is None


def test_what_a_mechanism_may_read_follows_the_order(builder: BuilderModel) -> None:
    builder.settings.use_inputs(["reaction time"])
    builder.mechanism = 1
    words = {entry: words for words, entry in builder.inputs()}
    assert Input("x_value_reward") not in words
    assert words[Input("x_value_reward", "chosen")] == "value of the chosen option"
    assert words[Input("x_value_reward", "chosen", "after")] == "value of the chosen option, as updated in this trial"
    assert words[Input("reaction_time")] == "reaction time"
    builder.move(-1)
    assert (builder.mechanism, builder.own.mechanisms[0].name) == (0, "x_value_reward_not_chosen")
    assert not any(entry.when == "after" for _, entry in builder.inputs())
    builder.move(-1)
    assert builder.mechanism == 0
    assert "where reaction time is not 0" in builder.options().values()


def test_the_choice_of_a_part_stays_in_range(builder: BuilderModel) -> None:
    builder.mechanism = 1
    builder.remove_mechanism()
    assert builder.mechanism == 0
    builder.add_state()
    builder.remove_state()
    assert builder.state == "x_value_reward"
    builder.remove_state()
    assert "used by" in builder.settings.problem
