"""The model of a fit: chosen from a list, or built; for data with these inputs."""

import pytest

from spice.exceptions import ConfigError
from spice.precoded import MODELS
from spice_nb.state.candidates import Candidates
from spice_nb.state.model_choice import OWN, ModelChoice, offered_models


def test_precoded_models_are_offered_as_words() -> None:
    offered = {name: words for words, name in offered_models()}
    assert set(MODELS) <= set(offered)
    assert offered["rescorla-wagner"] == "Rescorla wagner"


def test_a_name_of_no_model_is_refused() -> None:
    choice = ModelChoice()
    with pytest.raises(ConfigError, match="astrology"):
        choice.choose("astrology")
    with pytest.raises(ConfigError, match="own"):
        choice.model = OWN
    assert choice.model == "participant-embedding"


def test_a_copy_can_be_changed_and_the_original_stays() -> None:
    choice = ModelChoice(model="forgetting")
    choice.build()
    assert choice.model == OWN
    assert choice.change(lambda own: own.called("MyRNN"))
    assert choice.rnn_class().__name__ == "MyRNN"
    assert not choice.change(lambda own: own.called("2 fast"))
    assert "2 fast" in choice.problem
    assert choice.own is not None
    assert choice.own.name == "MyRNN"
    choice.choose("forgetting")
    assert (choice.rnn_class(), choice.problem) == (MODELS["forgetting"], "")


def test_inputs_of_the_data_are_signals_and_inputs_of_mechanisms() -> None:
    choice = ModelChoice(model="forgetting")
    choice.use_inputs(["reaction time"])
    assert choice.signals() == [("c_reward", "reward"), ("reaction_time", "reaction time")]
    assert choice.rnn_class().additional_inputs == ("reaction_time",)


def test_candidates_go_with_the_inputs_that_they_leave_out() -> None:
    choice = ModelChoice(model="forgetting")
    assert choice.config() is None
    choice.use_inputs(["age"])
    name = next(m.name for m in choice.rnn_class().mechanisms if m.is_learned)
    choice.candidates = {name: Candidates(left_out=("age",))}
    config = choice.config()
    assert config is not None
    assert "age" not in config.library_setup[name]
    choice.use_inputs([])
    assert (choice.candidates_of(name), choice.config()) == (Candidates(), None)
