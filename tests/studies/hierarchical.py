"""Learning and forgetting of people from one population whose distribution is learned: what pooling can know.

Rates on logit and inverse temperatures on log scale are normal over people; EM with a normal approximation of what each
person's choices say (Laplace). Written apart from the engine, and it is told the true structure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tasks import Floats, Played, Rules

from studies.limits import maximum_likelihood, of_person, person_nll

FREE = [0, 2, 3]
"""Learning, forgetting and the inverse temperature among `limits.NAMES`; one rate of learning, no trace of choices."""
BOUNDS = ((-8.0, 8.0), (-8.0, 8.0), (-4.0, 5.0))
STEP = 0.03
ROUNDS = 40


@dataclass(frozen=True)
class Normal:
    """Distribution over people."""

    mean: Floats
    covariance: Floats


def as_parameters(u: Floats) -> Floats:
    """Rates and inverse temperature in the order of `limits.NAMES`."""
    alpha, forget = 1 / (1 + np.exp(-u[:2]))
    return np.array([alpha, alpha, forget, np.exp(u[2]), 0.0, 0.5])


@dataclass(frozen=True)
class Posterior:
    """How unlikely a person's parameters are, given the person's choices and the population; up to a constant."""

    choices: NDArray[np.int_]
    rewards: Floats
    mean: Floats
    precision: Floats

    def __call__(self, u: Floats) -> float:
        """Negative logarithm of the density."""
        off = u - self.mean
        return person_nll(as_parameters(u), self.choices, self.rewards) + 0.5 * float(off @ self.precision @ off)


def fit(played: Played) -> tuple[Floats, Normal]:
    """Where each person is, given all (people, 3), on logit and log scale, and the population."""
    data = [of_person(played, person) for person in range(len(played.choices) // played.blocks)]
    at = np.stack([maximum_likelihood(*one, frozenset({"forgetting"})).u[FREE] for one in data]).clip(-3, 3)
    population = Normal(at.mean(0), np.cov(at.T) + 0.1 * np.eye(len(FREE)))
    for _ in range(ROUNDS):
        precision = np.linalg.inv(population.covariance)
        spreads = np.zeros((len(data), len(FREE), len(FREE)))
        for person, one in enumerate(data):
            loss = Posterior(*one, population.mean, precision)
            at[person] = minimize(loss, at[person], method="L-BFGS-B", bounds=BOUNDS).x
            spreads[person] = np.linalg.inv(_curvature(loss, at[person], 0.5 * precision))
        mean = at.mean(0)
        off = at - mean
        population = Normal(mean, (off[:, :, None] * off[:, None] + spreads).mean(0))
    return at, population


def rules_of(at: Floats) -> Rules:
    """Rates and inverse temperatures of all people."""
    alpha, _, forget, beta, _, _ = np.stack([as_parameters(u) for u in at]).T[:, :, None]
    return Rules(alpha=alpha, forget=forget, beta=beta)


def _curvature(loss: Posterior, at: Floats, least: Floats) -> Floats:
    """Second derivatives, at least those of a part that is known to be there."""
    size = len(at)
    found, steps = np.zeros((size, size)), STEP * np.eye(size)
    for j in range(size):
        for k in range(j + 1):
            ends = [loss(at + a * steps[j] + b * steps[k]) for a in (1, -1) for b in (1, -1)]
            found[j, k] = found[k, j] = (ends[0] - ends[1] - ends[2] + ends[3]) / (4 * STEP**2)
    values, vectors = np.linalg.eigh(found - least)
    return np.asarray(least + (vectors * values.clip(0)) @ vectors.T)
