import copy
import pickle
from typing import Any, ClassVar

import pytest

from spice.exceptions import ConfigError
from spice.model.config import SpiceConfig
from spice.precoded import (
    CHOICE_CONFIG,
    FORGETTING_RNN_CONFIG,
    LEARNING_RATE_RNN_CONFIG,
    MODELS,
    PARTICIPANT_EMBEDDING_RNN_CONFIG,
    RESCOLA_WAGNER_CONFIG,
    RESCORLA_WAGNER_CONFIG,
)
from spice.resources.mechanisms import Mechanism
from spice.resources.rnn import BaseRNN

ARGUMENTS: dict[str, Any] = {
    "library_setup": {"x_chosen": ["c_reward"], "x_not_chosen": []},
    "filter_setup": {"x_chosen": ["c_action", 1, True], "x_not_chosen": ["c_action", 0, True]},
    "control_parameters": ["c_action", "c_reward"],
    "rnn_modules": ["x_chosen", "x_not_chosen"],
}


def test_what_is_given_is_kept_and_never_shared_with_the_caller() -> None:
    arguments = copy.deepcopy(ARGUMENTS)
    config = SpiceConfig(**arguments)
    assert config.to_dict() == ARGUMENTS
    assert config.spice_feature_list == ["x_chosen", "x_not_chosen", "c_action", "c_reward"]
    config.library_setup["x_chosen"].append("x")
    config.filter_setup["x_chosen"][1] = 7
    config.rnn_modules.append("y")
    assert arguments == ARGUMENTS


def test_equality_plain_form_repr_and_copies() -> None:
    config = SpiceConfig(**ARGUMENTS)
    assert SpiceConfig(**config.to_dict()) == config
    assert pickle.loads(pickle.dumps(config)) == config
    assert copy.deepcopy(config) == config
    assert eval(repr(config)) == config
    other = SpiceConfig(**{**ARGUMENTS, "control_parameters": ["c_reward", "c_action"]})
    assert config != other
    assert config != ARGUMENTS


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (["c_action", 1, True], [("c_action", 1.0)]),
        (("c_action", 0, False), [("c_action", 0.0)]),
        ([["c_action", 1, True], ["c_reward", 0, False]], [("c_action", 1.0), ("c_reward", 0.0)]),
        ([("c_action", 1, True)], [("c_action", 1.0)]),
        ([], []),
    ],
)
def test_filters_are_one_or_several(entry: Any, expected: list[tuple[str, float]]) -> None:
    config = SpiceConfig(**{**ARGUMENTS, "filter_setup": {"x_chosen": entry}})
    assert config.filters("x_chosen") == expected
    assert config.filters("x_not_chosen") == []


@pytest.mark.parametrize(
    ("change", "argument", "words"),
    [
        ({"rnn_modules": []}, "rnn_modules", ["at least one"]),
        (
            {"library_setup": {"x_choosen": []}},
            "library_setup",
            ["'x_choosen'", "['x_chosen', 'x_not_chosen']"],
        ),
        ({"filter_setup": {"y": ["c_action", 1, True]}}, "filter_setup", ["'y'", "['x_chosen', 'x_not_chosen']"]),
        (
            {"library_setup": {"x_chosen": ["c_rewards"]}},
            "library_setup['x_chosen']",
            ["'c_rewards'", "c_action", "c_reward", "x_chosen"],
        ),
        (
            {"filter_setup": {"x_chosen": ["c_choice", 1, True]}},
            "filter_setup['x_chosen']",
            ["'c_choice'", "c_action", "c_reward"],
        ),
        (
            {"filter_setup": {"x_chosen": [["c_action", 1, True], ["c_choice", 1, True]]}},
            "filter_setup['x_chosen']",
            ["'c_choice'"],
        ),
        ({"filter_setup": {"x_chosen": ["c_action"]}}, "filter_setup['x_chosen']", ["[signal, value, True]"]),
        (
            {"filter_setup": {"x_chosen": ["c_action", "chosen", True]}},
            "filter_setup['x_chosen']",
            ["[signal, value, True]", "'chosen'"],
        ),
        ({"library_setup": {"x_chosen": "c_reward"}}, "library_setup['x_chosen']", ["c_reward"]),
        ({"rnn_modules": "x_chosen"}, "rnn_modules", ["x_chosen"]),
        ({"control_parameters": "c_reward"}, "control_parameters", ["c_reward"]),
    ],
)
def test_mistakes_are_named_with_the_valid_names(change: dict[str, Any], argument: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as raised:
        SpiceConfig(**{**ARGUMENTS, **change})
    assert isinstance(raised.value, ValueError)
    assert raised.value.argument == argument
    for word in words:
        assert word in str(raised.value)


# Configs of models ------------------------------------------------------------------------------------------


def test_configs_of_the_precoded_models() -> None:
    assert RESCOLA_WAGNER_CONFIG is RESCORLA_WAGNER_CONFIG
    assert RESCORLA_WAGNER_CONFIG.to_dict() == {
        "library_setup": {"x_value_reward_chosen": ["c_reward"]},
        "filter_setup": {"x_value_reward_chosen": ["c_action", 1, True]},
        "control_parameters": ["c_action", "c_reward"],
        "rnn_modules": ["x_value_reward_chosen"],
    }
    assert FORGETTING_RNN_CONFIG == PARTICIPANT_EMBEDDING_RNN_CONFIG
    assert FORGETTING_RNN_CONFIG.filter_setup["x_value_reward_not_chosen"] == ["c_action", 0, True]
    assert FORGETTING_RNN_CONFIG.library_setup["x_value_reward_not_chosen"] == []
    assert CHOICE_CONFIG.rnn_modules == [
        "x_value_reward_chosen",
        "x_value_reward_not_chosen",
        "x_value_choice_chosen",
        "x_value_choice_not_chosen",
    ]
    # The prediction error is given: only what is learned becomes an equation.
    assert LEARNING_RATE_RNN_CONFIG.rnn_modules == ["x_learning_rate_reward", "x_value_reward_not_chosen"]
    assert LEARNING_RATE_RNN_CONFIG.library_setup["x_learning_rate_reward"] == ["c_reward", "x_value_reward"]


@pytest.mark.parametrize("name", list(MODELS))
def test_a_config_names_what_the_model_has(name: str) -> None:
    model = MODELS[name]
    config = SpiceConfig.from_model(model)
    assert config.rnn_modules == [m.name for m in model.mechanisms if m.is_learned]
    assert set(config.library_setup) == set(config.rnn_modules)


def test_other_places_than_chosen_and_not_chosen_need_no_filter() -> None:
    class Cued(BaseRNN):
        init_values: ClassVar[dict[str, Any]] = {"x": 0.0}
        mechanisms = (Mechanism("x_cued", "x", "c_cue", inputs=("c_action", "c_cue")), Mechanism("x_all", "x"))
        additional_inputs = ("c_cue",)

    config = SpiceConfig.from_model(Cued)
    assert config.filter_setup == {}
    assert config.library_setup == {"x_cued": ["c_cue"], "x_all": []}
    assert config.control_parameters == ["c_action", "c_cue"]


def test_a_model_with_a_forward_of_its_own_needs_a_config() -> None:
    class Own(BaseRNN):
        pass

    with pytest.raises(ConfigError, match=r"spice_config.*Own declares no mechanisms.*SpiceConfig\("):
        SpiceConfig.from_model(Own)
