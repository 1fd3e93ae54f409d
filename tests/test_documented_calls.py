"""Every documented signature: its parameters by position, in the documented order, with the documented defaults."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.bandits import (
    AgentNetwork,
    AgentQ,
    AgentSpice,
    BanditsDrift,
    BanditSession,
    BanditsFlip,
    BanditsSwitch,
    create_dataset,
    get_update_dynamics,
)
from spice.resources.optimizer_selection import optimize_for_participant
from spice.resources.rnn import BaseRNN
from spice.resources.rnn_utils import DatasetRNN, split_data_along_sessiondim, split_data_along_timedim
from spice.resources.sindy_training import fit_spice
from spice.utils.convert_dataset import convert_dataset
from spice.utils.plotting import plot_session

NEEDED = inspect.Parameter.empty


def needed(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, NEEDED)


DOCUMENTED: dict[Callable[..., Any], dict[str, Any]] = {
    SpiceEstimator: {
        "rnn_class": RescorlaWagnerRNN, "spice_config": None, "hidden_size": 8, "dropout": 0.25, "n_actions": 2,
        "n_participants": 0, "n_experiments": 0, "epochs": 128, "learning_rate": 5e-3, "spice_optim_threshold": 0.03,
        "spice_participant_id": None, "verbose": False, "save_path_rnn": None, "save_path_spice": None,
    },
    # A data set alone stands for both arrays.
    SpiceEstimator.fit: {**needed("self", "conditions"), "targets": None, "data_test": None, "target_test": None},
    SpiceEstimator.predict: needed("self", "conditions"),
    SpiceEstimator.get_spice_features: needed("self"),
    SpiceEstimator.save_spice: {**needed("self"), "path_rnn": None, "path_spice": None},
    SpiceEstimator.load_spice: {**needed("path_rnn", "path_spice"), "deterministic": True},
    SpiceEstimator.get_participant_embeddings: needed("self"),
    SpiceConfig: needed("library_setup", "filter_setup", "control_parameters", "rnn_modules"),
    AgentSpice.get_spice_features: {**needed("self"), "mapping_modules_values": None},
    AgentSpice.count_parameters: {**needed("self"), "mapping_modules_values": None},
    AgentSpice.get_modules: needed("self"),
    AgentSpice.get_participant_ids: needed("self"),
    AgentSpice.print_model: needed("self", "participant_id"),
    fit_spice: {
        **needed("rnn_modules", "control_signals", "agent_rnn"), "data": None, "polynomial_degree": 2,
        "optimizer_threshold": 0.05, "optimizer_alpha": 0.1, "participant_id": None, "verbose": False,
    },
    optimize_for_participant: {
        **needed("participant_id", "agent_rnn", "data", "metric_rnn", "rnn_modules", "control_signals"),
        **needed("library_setup", "filter_setup", "polynomial_degree", "n_sessions_off_policy"),
        "n_trials_optuna": 50, "verbose": False,
    },
    convert_dataset: {
        **needed("file"), "device": None, "sequence_length": None, "df_participant_id": "session",
        "df_block": "block", "df_experiment_id": "experiment", "df_choice": "choice", "df_reward": "reward",
        "additional_inputs": None,
    },
    plot_session: {**needed("agents", "experiment"), "labels": None, "save": None},
    create_dataset: {**needed("agent", "environment", "n_trials", "n_sessions"), "sample_parameters": False},
    get_update_dynamics: needed("experiment", "agent"),
    BanditSession: needed("choices", "rewards", "session", "n_trials"),
    BanditsDrift: {**needed("sigma"), "n_actions": 2, "counterfactual": False},
    BanditsDrift.step: needed("self", "choice"),
    BanditsFlip.step: needed("self", "choice"),
    BanditsSwitch.step: needed("self", "choice"),
    AgentQ: {
        "n_actions": 2, "beta_reward": 3.0, "alpha_reward": 0.2, "alpha_penalty": -1, "beta_counterfactual": 0.0,
        "alpha_counterfactual_reward": 0.0, "alpha_counterfactual_penalty": 0.0, "beta_choice": 0.0,
        "alpha_choice": 1.0, "forget_rate": 0.0, "parameter_variance": 0.0, "deterministic": False,
    },
    BaseRNN: {**needed("n_actions"), "n_participants": 0, "embedding_size": 0, "device": "cpu"},
    BaseRNN.setup_module: needed("self", "input_size"),
    BaseRNN.setup_embedding: {
        **needed("self", "num_embeddings", "embedding_size"), "leaky_relu": 0.01, "dropout": 0.5,
    },
    BaseRNN.setup_constant: {**needed("self"), "embedding_size": None, "leaky_relu": 0.01},
    BaseRNN.call_module: {
        **needed("self", "key_module", "key_state"), "action": None, "inputs": None, "participant_embedding": None,
        "participant_index": None, "activation_rnn": None, "scaling": False,
    },
    BaseRNN.init_forward_pass: needed("self", "inputs", "prev_state", "batch_first"),
    BaseRNN.post_forward_pass: needed("self", "logits", "batch_first"),
    BaseRNN.record_signal: needed("self", "key", "value"),
    DatasetRNN: needed("xs", "ys"),
    split_data_along_timedim: needed("dataset", "split_ratio"),
    split_data_along_sessiondim: needed("dataset"),
}  # fmt: skip
"""Documented parameters in order, with their defaults. `print_spice_model` is tested with participants' ids."""

ALSO_BY_POSITION = {
    # Came by position in earlier versions of ours.
    convert_dataset: ["leave_out", "leave_out_few"],
    DatasetRNN: ["normalize_features", "sequence_length", "stride", "device"],
    split_data_along_timedim: ["device"],
    split_data_along_sessiondim: ["list_test_sessions", "device"],
    SpiceEstimator.print_spice_model: ["participant_id"],
}


def name_of(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", repr(function))


@pytest.mark.parametrize("function", DOCUMENTED, ids=name_of)
def test_documented_parameters_come_first_and_others_by_keyword(function: Callable[..., Any]) -> None:
    documented = DOCUMENTED[function]
    parameters = list(inspect.signature(function).parameters.values())
    by_position = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert by_position == [*documented, *ALSO_BY_POSITION.get(function, [])]
    found = {p.name: p.default for p in parameters if p.name in documented}
    assert found == documented


# The same by position and by keyword ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def people() -> DatasetRNN:
    return simulate_individual_differences(n_participants=3, n_trials=40, random_state=1)[0]


@pytest.fixture(scope="module")
def network(people: DatasetRNN) -> AgentNetwork:
    estimator = SpiceEstimator(
        ParticipantEmbeddingRNN, epochs=3, spice_refine=False, n_trials_off_policy=100, random_state=0
    )
    return estimator.fit(people.xs, people.ys).rnn_agent


def both(function: Callable[..., Any], arguments: dict[str, Any], **others: Any) -> tuple[Any, Any]:
    """What a function gives for all its documented arguments by position, and by keyword."""
    documented = [name for name in DOCUMENTED[function] if name != "self"]
    assert list(arguments) == documented
    return function(*arguments.values(), **others), function(**arguments, **others)


def test_the_estimator(people: DatasetRNN, tmp_path: Any) -> None:
    arguments = {
        "rnn_class": ParticipantEmbeddingRNN, "spice_config": CONFIG, "hidden_size": 4, "dropout": 0.1,
        "n_actions": 2, "n_participants": 3, "n_experiments": 1, "epochs": 2, "learning_rate": 0.01,
        "spice_optim_threshold": 0.02, "spice_participant_id": 1, "verbose": False,
        "save_path_rnn": tmp_path / "network", "save_path_spice": tmp_path / "equations",
    }  # fmt: skip
    first, second = both(SpiceEstimator, arguments, n_trials_off_policy=50, random_state=0)
    assert first.get_params() == second.get_params()
    assert {name: first.get_params()[name] for name in arguments} == arguments
    data = (people.xs, people.ys, people.xs[:1], people.ys[:1])
    first.fit(*data)
    second.fit(conditions=data[0], targets=data[1], data_test=data[2], target_test=data[3])
    for p, q in zip(first.predict(people.xs), second.predict(conditions=people.xs), strict=True):
        np.testing.assert_array_equal(p, q)
    assert {path.name for path in tmp_path.iterdir()} == {"network", "equations"}
    loaded = [
        SpiceEstimator.load_spice(tmp_path / "network", tmp_path / "equations", False),
        SpiceEstimator.load_spice(
            path_rnn=tmp_path / "network", path_spice=tmp_path / "equations", deterministic=False
        ),
    ]
    for estimator in loaded:
        assert not estimator.spice_agent.deterministic
        assert estimator.get_spice_features() == first.get_spice_features()


def test_fit_spice(network: AgentNetwork, people: DatasetRNN) -> None:
    arguments = {
        "rnn_modules": CONFIG.rnn_modules, "control_signals": CONFIG.control_parameters, "agent_rnn": network,
        "data": people, "polynomial_degree": 1, "optimizer_threshold": 0.02, "optimizer_alpha": 0.2,
        "participant_id": 2, "verbose": False,
    }  # fmt: skip
    (first, loss), (second, same) = both(fit_spice, arguments, n_trials_off_policy=100, random_state=0)
    assert loss == same
    assert first.get_spice_features() == second.get_spice_features()
    assert list(first.get_spice_features()) == [2]
    assert "c_reward^2" not in first.coefficients.terms["x_value_reward_chosen"].names


def test_optimize_for_participant(network: AgentNetwork, people: DatasetRNN) -> None:
    arguments = {
        "participant_id": 1, "agent_rnn": network, "data": people, "metric_rnn": None,
        "rnn_modules": CONFIG.rnn_modules, "control_signals": CONFIG.control_parameters,
        "library_setup": CONFIG.library_setup, "filter_setup": CONFIG.filter_setup, "polynomial_degree": 1,
        "n_sessions_off_policy": 2, "n_trials_optuna": 3, "verbose": False,
    }  # fmt: skip
    first, second = both(optimize_for_participant, arguments, n_trials_off_policy=50, random_state=0)
    assert first == second
    assert first["loss"] <= first["loss_before"]


def test_convert_dataset() -> None:
    table = pd.DataFrame({
        "who": [4, 4, 4, 7, 7, 7], "run": 1, "study": 2, "key": [0, 1, 1, 0, 1, 0],
        "points": [1.0, 0, 1, 1, 0, 0], "cue": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    })  # fmt: skip
    arguments = {
        "file": table, "device": torch.device("cpu"), "sequence_length": 3, "df_participant_id": "who",
        "df_block": "run", "df_experiment_id": "study", "df_choice": "key", "df_reward": "points",
        "additional_inputs": ["cue"],
    }  # fmt: skip
    (first, *_), (second, *_) = both(convert_dataset, arguments)
    np.testing.assert_array_equal(first.xs, second.xs)
    assert first.xs.shape == (2, 3, 2 + 2 + 1 + 3)
    assert first.participants == (4, 7)


def test_simulations(tmp_path: Any) -> None:
    settings = {
        "n_actions": 3, "beta_reward": 4.0, "alpha_reward": 0.6, "alpha_penalty": 0.1, "beta_counterfactual": 1.0,
        "alpha_counterfactual_reward": 0.3, "alpha_counterfactual_penalty": 0.2, "beta_choice": 0.5,
        "alpha_choice": 0.7, "forget_rate": 0.15, "parameter_variance": 0.0, "deterministic": True,
    }  # fmt: skip
    agents = both(AgentQ, settings)
    assert agents[0].parameters == agents[1].parameters
    assert {name: agents[0].parameters[name] for name in ("alpha_penalty", "forget_rate", "beta_choice")} == {
        "alpha_penalty": 0.1, "forget_rate": 0.15, "beta_choice": 0.5,
    }  # fmt: skip
    environments = both(BanditsDrift, {"sigma": 0.3, "n_actions": 3, "counterfactual": True}, random_state=1)
    players = {"agent": agents[0], "environment": environments[0], "n_trials": 6, "n_sessions": 4}
    (first, sessions, _), (second, *_) = both(create_dataset, {**players, "sample_parameters": True}, random_state=3)
    np.testing.assert_array_equal(first.xs, second.xs)
    assert first.xs.shape == (4, 6, 9)
    (values, _), (same, _) = (found[0] for found in both(
        get_update_dynamics, {"experiment": sessions[0], "agent": agents[1]}
    ))  # fmt: skip
    np.testing.assert_array_equal(values, same)
    fields = {name: getattr(sessions[0], name) for name in ("choices", "rewards", "session", "n_trials")}
    pair = both(BanditSession, fields)
    assert all(np.array_equal(getattr(pair[0], name), getattr(pair[1], name)) for name in fields)
    drawn = {"experiment": sessions[0], "labels": {"benchmark": "Q"}, "save": tmp_path / "session.png"}
    (_, axes), (_, again) = both(plot_session, {"agents": {"benchmark": agents[0]}, **drawn})
    assert len(axes) == len(again) == 6
    assert (tmp_path / "session.png").exists()


def test_the_parts_of_a_model() -> None:
    (first, second) = both(
        BaseRNN, {"n_actions": 3, "n_participants": 4, "embedding_size": 2, "device": torch.device("cpu")}
    )
    for name in ("n_actions", "n_participants", "embedding_size", "device"):
        assert getattr(first, name) == getattr(second, name)
    embedding = first.setup_embedding(4, 2, 0.02, 0.3)
    assert embedding.table.weight.shape == (5, 2)
    assert first.setup_constant(2, 0.02)(torch.zeros(4, 2)).shape == (4, 1)
    declared = type("Declared", (ParticipantEmbeddingRNN,), {"context_size": 3})
    assert declared(2, 4).embedding_size == 3
    assert declared(2, 4, 5).embedding_size == 5
