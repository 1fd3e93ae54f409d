"""Models of one's own as data."""

import json
from dataclasses import replace
from typing import Any

import pytest

from spice.exceptions import ConfigError
from spice.observation.lapses import SoftmaxWithLapses
from spice.precoded import MODELS, ForgettingRNN
from spice.resources.mechanisms import Input, Mechanism, State
from spice.resources.rnn import BaseRNN
from spice_nb.state.declaration import Declaration


@pytest.fixture
def rates() -> Declaration:
    return Declaration.of(MODELS["learning-rate"], "Own")


@pytest.mark.parametrize("name", MODELS)
def test_every_precoded_model_can_be_copied_saved_and_written_as_a_script(name: str) -> None:
    own = Declaration.of(MODELS[name], "Own")
    assert own.rnn_class().declaration() == MODELS[name].declaration()
    assert Declaration.from_plain(json.loads(json.dumps(own.to_plain()))) == own
    namespace: dict[str, type[BaseRNN]] = {}
    exec(own.python(), namespace)
    assert namespace["Own"].declaration() == MODELS[name].declaration()
    assert namespace["Own"].context_size == MODELS[name].context_size


def test_a_state_takes_its_mechanisms_with_it_when_it_is_renamed(rates: Declaration) -> None:
    renamed = rates.with_state("speed", rates.states["x_learning_rate_reward"], instead_of="x_learning_rate_reward")
    assert list(renamed.states) == ["x_value_reward", "speed"]
    rate, value, _ = renamed.mechanisms
    assert rate.state == "speed"
    assert value.entries[1] == Input("speed", when="after")
    assert value.equation == {"x_value_reward": 1.0, "speed c_reward": 1.0, "speed x_value_reward": -1.0}
    renamed.rnn_class()(n_actions=2)


def test_what_is_used_cannot_be_removed(rates: Declaration) -> None:
    with pytest.raises(ConfigError, match="used by x_learning_rate_reward, x_value_reward_chosen"):
        rates.without_state("x_learning_rate_reward")
    smaller = rates.without_mechanism(1).without_mechanism(0).without_state("x_learning_rate_reward")
    assert [m.name for m in smaller.mechanisms] == ["x_value_reward_not_chosen"]
    with pytest.raises(ConfigError, match="at least one that is learned"):
        smaller.without_mechanism(0)


def test_the_order_of_mechanisms_can_be_changed(rates: Declaration) -> None:
    assert next(m.name for m in rates.moved(2, 0).mechanisms) == "x_value_reward_not_chosen"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda own: own.called("two words"), "name of a model"),
        (lambda own: own.with_state("c_reward", State()), "name of a state"),
        (lambda own: own.with_state("x_value_reward", State()), "a name of its own"),
        (lambda own: own.with_mechanism(own.mechanisms[0]), "a second one of that name"),
        (lambda own: own.with_mechanism(Mechanism("m", "nowhere")), "nowhere"),
        (lambda own: own.with_mechanism(Mechanism("m", "x_value_reward", inputs=("arousal",))), "arousal"),
        (lambda own: own.with_state("x_value_reward", State(readout=False), "x_value_reward"), "readout=True"),
        (lambda own: own.with_mechanism(replace(own.mechanisms[1], inputs=("c_reward",)), 1), "x_learning_rate_reward"),
    ],
)
def test_a_change_that_cannot_be_is_refused(rates: Declaration, change, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        change(rates)


NO_STATE = {"states": {"x": {"initial": "<b>"}}, "mechanisms": [{}], "additional_inputs": []}


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"model": "A", "declaration": {}, "context_size": 8},
        {"model": "A", "declaration": NO_STATE, "context_size": 8},
    ],
)
def test_plain_forms_that_are_none_are_refused(plain: dict) -> None:
    with pytest.raises(ConfigError, match="declaration"):
        Declaration.from_plain(plain)


def test_inputs_of_the_data_can_be_read(rates: Declaration) -> None:
    own = rates.with_inputs(["arousal"]).with_mechanism(
        Mechanism("calm", "x_value_reward", applies_to="all", inputs=("arousal",))
    )
    assert own.rnn_class().additional_inputs == ("arousal",)
    assert "additional_inputs = ('arousal',)" in own.python()
    with pytest.raises(ConfigError, match="arousal"):
        own.with_inputs([])


def test_an_observation_stays_with_its_model() -> None:
    class LapsingRNN(ForgettingRNN):
        observation = SoftmaxWithLapses()

    declared = Declaration.of(LapsingRNN, "OwnRNN")
    again = Declaration.from_plain(declared.to_plain())
    assert again.rnn_class().observation.name == "softmax-with-lapses"
    made: dict[str, Any] = {}
    exec(again.python(), made)
    assert made["OwnRNN"].declaration() == LapsingRNN.declaration()
    with pytest.raises(ConfigError, match="softmax-with-lapses"):
        replace(declared, observation="coin").called("OtherRNN")
