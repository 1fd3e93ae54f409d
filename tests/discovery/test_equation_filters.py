"""Equations without what does nothing, and without people they do not describe."""

from dataclasses import replace

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.discovery.equation_filters import without_bad_participants, without_idle_mechanisms
from spice.exceptions import ConfigError
from spice.model.build import build_model
from spice.model.scored_trials import ScoredTrials
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork, AgentSpice
from spice.resources.sindy_training import fit_spice
from spice.rollout.networks import NetworkOptions

PEOPLE = 4


@pytest.fixture(scope="module")
def dataset():
    return simulate_individual_differences(n_participants=PEOPLE, n_trials=40, random_state=3)[0]


@pytest.fixture(scope="module")
def network():
    return AgentNetwork(build_model(ParticipantEmbeddingRNN, 2, PEOPLE, 1, NetworkOptions()))


@pytest.fixture(scope="module")
def equations(network, dataset):
    named = CONFIG.rnn_modules, CONFIG.control_parameters
    return fit_spice(*named, network, dataset, polynomial_degree=1, n_trials_off_policy=100, random_state=0)[0]


def changed(agent, **columns):
    return replace(agent.equations, coefficients=replace(agent.coefficients, **columns))


def test_idle_mechanisms_of_one_person_are_emptied(equations, dataset):
    betas = equations.coefficients.betas["x_value_reward"].copy()
    betas[2] = 0.0
    before = changed(equations, betas={"x_value_reward": betas})
    scored = ScoredTrials.of(dataset.xs, dataset.ys, equations)
    pruned = without_idle_mechanisms(equations.fitted, before, scored)
    for name, values in pruned.coefficients.values.items():
        assert not values[2].any()
        others = [0, 1, 3, 4]
        np.testing.assert_array_equal(values[others], before.coefficients.values[name][others])
    agents = AgentSpice(equations, before), AgentSpice(equations, pruned)
    assert agents[1].count_parameters()[2] == 1
    assert scored.mean_nll(agents[1]) == pytest.approx(scored.mean_nll(agents[0]), abs=1e-6)


def test_mechanisms_that_do_something_stay(equations, dataset):
    scored = ScoredTrials.of(dataset.xs, dataset.ys, equations)
    pruned = without_idle_mechanisms(equations.fitted, equations.equations, scored)
    assert AgentSpice(equations, pruned).get_spice_features() == equations.get_spice_features()


def test_people_whom_equations_do_not_describe_are_left_out(equations, network, dataset):
    betas = equations.coefficients.betas["x_value_reward"].copy()
    betas[1] = -60.0
    bad = changed(equations, betas={"x_value_reward": betas}).with_labels({0: "Ann", 1: "Bob", 2: "Cy", 3: "Di"})
    kept = without_bad_participants(network.fitted, bad, ScoredTrials.of(dataset.xs, dataset.ys, network))
    assert kept.participants == (0, 2, 3)
    assert kept.labels == ("Ann", "Cy", "Di")
    features = AgentSpice(network, bad).get_spice_features()
    assert AgentSpice(network, kept).get_spice_features() == {
        participant: features[participant] for participant in (0, 2, 3)
    }


def test_nobody_left_is_an_error(equations, network, dataset):
    betas = np.full_like(equations.coefficients.betas["x_value_reward"], -60.0)
    bad = changed(equations, betas={"x_value_reward": betas})
    with pytest.raises(ConfigError, match="filter_bad_participants"):
        without_bad_participants(network.fitted, bad, ScoredTrials.of(dataset.xs, dataset.ys, network))
