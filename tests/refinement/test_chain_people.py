"""Moves of people, against posteriors that are formulas."""

from dataclasses import replace

import numpy as np
import pytest
from refinement.people import NormalLikelihood, simulated

from spice.refinement.chain_people import People, PeopleMoves
from spice.refinement.population import Population, Quadratic
from spice.refinement.priors import log_prior
from spice.refinement.structures import Structures, look_at, with_signs

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
K = len(COORDINATES)
TRACE = [entry.parameter for entry in COORDINATES.entries].index(("betas", "x_value_choice", "1"))
EVERYTHING = np.ones(K, dtype=bool)
NO_TRACE = COORDINATES.closed(np.arange(K) != TRACE)
NOBODY = np.zeros(K, dtype=bool)
PREVALENCE = np.full(K, 0.5)
CHAINS = 300


def three_people(sizes: tuple[float, ...] = (0.3, 1.0, 1.7), strength: float = 1.5) -> NormalLikelihood:
    """With traces of choices of different sizes, of which their choices tell so much."""
    truth = np.tile(COORDINATES.mean, (len(sizes), 1))
    truth[:, TRACE] = sizes
    truth[np.array(sizes) == 0] *= NO_TRACE
    return simulated(np.random.default_rng(0), truth, strength)


def around(mean_of_trace: float) -> Population:
    usual = Population.usual(COORDINATES)
    mean = usual.mean.copy()
    mean[TRACE] = mean_of_trace
    return Population(mean, 0.25 * usual.covariance)


def structures_of(likelihood: NormalLikelihood, population: Population, mirrored: np.ndarray = NOBODY) -> Structures:
    found = with_signs([EVERYTHING, NO_TRACE], mirrored)
    looked_at = look_at(likelihood, likelihood.best, population, *found, steps=8)  # type: ignore[arg-type]
    # Those that are made of a look go only as far as people can be; these are the likelihood itself.
    kept = looked_at.present[None, :, :, None] & looked_at.present[None, :, None, :]
    mirror = looked_at.sign[None, :, :, None] * looked_at.sign[None, :, None, :]
    score = (
        np.einsum("rkl,rl->rk", likelihood.information, likelihood.best)[:, None] * looked_at.sign * looked_at.present
    )
    constant = -0.5 * np.einsum("rk,rkl,rl->r", likelihood.best, likelihood.information, likelihood.best)
    return replace(
        looked_at,
        quadratic=Quadratic(
            np.tile(constant[:, None], (1, len(kept[0]))), score, likelihood.information[:, None] * kept * mirror
        ),
    )


def run(likelihood: NormalLikelihood, structures: Structures, population: Population, sweeps: int) -> list[People]:
    """Where chains are after each of some sweeps, of leaps and of steps."""
    moves = PeopleMoves(likelihood, structures, np.random.default_rng(1))  # type: ignore[arg-type]
    several = Population(np.tile(population.mean, (CHAINS, 1)), np.tile(population.covariance, (CHAINS, 1, 1)))
    people = moves.start(np.ones((likelihood.n_rows, len(structures.present))), CHAINS)
    prevalence, found = np.tile(PREVALENCE, (CHAINS, 1)), []
    for _ in range(sweeps):
        people = moves.step(moves.leap(people, several, prevalence), several)
        found.append(people)
    return found


@pytest.mark.parametrize("trusted", [1.0, 0.5, 1.6])
def test_chains_go_through_the_posterior_however_good_the_parabolas_are(trusted: float) -> None:
    likelihood, population = three_people(), around(1.0)
    exact = structures_of(likelihood, population)
    q = exact.quadratic
    weights = np.exp(q.log_evidence(population) + log_prior(COORDINATES, exact.present, PREVALENCE))
    weights /= weights.sum(1, keepdims=True)
    mean, covariance = q.posterior(population)
    off = replace(exact, quadratic=Quadratic(q.constant, trusted * q.score, trusted * q.information))
    seen = run(likelihood, off, population, 60)[20:]
    shares = np.mean([one.structure == 0 for one in seen], axis=(0, 1))
    np.testing.assert_allclose(shares, weights[:, 0], atol=0.03)
    for row in range(3):
        theta = np.concatenate([one.theta[:, row][one.structure[:, row] == 0] for one in seen])
        sds = np.sqrt(np.diag(covariance[row, 0]))
        np.testing.assert_allclose((theta.mean(0) - mean[row, 0]) / sds, 0.0, atol=0.1)
        np.testing.assert_allclose(theta.std(0) / sds, 1.0, atol=0.08)


def test_what_a_person_lacks_is_what_the_population_says() -> None:
    likelihood, population = three_people(), around(1.0)
    seen = run(likelihood, structures_of(likelihood, population), population, 60)[20:]
    lacking = np.concatenate([one.theta[one.structure == 1][:, TRACE] for one in seen])
    assert lacking.mean() == pytest.approx(1.0, abs=0.05)
    assert lacking.std() == pytest.approx(0.5 * COORDINATES.spread[TRACE], rel=0.08)


def test_who_has_the_opposite_is_mirrored() -> None:
    likelihood, population = three_people((-1.5, 0.0, 1.5), strength=12.0), around(1.5)
    structures = structures_of(likelihood, population, np.arange(K) == TRACE)
    np.testing.assert_allclose(structures.log_share, [np.log(0.5), np.log(0.5), 0.0])
    seen = run(likelihood, structures, population, 40)[10:]
    sign = np.mean([(structures.sign * structures.present)[one.structure][..., TRACE] for one in seen], axis=(0, 1))
    assert sign[0] < -0.95
    assert sign[2] > 0.95
    assert abs(sign[1]) < 0.05
    assert np.mean([one.theta[:, 0, TRACE] for one in seen]) == pytest.approx(1.5, abs=0.3)


def test_nobody_leaps_to_what_people_cannot_be() -> None:
    likelihood = three_people()
    wide = Population(COORDINATES.mean, np.diag((3 * COORDINATES.high) ** 2))
    flat = NormalLikelihood(likelihood.best, 1e-9 * likelihood.information)
    seen = run(flat, structures_of(flat, wide), wide, 5)
    present = np.array([EVERYTHING, NO_TRACE])
    for one in seen:
        beyond = (one.theta > 2 * COORDINATES.high) | (one.theta < 2 * COORDINATES.low)
        assert not (beyond & present[one.structure]).any()
        assert np.isfinite(one.log_likelihood).all()
