"""The probability that each person has each mechanism for one who knows how people are drawn: nothing can tell better.

Draws of people take the place of an integral over rates: each counts by how likely it makes a person's choices.
"""

import numba
import numpy as np
from numpy.typing import NDArray
from tasks import Floats, Played

from studies.limits import NAMES, of_person, person_nll
from studies.people import Population, draw

DRAWS = 20_000
SEED = 10_000
"""Beyond those of populations: draws are other people."""


@numba.njit(cache=True)
def _nll_of_draws(draws: Floats, choices: NDArray[np.int_], rewards: Floats) -> Floats:
    found = np.empty(len(draws))
    for k in range(len(draws)):
        found[k] = person_nll(draws[k], choices, rewards)
    return found


def probabilities(played: Played, population: Population, n_draws: int = DRAWS) -> Floats:
    """Probability (people, 3) of each mechanism, given the choices and how the population is drawn."""
    drawn = draw(population._replace(people=n_draws, seed=SEED + population.seed, exact=False))
    draws = np.ascontiguousarray(
        np.hstack([np.broadcast_to(getattr(drawn.rules, name), (n_draws, 1)) for name in NAMES])
    )
    found = np.zeros((population.people, 3))
    for person in range(population.people):
        nll = _nll_of_draws(draws, *of_person(played, person))
        weight = np.exp(nll.min() - nll)
        found[person] = weight @ drawn.has / weight.sum()
    return found
