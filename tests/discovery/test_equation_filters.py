"""Equations without what does nothing, and without people they do not describe."""

from dataclasses import replace

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences
from spice.discovery.equation_filters import without_bad_participants, without_idle_mechanisms
from spice.exceptions import ConfigError
from spice.model.base import build_model
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
    return AgentSpice(agent, replace(agent.coefficients, **columns))


def test_idle_mechanisms_of_one_person_are_emptied(equations, dataset):
    betas = equations.coefficients.betas["x_value_reward"].copy()
    betas[2] = 0.0
    agent = changed(equations, betas={"x_value_reward": betas})
    scored = ScoredTrials.of(dataset.xs, dataset.ys, agent)
    pruned = without_idle_mechanisms(agent, scored)
    for name, values in pruned.coefficients.values.items():
        assert not values[2].any()
        others = [0, 1, 3, 4]
        np.testing.assert_array_equal(values[others], agent.coefficients.values[name][others])
    assert pruned.count_parameters()[2] == 1
    assert scored.mean_nll(pruned) == pytest.approx(scored.mean_nll(agent), abs=1e-6)


def test_mechanisms_that_do_something_stay(equations, dataset):
    pruned = without_idle_mechanisms(equations, ScoredTrials.of(dataset.xs, dataset.ys, equations))
    assert pruned.get_spice_features() == equations.get_spice_features()


def test_people_whom_equations_do_not_describe_are_left_out(equations, network, dataset):
    betas = equations.coefficients.betas["x_value_reward"].copy()
    betas[1] = -60.0
    agent = changed(equations, betas={"x_value_reward": betas})
    agent.call_people({0: "Ann", 1: "Bob", 2: "Cy", 3: "Di"})
    kept = without_bad_participants(agent, network, ScoredTrials.of(dataset.xs, dataset.ys, agent))
    assert kept.get_participant_ids() == (0, 2, 3)
    assert tuple(kept.equations.labels) == ("Ann", "Cy", "Di")
    features = agent.get_spice_features()
    assert kept.get_spice_features() == {participant: features[participant] for participant in (0, 2, 3)}


def test_nobody_left_is_an_error(equations, network, dataset):
    betas = np.full_like(equations.coefficients.betas["x_value_reward"], -60.0)
    agent = changed(equations, betas={"x_value_reward": betas})
    with pytest.raises(ConfigError, match="filter_bad_participants"):
        without_bad_participants(agent, network, ScoredTrials.of(dataset.xs, dataset.ys, agent))
