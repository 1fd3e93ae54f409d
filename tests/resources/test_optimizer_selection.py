"""Better settings of SINDy for one participant."""

import numpy as np
import pytest
import torch

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork
from spice.resources.optimizer_selection import optimize_for_participant
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


def _loss(agent: AgentNetwork, dataset):
    from spice.model.scored_trials import ScoredTrials

    return ScoredTrials.of(dataset.xs, dataset.ys, agent).mean_nll(agent)


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
