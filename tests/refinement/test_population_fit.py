"""Coefficients of people, each lent strength by the others."""

import numpy as np
import pytest
from refinement.people import likelihood_of, prepare

from spice.precoded import ParticipantEmbeddingRNN
from spice.refinement.population_fit import Population, fit_rows, start_population


@pytest.fixture(scope="module")
def people():
    return prepare(ParticipantEmbeddingRNN, degree=2)


def test_slopes_stay_within_one(people):
    agent, data, _ = people
    likelihood = likelihood_of(agent, data)
    theta = likelihood.start()
    own = [k for k, (mechanism, term) in enumerate(likelihood.names) if mechanism == term]
    theta[:, own] = 1.7
    active = np.tile(likelihood.allowed(), (likelihood.n_rows, 1))
    theta = np.where(active, theta, 0.0)
    fit = fit_rows(likelihood, theta, active, start_population(theta, active, 0.1), rounds=3, spread=True)
    assert (np.abs(fit.theta[:, own]) <= 1).all()


def test_people_lend_each_other_strength():
    """With a narrow population everybody gets its mean; with a wide one each keeps an own estimate."""
    agent, data, _ = prepare(ParticipantEmbeddingRNN, n_participants=6, n_trials=60)
    likelihood = likelihood_of(agent, data)
    theta = likelihood.start()
    active = np.ones(theta.shape, dtype=bool)
    n = theta.shape[1]
    spreads = []
    for sd in (1e-3, 1.0):
        population = Population(theta.mean(0), np.eye(n) * sd**2)
        fit = fit_rows(likelihood, theta, active, population, rounds=0)
        spreads.append(fit.theta.std(0))
        np.testing.assert_array_equal(fit.population.mean, theta.mean(0))
    assert (spreads[0] < 5e-3).all()
    assert (spreads[1] > 0.05).any()
