"""Standard errors of people and populations, against simulation."""

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize
from tasks import Rules, differing, play

from spice.estimator import SpiceEstimator
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN
from spice.refinement.population_fit import Population
from spice.refinement.uncertainty import USUAL_SPREAD, covariance_of_rows, spread_of_people

Floats = NDArray[np.float64]
SPREAD = np.array([[0.04, 0.01], [0.01, 0.02]])


def some_people(rng: np.random.Generator, n_people: int) -> tuple[Floats, Floats]:
    """True coefficients, and what choices say of them: from very little to a lot."""
    truth = rng.multivariate_normal([0.6, 0.3], SPREAD, n_people)
    half = rng.normal(size=(n_people, 2, 2)) * rng.uniform(1, 12, (n_people, 1, 1))
    return truth, half @ half.transpose(0, 2, 1) + 0.5 * np.eye(2)


def observed(rng: np.random.Generator, truth: Floats, information: Floats) -> Floats:
    """Information times best values of people whose choices were drawn."""
    noise = np.stack([rng.multivariate_normal(np.zeros(2), one) for one in information])
    return np.einsum("rkl,rl->rk", information, truth) + noise


def test_the_spread_is_that_of_restricted_maximum_likelihood() -> None:
    rng = np.random.default_rng(0)
    truth, information = some_people(rng, 40)
    score = observed(rng, truth, information)
    best = np.linalg.solve(information, score[..., None])[..., 0]

    def loss(half: Floats) -> float:
        root = np.array([[half[0], 0.0], [half[1], half[2]]])
        spread = root @ root.T
        total = spread + np.linalg.inv(information)
        weight = np.linalg.inv(total)
        of_mean = weight.sum(0)
        mean = np.linalg.solve(of_mean, np.einsum("rkl,rl->k", weight, best))
        off = best - mean
        value = np.linalg.slogdet(total)[1].sum() + np.einsum("rk,rkl,rl->", off, weight, off)
        # One pseudo-observation, as an inverse Wishart prior has it.
        prior = np.linalg.slogdet(spread)[1] + USUAL_SPREAD**2 * np.trace(np.linalg.inv(spread))
        return float(value + np.linalg.slogdet(of_mean)[1] + prior)

    found = minimize(loss, [0.2, 0.0, 0.2], method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9}).x
    root = np.array([[found[0], 0.0], [found[1], found[2]]])
    np.testing.assert_allclose(spread_of_people(information, score), root @ root.T, atol=2e-3)


def test_errors_of_shrunk_coefficients_are_those_of_simulation() -> None:
    """Shrunk far too much towards a mean that is estimated, as where fitting stops early."""
    rng = np.random.default_rng(1)
    _, information = some_people(rng, 30)
    population = Population(np.zeros(2), np.diag([0.05**2, 0.3**2]))
    active = np.ones((30, 2), dtype=bool)
    precision = population.precision(active)
    posterior = np.linalg.inv(information + precision)
    own = posterior @ information
    errors, claimed = [], []
    for _ in range(400):
        truth = rng.multivariate_normal([0.6, 0.3], SPREAD, 30)
        score = observed(rng, truth, information)
        mean = np.linalg.solve(own.sum(0), np.einsum("rkl,rl->k", posterior, score))
        theta = np.einsum("rkl,rl->rk", posterior, score + precision @ mean)
        gradient = np.einsum("rkl,rl->rk", information, theta) - score
        fit = SimpleNamespace(theta=theta, active=active, population=population, covariance=posterior)
        curvature = SimpleNamespace(gradient=gradient, information=information)
        covariance = covariance_of_rows(fit, curvature)  # type: ignore[arg-type]
        errors.append(np.vstack([theta - truth, mean - [0.6, 0.3]]))
        claimed.append(np.diagonal(covariance, axis1=1, axis2=2))
    ratio = np.mean(np.square(errors), axis=0) / np.mean(claimed, axis=0)
    # The last row is the population's mean.
    assert ratio.mean() == pytest.approx(1.0, abs=0.1)
    assert ratio[-1] == pytest.approx(1.0, abs=0.2)
    assert 0.6 < ratio.min() < ratio.max() < 1.6


def covered(model: type, sets: int, n_people: int, n_trials: int, rules: Rules) -> Floats:
    """Whether the 95 % interval of each person's canonical learning rate holds the true one."""
    inside = []
    for seed in range(sets):
        own = differing(rules, n_people, seed) if model is ParticipantEmbeddingRNN else rules
        xs, ys = play(("drift", "reversal")[seed % 2], own, n_people, n_trials, seed).arrays
        estimator = SpiceEstimator(model, n_actions=2, epochs=16, random_state=seed).fit(xs, ys)
        frame = estimator.equations_.canonical().to_frame()
        rates = frame[(frame.mechanism == "x_value_reward_chosen") & (frame.term == "c_reward")]
        shared = model is not ParticipantEmbeddingRNN
        for row in rates[rates.participant >= 0].itertuples():
            if not (shared and row.participant > 0):
                true = own.of(row.participant).alpha
                inside.append(abs(row.coefficient - true) < 1.96 * row.standard_error)
    return np.array(inside, dtype=float)


@pytest.mark.filterwarnings("ignore::spice.exceptions.FitWarning")
def test_intervals_hold_the_truth() -> None:
    people = covered(ParticipantEmbeddingRNN, 6, 24, 100, Rules(forget=0.2))
    assert 0.88 < people.mean() < 0.995
    everybody = covered(ForgettingRNN, 12, 12, 100, Rules(forget=0.2))
    assert everybody.mean() >= 0.75  # 12 intervals: fewer than 9 inside would be one in 10,000 at 95 %
