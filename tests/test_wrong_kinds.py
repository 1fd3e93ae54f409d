"""Whatever is passed in place of an argument, the error names the argument, what was expected and what to do."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spice.datasets import simulate_forgetting
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import SpiceError
from spice.precoded import FORGETTING_RNN_CONFIG as CONFIG
from spice.precoded import ForgettingRNN
from spice.resources.bandits import (
    AgentNetwork,
    AgentQ,
    AgentSpice,
    BanditsDrift,
    BanditSession,
    create_dataset,
    get_update_dynamics,
)
from spice.resources.optimizer_selection import optimize_for_participant
from spice.resources.rnn_utils import DatasetRNN, split_data_along_sessiondim, split_data_along_timedim
from spice.resources.sindy_training import fit_spice
from spice.utils.convert_dataset import convert_dataset
from spice.utils.plotting import plot_session

TABLE = pd.DataFrame({"session": [0, 0, 0, 0], "choice": [0, 1, 0, 1], "reward": [1, 0, 1, 0]})
SESSION = BanditSession(np.array([0, 1]), np.array([[1.0, -1], [-1, 0]]), np.zeros(2, dtype=int), 2)
OTHERS = {"a table": TABLE, "None": None, "text": "abc", "numbers": [1, 2], "an agent": AgentQ(), "an object": object()}

Call = tuple[Callable[..., Any], Mapping[str, Any]]


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Call]:
    """Public functions, with arguments that are right."""
    data, _ = simulate_forgetting(n_participants=3, n_trials=20, random_state=0)
    fitted = SpiceEstimator(ForgettingRNN, epochs=1, random_state=0, n_trials_off_policy=50).fit(data)
    network, equations = fitted.rnn_agent, fitted.spice_agent
    settings = {"rnn_modules": CONFIG.rnn_modules, "control_signals": CONFIG.control_parameters, "agent_rnn": network}
    setups = {"library_setup": CONFIG.library_setup, "filter_setup": CONFIG.filter_setup}
    folder = tmp_path_factory.mktemp("models")
    search = {
        "participant_id": 0, "metric_rnn": 0.6, "polynomial_degree": 1, "n_sessions_off_policy": 1,
        "n_trials_optuna": 1, "data": data,
    }  # fmt: skip
    return {
        "DatasetRNN": (DatasetRNN, {"xs": data.xs, "ys": data.ys}),
        "split_data_along_timedim": (split_data_along_timedim, {"dataset": data, "split_ratio": 0.5}),
        "split_data_along_sessiondim": (split_data_along_sessiondim, {"dataset": data, "list_test_sessions": [1]}),
        "AgentNetwork": (AgentNetwork, {"model_rnn": network.model, "n_actions": 2, "participant_ids": (0, 1, 2)}),
        "AgentNetwork.update": (network.update, {"choice": 0, "reward": [1, -1]}),
        "AgentSpice": (AgentSpice, {"agent": network, "equations": fitted.equations_}),
        "get_spice_features": (equations.get_spice_features, {"mapping_modules_values": None}),
        "count_parameters": (equations.count_parameters, {"mapping_modules_values": None}),
        "AgentQ": (AgentQ, {"n_actions": 2, "beta_reward": 1.0, "parameter_variance": 0.0}),
        "AgentQ.update": (AgentQ().update, {"choice": 0, "reward": [1, -1]}),
        "BanditsDrift": (BanditsDrift, {"sigma": 0.1, "n_actions": 2}),
        "step": (BanditsDrift(0.1).step, {"choice": 0}),
        "create_dataset": (
            create_dataset, {"agent": AgentQ(), "environment": BanditsDrift(0.1), "n_trials": 3, "n_sessions": 2},
        ),
        "get_update_dynamics": (get_update_dynamics, {"experiment": SESSION, "agent": AgentQ()}),
        "plot_session": (
            plot_session, {"agents": {"rnn": network}, "experiment": data.xs[0], "labels": None, "save": None},
        ),
        "fit_spice": (partial(fit_spice, n_trials_off_policy=50), settings | {"data": data}),
        "optimize_for_participant": (optimize_for_participant, settings | setups | search),
        "convert_dataset": (
            convert_dataset,
            {"file": TABLE, "df_participant_id": "session", "df_choice": "choice", "df_reward": "reward",
             "additional_inputs": None},
        ),
        "fit": (
            SpiceEstimator(ForgettingRNN, epochs=0, n_trials_off_policy=50).fit,
            {"conditions": data.xs, "targets": data.ys, "data_test": None, "target_test": None},
        ),
        "predict": (fitted.predict, {"conditions": data.xs}),
        "score": (fitted.score, {"conditions": data.xs, "targets": data.ys}),
        "save_spice": (fitted.save_spice, {"path_rnn": folder / "a", "path_spice": folder / "b"}),
        "load_spice": (SpiceEstimator.load_spice, {"path_rnn": folder / "a", "path_spice": folder / "b"}),
        "SpiceConfig": (
            SpiceConfig,
            setups | {"control_parameters": CONFIG.control_parameters, "rnn_modules": CONFIG.rnn_modules},
        ),
    }  # fmt: skip


NAMES = (
    "DatasetRNN", "split_data_along_timedim", "split_data_along_sessiondim", "AgentNetwork", "AgentNetwork.update",
    "AgentSpice", "get_spice_features", "count_parameters", "AgentQ", "AgentQ.update", "BanditsDrift", "step",
    "create_dataset", "get_update_dynamics", "plot_session", "fit_spice", "optimize_for_participant",
    "convert_dataset", "fit", "predict", "score", "save_spice", "load_spice", "SpiceConfig",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", NAMES)
def test_the_error_is_ours(name: str, calls: dict[str, Call], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some text is a good path
    function, arguments = calls[name]
    refused = []
    for argument in arguments:
        for other in OTHERS.values():
            try:
                function(**{**arguments, argument: other})
            except SpiceError as error:
                refused.append(error)
    assert len(refused) >= len(arguments)
    assert all(error.argument and error.remedy for error in refused)


def test_a_table_in_place_of_a_data_set_is_to_be_converted() -> None:
    for split, argument in ((split_data_along_sessiondim, None), (split_data_along_timedim, 0.5)):
        with pytest.raises(SpiceError) as raised:
            split(TABLE, argument)
        assert str(raised.value) == (
            "dataset: expected a DatasetRNN, but got a DataFrame. Make a data set of it by convert_dataset."
        )
