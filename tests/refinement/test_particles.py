"""Draws of people, and what they stand for."""

import numpy as np
from refinement.people import NormalLikelihood, simulated

from spice.refinement.particles import draw_particles
from spice.refinement.population import Population
from spice.refinement.presence import Mixture, look_at

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
K = len(COORDINATES)
EVERYTHING = np.ones(K, dtype=bool)


def mixture_of(likelihood: NormalLikelihood, population: Population) -> Mixture:
    structures = look_at(likelihood, likelihood.best, population, [EVERYTHING])  # type: ignore[arg-type]
    return Mixture(structures, population, np.ones(K), np.ones((likelihood.n_rows, 1)), 0.0, ~EVERYTHING)


def test_weights_make_up_for_where_draws_come_from() -> None:
    """Weighed by the prior they give the marginal likelihood, which is a formula for normal likelihoods."""
    rng = np.random.default_rng(0)
    likelihood = simulated(rng, rng.normal(COORDINATES.mean, COORDINATES.spread, (6, K)), 4.0)
    population = Population.usual(COORDINATES, of_one=True)
    mixture = mixture_of(likelihood, population)
    particles = draw_particles(likelihood, mixture, 0, 4000, rng)  # type: ignore[arg-type]
    away = particles.theta - population.mean
    prior = -0.5 * np.einsum("rnk,kl,rnl->rn", away, population.precision, away)
    prior -= 0.5 * np.linalg.slogdet(population.covariance)[1]
    evidence = np.logaddexp.reduce(particles.log_weight + prior, axis=1) - np.log(4000)
    expected = mixture.structures.quadratic.one(0).log_evidence(population)
    np.testing.assert_allclose(evidence, expected, atol=0.15)


def test_draws_beyond_what_people_can_be_do_not_count() -> None:
    rng = np.random.default_rng(1)
    likelihood = simulated(rng, rng.normal(COORDINATES.mean, COORDINATES.spread, (2, K)), 4.0)
    population = Population(COORDINATES.mean, np.diag((5 * COORDINATES.high) ** 2))
    particles = draw_particles(likelihood, mixture_of(likelihood, population), 0, 400, rng)  # type: ignore[arg-type]
    outside = (np.abs(particles.theta) > 2 * np.maximum(np.abs(COORDINATES.low), COORDINATES.high)).any(-1)
    assert not np.isfinite(particles.log_weight[outside]).any()
    assert np.isfinite(particles.log_weight).any(1).all()
