"""Who has which mechanism, in people of whom it is known."""

import numpy as np
import pytest
from refinement.people import NormalLikelihood, likelihood_of_rules, simulated
from tasks import Rules, play

from spice.precoded import ParticipantEmbeddingRNN
from spice.refinement.population import Population
from spice.refinement.population_fit import fit_rows
from spice.refinement.presence import estimate_mixture, fit_mixture
from spice.refinement.priors import can_be, log_prior
from spice.refinement.structures import look_at

COORDINATES = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
NAMES = [entry.parameter for entry in COORDINATES.entries]
TRACE, FORGETS, TARGET = (
    NAMES.index(name)
    for name in (
        ("betas", "x_value_choice", "1"),
        ("values", "x_value_reward_not_chosen", "x_value_reward_not_chosen"),
        ("values", "x_value_reward_not_chosen", "1"),
    )
)
EVERYTHING = np.ones(len(COORDINATES), dtype=bool)


def two_groups(n_people: int, share: float, seed: int = 0) -> tuple[NormalLikelihood, np.ndarray]:
    """People of whom some have a trace of choices, and all forget towards a target."""
    rng = np.random.default_rng(seed)
    has = np.arange(n_people) < share * n_people
    truth = rng.normal(COORDINATES.mean + 0.5 * COORDINATES.spread, 0.5 * COORDINATES.spread, (n_people, len(NAMES)))
    truth[:, TRACE] = rng.normal(1.5, 0.4, n_people)
    truth[~has, TRACE] = 0.0
    # What hangs on the trace stands at 0 where there is none.
    truth[~has] *= COORDINATES.closed(np.arange(len(NAMES)) != TRACE)
    return simulated(rng, truth, 8.0), has


def fitted(likelihood: NormalLikelihood) -> "tuple":
    active = np.tile(EVERYTHING, (likelihood.n_rows, 1))
    start = np.tile(COORDINATES.mean, (likelihood.n_rows, 1))
    fit = fit_rows(likelihood, start, active, Population.usual(COORDINATES), 6)  # type: ignore[arg-type]
    return fit, fit_mixture(likelihood, fit)  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_who_has_it_is_told_from_who_does_not(share: float) -> None:
    likelihood, has = two_groups(40, share)
    _, mixture = fitted(likelihood)
    np.testing.assert_allclose(mixture.weights.sum(1), 1.0)
    probability = (mixture.weights @ mixture.structures.present)[:, TRACE]
    assert (probability[has] > 0.5).all()
    assert (probability[~has] < 0.5).mean() > 0.9
    assert mixture.prevalence[TRACE] == pytest.approx(share, abs=0.1)
    # The population is that of those who have it.
    assert mixture.population.mean[TRACE] == pytest.approx(1.5, abs=0.25)
    assert mixture.prevalence[FORGETS] > 0.9


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_everybody_has_or_nobody(share: float) -> None:
    likelihood, _ = two_groups(40, share)
    _, mixture = fitted(likelihood)
    assert mixture.prevalence[TRACE] == pytest.approx(share, abs=0.1)


def test_more_evidence_than_of_everybody_alike() -> None:
    likelihood, _ = two_groups(40, 0.5)
    fit, mixture = fitted(likelihood)
    alike = look_at(likelihood, fit.theta, fit.population, [EVERYTHING])  # type: ignore[arg-type]
    of_alike = estimate_mixture(COORDINATES, alike, fit.population, np.ones(len(NAMES)), ~EVERYTHING)
    assert mixture.evidence > of_alike.evidence + 10


def test_a_structure_is_as_probable_as_what_it_has_and_lacks() -> None:
    prevalence = np.ones(len(NAMES))
    prevalence[[TRACE, FORGETS, TARGET]] = 0.3, 0.6, 0.2
    without_trace = COORDINATES.closed(np.arange(len(NAMES)) != TRACE)
    without_forgetting = COORDINATES.closed(np.arange(len(NAMES)) != FORGETS)
    without_target = EVERYTHING.copy()
    without_target[TARGET] = False
    present = np.array([EVERYTHING, without_trace, without_forgetting, without_target])
    found = np.exp(log_prior(COORDINATES, present, prevalence))
    # Without forgetting there is no target to have or to lack.
    expected = [0.3 * 0.6 * 0.2, 0.7 * 0.6 * 0.2, 0.3 * 0.4, 0.3 * 0.6 * 0.8]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert not can_be(COORDINATES, without_forgetting)[TARGET]
    assert can_be(COORDINATES, without_target)[TARGET]


def test_people_who_forget_are_found_by_their_choices() -> None:
    """Half of the people forget half of what they know of the other arm at every trial, and half nothing."""
    forget = np.repeat([0.5, 0.0], 10)[:, None]
    xs, ys = play("drift", Rules(beta=6.0, forget=forget), 20, 250, seed=4).arrays
    likelihood = likelihood_of_rules(ParticipantEmbeddingRNN, xs, ys, degree=1)
    coordinates = likelihood.coordinates
    theta, active = likelihood.start()
    active[:, coordinates.kinds == "target"] = False
    fit = fit_rows(likelihood, theta, active, Population.usual(coordinates), 6)
    mixture = fit_mixture(likelihood, fit)
    names = [entry.parameter for entry in coordinates.entries]
    k = names.index(("values", "x_value_reward_not_chosen", "x_value_reward_not_chosen"))
    probability = (mixture.weights @ mixture.structures.present)[:, k]
    assert (probability[:10] > 0.5).sum() >= 9
    assert (probability[10:] < 0.5).sum() >= 9
    assert mixture.prevalence[k] == pytest.approx(0.5, abs=0.15)


def test_what_the_population_lacks_does_not_count_against_what_it_hangs_on() -> None:
    """One person who forgets, towards the start: there is no target, and no doubt of the rate."""
    truth = COORDINATES.mean + 0.5 * COORDINATES.spread
    truth[FORGETS], truth[TARGET] = 2.0, 0.0
    likelihood = simulated(np.random.default_rng(0), truth[None], 8.0)
    active = (np.arange(len(NAMES)) != TARGET)[None]
    population = Population.usual(COORDINATES, of_one=True)
    fit = fit_rows(likelihood, COORDINATES.mean[None], active, population, 0)  # type: ignore[arg-type]
    mixture = fit_mixture(likelihood, fit)  # type: ignore[arg-type]
    assert mixture.prevalence[TARGET] == 0
    assert (mixture.weights @ mixture.structures.present)[0, FORGETS] > 0.9


def test_people_of_both_signs_are_told_from_those_who_have_nothing() -> None:
    """One normal distribution of both would be around nothing, and take in those who have nothing."""
    rng = np.random.default_rng(2)
    truth = rng.normal(COORDINATES.mean + 0.5 * COORDINATES.spread, 0.5 * COORDINATES.spread, (60, len(NAMES)))
    sign = np.repeat([1.0, -1.0, 0.0], 20)
    truth[:, TRACE] = sign * rng.normal(1.5, 0.3, 60)
    truth[sign == 0] *= COORDINATES.closed(np.arange(len(NAMES)) != TRACE)
    _, mixture = fitted(simulated(rng, truth, 8.0))
    structures, weights = mixture.structures, mixture.weights
    probability = (weights @ structures.present)[:, TRACE]
    assert (probability[sign != 0] > 0.5).mean() > 0.95
    assert (probability[sign == 0] < 0.5).mean() > 0.9
    leaning = (weights @ (structures.present * structures.sign))[:, TRACE] / probability
    np.testing.assert_allclose(leaning[sign != 0], sign[sign != 0], atol=0.1)
    assert mixture.population.mean[TRACE] == pytest.approx(1.5, abs=0.2)
    assert mixture.prevalence[TRACE] == pytest.approx(2 / 3, abs=0.06)
