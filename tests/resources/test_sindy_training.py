import inspect

import numpy as np
import pytest
import torch

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.datasets import simulate_individual_differences
from spice.discovery.off_policy import off_policy_trials
from spice.discovery.regressions import OffPolicy, set_up_regressions
from spice.discovery.samples import sample_mechanisms
from spice.discovery.settings_search import OptunaOptions
from spice.discovery.sparse_regression import SparseOptions
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, FitWarning
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.config import SpiceConfig
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork
from spice.resources.mechanisms import Mechanism
from spice.resources.optimizer_selection import optimize_for_participant
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


class GivenRNN(BaseRNN):
    """Its equation is given, so that samples of a known function can be taken from a learned one beside it."""

    init_values = {"x_value_reward": 0.5}
    mechanisms = (
        Mechanism("x_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
        Mechanism(
            "x_other",
            state="x_value_reward",
            applies_to="not_chosen",
            equation={"x_value_reward": 0.8, "1": 0.1},
        ),
    )


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


class TestOptimizeForParticipant:
    ARGUMENTS = {
        "rnn_modules": CONFIG.rnn_modules,
        "control_signals": CONFIG.control_parameters,
        "library_setup": CONFIG.library_setup,
        "filter_setup": CONFIG.filter_setup,
        "polynomial_degree": 1,
        "n_sessions_off_policy": 1,
        "n_trials_off_policy": 200,
        "random_state": 0,
    }

    def search(self, network, dataset, participant=1, **changed):
        arguments = self.ARGUMENTS | {"metric_rnn": None, "n_trials_optuna": 5} | changed
        return optimize_for_participant(participant, network, dataset, **arguments)

    def test_never_worse_than_before(self, network, dataset):
        good = self.search(network, dataset, optimizer_threshold=0.01)
        assert good["loss"] <= good["loss_before"]
        bad = self.search(network, dataset, optimizer_threshold=0.9)
        assert bad["loss"] < bad["loss_before"]
        assert bad["optimizer_threshold"] != 0.9

    def test_what_it_returns_gives_that_loss(self, network, dataset):
        best = self.search(network, dataset, optimizer_threshold=0.9)
        agent, _ = fit_spice(
            agent_rnn=network, data=dataset, polynomial_degree=1, optimizer_type=best["optimizer_type"],
            optimizer_threshold=best["optimizer_threshold"], optimizer_alpha=best["optimizer_alpha"], **SEARCH,
        )  # fmt: skip
        one = type(dataset)(dataset.xs[1:2], dataset.ys[1:2])
        assert _loss(agent, one) == pytest.approx(best["loss"], abs=1e-5)

    def test_a_study_is_continued(self, network, dataset, tmp_path):
        import optuna

        storage = f"sqlite:///{tmp_path / 'studies.db'}"
        self.search(network, dataset, storage=storage, n_trials_optuna=4)
        self.search(network, dataset, storage=storage, n_trials_optuna=6)
        study = optuna.load_study(study_name="spice-participant-1", storage=storage)
        assert len(study.trials) == 6

    def test_it_stops_within_reach_of_the_network(self, network, dataset, tmp_path):
        import optuna

        storage = f"sqlite:///{tmp_path / 'studies.db'}"
        self.search(network, dataset, metric_rnn=10.0, storage=storage, n_trials_optuna=20)
        study = optuna.load_study(study_name="spice-participant-1", storage=storage)
        assert len(study.trials) == 1

    @pytest.mark.parametrize("metric", [np.array(10.0), np.array([10.0]), np.float32(10), torch.tensor([10.0])])
    def test_the_networks_likelihood_as_an_array(self, network, dataset, metric):
        assert self.search(network, dataset, metric_rnn=metric) == self.search(network, dataset, metric_rnn=10.0)

    def test_the_networks_likelihood_of_everybody(self, network, dataset):
        everybody = np.array([0.0, 10.0, 0.0, 0.0, 0.0, 0.0])
        own = self.search(network, dataset, metric_rnn=everybody)
        assert own == self.search(network, dataset, metric_rnn=10.0)
        assert own["loss"] != self.search(network, dataset, metric_rnn=everybody[::-1])["loss"]
        with pytest.raises(ConfigError, match=r"metric_rnn.*or 6 in the order of participants.*2 of them"):
            self.search(network, dataset, metric_rnn=[1.0, 2.0])

    @pytest.mark.parametrize(
        ("name", "value"), [("n_sessions_off_policy", 0), ("polynomial_degree", 6), ("n_trials_optuna", 0)]
    )
    def test_its_limits_are_those_of_the_estimator(self, network, dataset, name, value):
        with pytest.raises(ConfigError) as raised:
            self.search(network, dataset, **{name: value})
        assert raised.value.argument == name


class TestRegressions:
    def test_samples_are_what_the_network_does(self, dataset):
        model = build_model(GivenRNN, 2, 1, 1, _options())
        trials, _ = read_conditions(dataset.xs[:1], 2)
        samples = sample_mechanisms(model, SpiceConfig.from_model(GivenRNN), trials, Ids.of(trials, (0,), (0,)))
        chosen = samples["x_chosen"]
        np.testing.assert_array_equal(chosen.mask, trials.actions.numpy() > 0)
        np.testing.assert_array_equal(chosen.variables[..., 1][chosen.mask], trials.rewards.sum(-1).ravel().numpy())
        # Between two trials an arm not chosen moves by the given equation.
        value = np.full(2, 0.5)
        for t, arm in enumerate(chosen.mask[:, 0, 1].astype(int)):
            assert chosen.variables[t, 0, arm, 0] == pytest.approx(value[arm], abs=1e-5)
            value = 0.8 * value + 0.1
            value[arm] = chosen.targets[t, 0, arm]

    def test_filters_on_any_signal(self, dataset):
        model = build_model(GivenRNN, 2, 1, 1, _options())
        config = SpiceConfig(
            {"x_chosen": ["c_reward"]},
            {"x_chosen": [["c_action", 1, True], ["c_reward", 1, True]]},
            ["c_action", "c_reward"],
            ["x_chosen"],
        )
        trials, _ = read_conditions(dataset.xs[:1], 2)
        samples = sample_mechanisms(model, config, trials, Ids.of(trials, (0,), (0,)))["x_chosen"]
        assert samples.mask.sum() == trials.rewards.sum()
        regressions = set_up_regressions(
            model, config, trials, np.array([-1]), 2, OffPolicy(200), np.random.default_rng(0)
        )
        # With the reward fixed at 1 every term with it stands for one without.
        names = np.array(regressions["x_chosen"].terms.names)[regressions["x_chosen"].allowed]
        assert not any("c_reward" in name for name in names)

    def test_binary_rewards_have_no_square(self, dataset):
        model = build_model(GivenRNN, 2, 1, 1, _options())
        trials, _ = read_conditions(dataset.xs[:1], 2)
        regression = set_up_regressions(
            model, SpiceConfig.from_model(GivenRNN), trials, np.array([-1]), 2, OffPolicy(200),
            np.random.default_rng(0),
        )["x_chosen"]  # fmt: skip
        allowed = np.array(regression.terms.names)[regression.allowed].tolist()
        assert "c_reward" in allowed
        assert "c_reward^2" not in allowed
        assert np.all(regression.solve(SparseOptions())[:, ~regression.allowed] == 0)


def test_off_policy_trials_take_their_outcomes_from_the_data(dataset):
    xs = dataset.xs.numpy().copy()
    shown = xs[..., 2:4] != -1
    xs[..., 2:4][shown] = np.where(xs[..., 2:4][shown] > 0, 0.75, 0.25)
    trials, _ = read_conditions(xs, 2)
    made = off_policy_trials(trials, 1000, 2, 5, np.random.default_rng(0))
    rewards = made.rewards[made.shown > 0].numpy()
    np.testing.assert_allclose(np.unique(rewards), [0.25, 0.75])
    assert rewards.mean() == pytest.approx(trials.rewards[trials.shown > 0].mean().item(), abs=0.03)
    choices = made.actions.argmax(-1).numpy().reshape(200, 5, 2)
    assert (choices == choices[:, :1]).all()
    assert (made.shown == made.actions).all()


def _options():
    from spice.rollout.networks import NetworkOptions

    return NetworkOptions()


def _loss(agent: AgentNetwork, dataset):
    from spice.model.scored_trials import ScoredTrials

    return ScoredTrials.of(dataset.xs, dataset.ys, agent).mean_nll(agent)
