"""Moves of populations, against distributions that are known."""

import numpy as np
import pytest
from refinement.people import NormalLikelihood
from scipy.special import betaln
from scipy.stats import beta, t

from spice.refinement.chain_population import MANY, STEP, PopulationMoves, usual_step
from spice.refinement.population import Population
from spice.refinement.priors import ALL_OR_NOBODY

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
K = len(COORDINATES)
TRACE = [entry.parameter for entry in COORDINATES.entries].index(("betas", "x_value_choice", "1"))
NOTHING = np.zeros(K, dtype=bool)
CHAINS = 60


def moves_of(k: int, apart: bool = False) -> tuple[PopulationMoves, Population]:
    """Of people who have only one coordinate, or not even that."""
    only = np.arange(K) == k
    moves = PopulationMoves(COORDINATES, np.array([only, NOTHING]), only & apart, np.random.default_rng(0))
    usual = Population.usual(COORDINATES).held_apart(moves.apart)
    return moves, Population(np.tile(usual.mean, (CHAINS, 1)), np.tile(usual.covariance, (CHAINS, 1, 1)))


def quartiles(found: list[np.ndarray], of_prior: np.ndarray) -> None:
    np.testing.assert_allclose([np.mean(np.array(found) <= q) for q in of_prior], [0.25, 0.5, 0.75], atol=0.04)


def test_large_moves_of_a_population_that_nobody_tells_of_go_through_its_prior() -> None:
    """Also where steps are large, so that the spread that they are in units of changes with them."""
    moves, population = moves_of(0)
    means, sds = [], []
    for _ in range(2000):
        new, _, log_ratio = moves.proposed(population, 0, 1.0)
        taken = np.log(moves.rng.random(CHAINS)) < log_ratio
        population.mean[taken], population.covariance[taken] = new.mean[taken], new.covariance[taken]
        means.append((population.mean[:, 0] - COORDINATES.mean[0]) / COORDINATES.mean_sd[0])
        sds.append(np.sqrt(population.variance[:, 0]) / COORDINATES.spread[0])
    np.testing.assert_allclose([np.mean(means), np.std(means)], [0.0, 1.0], atol=0.08)
    # Of a half-t distribution with two degrees of freedom.
    quartiles(sds, t(2).ppf([0.625, 0.75, 0.875]))


def test_people_and_population_drawn_in_turn_go_through_the_prior() -> None:
    """Two people whose choices tell nothing: what a population is drawn from and what it is drawn for must agree."""
    moves, population = moves_of(0)
    means, sds = [], []
    for _ in range(1500):
        noise = moves.rng.normal(size=(CHAINS, 2, K))
        people = population.mean[:, None] + noise * np.sqrt(population.variance)[:, None]
        population = moves.step(moves.draw(population, people), people)
        means.append((population.mean[:, 0] - COORDINATES.mean[0]) / COORDINATES.mean_sd[0])
        sds.append(np.sqrt(population.variance[:, 0]) / COORDINATES.spread[0])
    np.testing.assert_allclose([np.mean(means), np.std(means)], [0.0, 1.0], atol=0.08)
    quartiles(sds, t(2).ppf([0.625, 0.75, 0.875]))


def test_steps_are_smaller_where_people_are_many() -> None:
    assert usual_step(4) == usual_step(int(MANY)) == STEP
    assert usual_step(int(4 * MANY)) == pytest.approx(STEP / 2)


def test_a_population_that_is_held_apart_stays_apart() -> None:
    moves, population = moves_of(TRACE, apart=True)
    people = np.zeros((CHAINS, 2, K))
    seen = set()
    for _ in range(40):
        people[..., TRACE] = moves.rng.normal(1.0, 0.5, (CHAINS, 2))
        population = moves.step(moves.draw(population, people), people)
        assert population.is_apart(moves.apart).all()
        seen.update(population.variance[:, TRACE])
    assert len(seen) > 500


@pytest.mark.parametrize("n_present", [0, 3, 8])
def test_prevalences_are_of_everybody_nobody_or_some(n_present: int) -> None:
    moves, _ = moves_of(TRACE)
    structure = np.tile(np.where(np.arange(8) < n_present, 0, 1), (CHAINS, 1))
    drawn = np.concatenate([moves.prevalence(np.zeros((CHAINS, K)), structure)[:, TRACE] for _ in range(100)])
    whole = (drawn == 0) | (drawn == 1)
    if n_present == 3:
        assert not whole.any()
        assert drawn.mean() == pytest.approx(3.5 / 9, abs=0.01)
        return
    # How probable a whole and a part are that all eight are alike, times how probable they are before.
    some = np.exp(betaln(8.5, 0.5) - betaln(0.5, 0.5)) * (1 - 2 * ALL_OR_NOBODY)
    assert whole.mean() == pytest.approx(ALL_OR_NOBODY / (ALL_OR_NOBODY + some), abs=0.02)
    assert (drawn[whole] == (n_present == 8)).all()
    part = np.quantile(drawn[~whole], [0.25, 0.5, 0.75])
    np.testing.assert_allclose(part, beta(0.5 + n_present, 8.5 - n_present).ppf([0.25, 0.5, 0.75]), atol=0.02)
