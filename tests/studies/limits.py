"""What choices tell of one person who is known to learn by the rules: maximum likelihood and likelihood ratios.

Written apart from the engine: a likelihood of its own, searched by scipy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tasks import Floats, Played, Rules

NAMES = ("alpha", "alpha_without_reward", "forget", "beta", "beta_choice", "alpha_choice")
EVERYTHING = frozenset(("asymmetry", "forgetting", "perseveration"))
STARTS = ((0.0, 0.0, -1.0, 1.3, 0.5, 0.0), (1.0, -1.0, 0.0, 1.0, 1.0, 0.5), (-1.0, 1.0, -2.0, 1.6, -0.2, -0.5))
BOUNDS = ((-6.0, 6.0), (-6.0, 6.0), (-6.0, 6.0), (-3.0, 4.0), (-8.0, 8.0), (-6.0, 6.0))


@numba.njit(cache=True)
def person_nll(p: Floats, choices: NDArray[np.int_], rewards: Floats) -> float:
    """Negative log-likelihood of all choices of a person's blocks (B, T) between two arms but the first of each.

    `p` are the rates and inverse temperatures in the order of `NAMES`.
    """
    total = 0.0
    for block in range(choices.shape[0]):
        value, other, trace = np.full(2, 0.5), 0, np.zeros(2)
        for t in range(choices.shape[1]):
            choice = choices[block, t]
            other = 1 - choice
            if t > 0:
                x = p[3] * (value[other] - value[choice]) + p[4] * (trace[other] - trace[choice])
                total += np.log1p(np.exp(x)) if x < 30.0 else x
            alpha = p[0] if rewards[block, t] > 0 else p[1]
            value[choice] += alpha * (rewards[block, t] - value[choice])
            value[other] += p[2] * (0.5 - value[other])
            trace[choice] += p[5] * (1.0 - trace[choice])
            trace[other] -= p[5] * trace[other]
    return total


def of_person(played: Played, person: int) -> tuple[NDArray[np.int_], Floats]:
    """Choices and rewards (blocks, trials) of one person."""
    rows = slice(person * played.blocks, (person + 1) * played.blocks)
    return np.ascontiguousarray(played.choices[rows]), np.ascontiguousarray(played.rewards[rows])


def as_rules(p: Sequence[float]) -> Rules:
    """Parameters of one person in words."""
    return Rules(**dict(zip(NAMES, map(float, p), strict=True)))


def parameters(u: Floats, has: frozenset[str] = EVERYTHING) -> Floats:
    """Rates and inverse temperatures of a point on a scale without bounds, without what somebody lacks."""
    rates = 1 / (1 + np.exp(-u))
    p = np.array([rates[0], rates[1], rates[2], np.exp(u[3]), u[4], rates[5]])
    if "asymmetry" not in has:
        p[1] = p[0]
    if "forgetting" not in has:
        p[2] = 0.0
    if "perseveration" not in has:
        p[4] = 0.0
    return p


@dataclass(frozen=True)
class Best:
    """The best parameters of a person, on both scales, and their negative log-likelihood."""

    u: Floats
    p: Floats
    nll: float


def maximum_likelihood(choices: NDArray[np.int_], rewards: Floats, has: frozenset[str] = EVERYTHING) -> Best:
    """The best parameters of one person who has these mechanisms."""

    def loss(u: Floats) -> float:
        return person_nll(parameters(u, has), choices, rewards)

    ends = [minimize(loss, start, method="L-BFGS-B", bounds=BOUNDS) for start in STARTS]
    best = min(ends, key=lambda end: end.fun)
    return Best(best.x, parameters(best.x, has), float(best.fun))


def likelihood_ratios(played: Played) -> Floats:
    """Twice the log-likelihood that each of the three mechanisms adds to the others, (people, 3)."""
    found = np.zeros((len(played.choices) // played.blocks, 3))
    for person in range(len(found)):
        data = of_person(played, person)
        full = maximum_likelihood(*data).nll
        for k, name in enumerate(("asymmetry", "forgetting", "perseveration")):
            found[person, k] = max(0.0, 2 * (maximum_likelihood(*data, EVERYTHING - {name}).nll - full))
    return found
