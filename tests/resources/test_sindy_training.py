import inspect

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.discovery.settings_search import OptunaOptions
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, FitWarning
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork
from spice.resources.rnn_utils import split_data_along_sessiondim, split_data_along_timedim
from spice.resources.sindy_training import fit_spice

SEARCH = {
    "rnn_modules": CONFIG.rnn_modules,
    "control_signals": CONFIG.control_parameters,
    "n_trials_off_policy": 200,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def dataset():
    return simulate_individual_differences(n_participants=6, n_trials=80, random_state=2)[0]


@pytest.fixture(scope="module")
def network(dataset):
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=15, n_trials_off_policy=100, random_state=0)
    return estimator.set_params(spice_refine=False).fit(dataset.xs, dataset.ys).rnn_agent


def split(data, ratio):
    if isinstance(ratio, list):
        return split_data_along_sessiondim(data, ratio)[0]
    return split_data_along_timedim(data, ratio)[0]


class TestFitSpice:
    def test_equations_describe_the_networks(self, network, dataset):
        agent, loss = fit_spice(agent_rnn=network, data=dataset, polynomial_degree=1, **SEARCH)
        network_loss = _loss(network, dataset)
        assert loss == pytest.approx(network_loss, abs=0.02)
        assert list(agent.get_spice_features()) == list(range(6))
        first, second = (agent.get_spice_features()[p]["x_value_reward_chosen"][1] for p in (0, 1))
        assert first != second

    def test_all_participants_at_once_equal_one_alone(self, network, dataset):
        everybody, _ = fit_spice(agent_rnn=network, data=dataset, polynomial_degree=2, **SEARCH)
        alone, _ = fit_spice(agent_rnn=network, data=dataset, polynomial_degree=2, participant_id=4, **SEARCH)
        assert alone.get_participant_ids() == (4,)
        assert alone.get_spice_features()[4] == everybody.get_spice_features()[4]

    def test_without_data(self, network):
        agent, loss = fit_spice(agent_rnn=network, polynomial_degree=1, **SEARCH)
        assert np.isnan(loss)
        assert agent.count_parameters()[0] > 2

    def test_a_threshold_too_high_leaves_nothing(self, network, dataset):
        agent, _ = fit_spice(agent_rnn=network, data=dataset, optimizer_threshold=50.0, **SEARCH)
        assert agent.count_parameters() == dict.fromkeys(range(6), 1)

    def test_the_search_keeps_the_better(self, network, dataset):
        plain, before = fit_spice(agent_rnn=network, data=dataset, optimizer_threshold=0.6, **SEARCH)
        searched, after = fit_spice(
            agent_rnn=network, data=dataset, optimizer_threshold=0.6, use_optuna=True, optuna_threshold=0.0,
            optuna_n_trials=6, **SEARCH,
        )  # fmt: skip
        assert after < before
        assert searched.get_spice_features() != plain.get_spice_features()

    def test_arguments_of_older_scripts_that_change_nothing(self, network, dataset):
        arguments = SEARCH | {"agent_rnn": network, "data": dataset, "polynomial_degree": 1}
        plain, loss = fit_spice(**arguments)
        older, same = fit_spice(
            **arguments, shuffle=True, train_test_ratio=1.0, get_loss=True, filter_bad_participants=True, pruning=True,
            dataprocessing={"x_value_reward_chosen": [0, 0, 0]}, deterministic=True,
        )  # fmt: skip
        assert older.get_spice_features() == plain.get_spice_features()
        assert same == loss
        assert older.deterministic
        assert not plain.deterministic

    def test_no_loss(self, network, dataset):
        assert np.isnan(fit_spice(agent_rnn=network, data=dataset, get_loss=False, **SEARCH)[1])

    @pytest.mark.parametrize("ratio", [0.5, [2]])
    def test_the_training_part_alone(self, network, ratio):
        data = simulate_individual_differences(n_participants=6, n_trials=40, n_sessions=2, random_state=4)[0]
        part = split(data, ratio)
        _, expected = fit_spice(agent_rnn=network, data=part, polynomial_degree=1, **SEARCH)
        _, loss = fit_spice(agent_rnn=network, data=data, polynomial_degree=1, train_test_ratio=ratio, **SEARCH)
        assert loss == expected
        assert loss != fit_spice(agent_rnn=network, data=data, polynomial_degree=1, **SEARCH)[1]

    def test_processing_is_said_not_to_be_done(self, network):
        asked = {"x_value_reward_chosen": [0, 0, 1], "c_reward": [0, 0, 0]}
        with pytest.warns(FitWarning, match="dataprocessing of x_value_reward_chosen is not done"):
            fit_spice(agent_rnn=network, dataprocessing=asked, **SEARCH)

    @pytest.mark.parametrize(
        "asked",
        [{"train_test_ratio": 0.5}, {"get_loss": True}, {"filter_bad_participants": True}, {"pruning": True}],
    )
    def test_what_needs_data_says_so(self, network, asked):
        with pytest.raises(ConfigError, match=f"{next(iter(asked))}.*data"):
            fit_spice(agent_rnn=network, **asked, **SEARCH)

    def test_unknown_names(self, network):
        arguments = SEARCH | {"rnn_modules": ["x_value_reward_chosen", "x_nothing"]}
        with pytest.raises(ConfigError, match="x_nothing"):
            fit_spice(agent_rnn=network, library_setup={}, filter_setup={}, **arguments)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("polynomial_degree", 0), ("polynomial_degree", 6), ("polynomial_degree", 1.5),
            ("n_sessions_off_policy", 0), ("n_trials_off_policy", 5), ("n_trials_same_action_off_policy", 0),
            ("optuna_threshold", -0.1), ("optuna_n_trials", 0),
        ],
    )  # fmt: skip
    def test_its_limits_are_those_of_the_estimator(self, network, dataset, name, value):
        with pytest.raises(ConfigError) as raised:
            fit_spice(agent_rnn=network, data=dataset, **SEARCH | {name: value})
        assert raised.value.argument == name
        own = {"polynomial_degree": "spice_library_polynomial_degree"}.get(name, name)
        with pytest.raises(ConfigError) as of_estimator:
            SpiceEstimator(**{own: value}).fit(dataset.xs, dataset.ys)
        assert raised.value.expected == of_estimator.value.expected

    def test_a_search_begins_where_the_estimators_does(self):
        defaults = [
            inspect.signature(call).parameters["optuna_threshold"].default for call in (fit_spice, SpiceEstimator)
        ]
        assert defaults == [OptunaOptions().threshold] * 2


def _loss(agent: AgentNetwork, dataset):
    from spice.model.scored_trials import ScoredTrials

    return ScoredTrials.of(dataset.xs, dataset.ys, agent).mean_nll(agent)
