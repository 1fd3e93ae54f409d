"""Structures of people, and their likelihoods."""

import numpy as np
from refinement.people import NormalLikelihood, simulated

from spice.refinement.population import Population
from spice.refinement.structures import look_at, with_signs

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
K = len(COORDINATES)
EVERYTHING = np.ones(K, dtype=bool)


def test_every_sign_of_what_is_present_is_a_structure() -> None:
    mirrored = np.isin(np.arange(K), [1, 3])
    without = np.arange(K) != 3
    present, sign, log_share = with_signs([EVERYTHING, without], mirrored)
    assert present.sum(1).tolist() == [K] * 4 + [K - 1] * 2
    assert {tuple(one[[1, 3]]) for one in sign[:4]} == {(1, 1), (1, -1), (-1, 1), (-1, -1)}
    assert (sign[:, ~mirrored] == 1).all()
    np.testing.assert_allclose(np.exp(log_share), [0.25] * 4 + [0.5] * 2)


def test_mirrored_people_in_a_mirrored_population_are_as_likely() -> None:
    """The evidence of the opposite is that of the opposite people."""
    rng = np.random.default_rng(0)
    truth = rng.normal(COORDINATES.mean, COORDINATES.spread, (4, K))
    likelihood = simulated(rng, truth, 4.0)
    opposite = np.where(np.arange(K) == 1, -1.0, 1.0)
    flipped = NormalLikelihood(likelihood.best * opposite, likelihood.information)
    usual = Population.usual(COORDINATES)
    population = Population(usual.mean + np.where(np.arange(K) == 1, 1.0, 0.0), usual.covariance)
    plain = look_at(likelihood, likelihood.best, population, [EVERYTHING], steps=8)  # type: ignore[arg-type]
    signs, share = opposite[None], np.log([0.5])
    mirrored = look_at(flipped, likelihood.best, population, [EVERYTHING], signs, share, steps=8)  # type: ignore[arg-type]
    np.testing.assert_allclose(mirrored.theta, plain.theta, atol=1e-3)
    np.testing.assert_allclose(
        mirrored.quadratic.log_evidence(population), plain.quadratic.log_evidence(population), atol=1e-6
    )
    both = plain.joined(mirrored)
    assert both.select(np.array([False, True])).sign[0, 1] == -1
    assert both.log_share.tolist() == [0.0, np.log(0.5)]
