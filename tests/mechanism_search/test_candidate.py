"""Choices of mechanisms as models."""

import pytest

from spice.exceptions import ConfigError
from spice.mechanism_search import Candidate
from spice.model.base import BaseRNN


def test_mechanisms_gain_the_inputs_that_others_give_them() -> None:
    plain = Candidate.of(["learning", "forgetting"])
    coupled = plain.with_one("coupling")
    assert plain.terms["x_value_reward_not_chosen"] == ("x_value_reward_not_chosen",)
    assert coupled.terms["x_value_reward_not_chosen"] == ("x_value_reward_not_chosen", "c_reward_chosen")
    assert (plain.degree, Candidate.of(["learning", "two learning rates"]).degree) == (1, 2)


def test_what_a_mechanism_builds_on_comes_and_goes_with_it() -> None:
    everything = Candidate.of(["habit", "perseveration", "learning", "repetition reads habit"])
    assert everything.names == ("learning", "perseveration", "habit", "repetition reads habit")
    assert everything.without("perseveration").names == ("learning",)
    assert everything.without("habit").names == ("learning", "perseveration")
    first = Candidate.of(["learning"])
    assert first.with_one("habit").beside(first) == ("perseveration", "habit")


@pytest.mark.parametrize(("names", "said"), [(["telepathy"], "telepathy"), (["habit"], "perseveration")])
def test_names_that_are_no_model_are_refused(names: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Candidate.of(names)


def test_the_code_is_the_declaration() -> None:
    candidate = Candidate.of(
        ["learning", "forgetting", "coupling", "surprise", "perseveration", "choice before last", "lapses"]
    )
    room: dict[str, type[BaseRNN]] = {}
    exec(candidate.code(), room)
    written = room["DiscoveredRNN"]
    assert written.init_values == candidate.states
    assert tuple(written.mechanisms) == candidate.mechanisms
    assert written.context_size == candidate.rnn_class.context_size
    assert written.observation.name == candidate.observation.name == "softmax-with-lapses"


def test_inputs_of_the_data_gate_mechanisms() -> None:
    inputs = ("delay", "load")
    plain = Candidate.of(["learning"], inputs)
    gated = plain.with_one("forgetting depends on load")
    assert gated.names == ("learning", "forgetting", "forgetting depends on load")
    assert gated.terms["x_value_reward_not_chosen"] == (
        "x_value_reward_not_chosen", "x_value_reward_not_chosen load", "load",
    )  # fmt: skip
    assert gated.without("forgetting").names == ("learning",)
    # The columns of the data come in their order, whether they are read or not.
    room: dict[str, type[BaseRNN]] = {}
    exec(gated.code(), room)
    assert room["DiscoveredRNN"].additional_inputs == gated.rnn_class.additional_inputs == inputs
    with pytest.raises(ConfigError, match="forgetting depends on load"):
        Candidate.of(["learning", "forgetting", "forgetting depends on load"])
