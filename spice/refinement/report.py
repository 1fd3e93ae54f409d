"""What a refinement says of itself: whether searches agreed, what stands in for what, and what choices can tell.

Whether a term's presence can be told is read off the Fisher information of people in the middle of the population: the
smallest effect that is told from none in four of five people, at a level of one in twenty.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.refinement.coordinate import Coordinate
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.posterior import Posterior

Floats = NDArray[np.float64]

STANDS_IN = 0.9
"""Size of a correlation, in the posterior of a person, from which one number stands in for another."""
FEWEST_DRAWS = 20
TELLING = 2.8
"""Standard errors at which a two-sided test at .05 finds an effect with a probability of .8."""
RATES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
CHOICES, PEOPLE = 10_000, 16
"""Choices, and people at least, whose Fisher information is looked at."""
WEAK = 10.0
"""Prior standard deviation, in usual ones, that keeps what choices say nothing of finite."""
UNHEARD_OF = 5.0
"""Size of an effect, in what people usually differ by, above which nobody has it."""
KINDS = {"free rate": "rate", "asymmetry": "difference of learning rates (logits)", "trace beta": "inverse temperature"}


@dataclass(frozen=True)
class RefinementReport:
    """What was found on the way.

    Attributes
    ----------
    starts : mapping of name to bool
        Whether the search from there ended in the structure that was kept.
    stand_ins : tuple of (str, str, float)
        Pairs of numbers, and the correlation between them in the posterior of people.
    smallest : tuple of (str, float)
        What kind of effect, and the smallest that choices tell from none; infinite where they tell of none.
    choices : float
        That a person made, as a median.
    r_hat : float
        As of `Posterior`.
    """

    starts: Mapping[str, bool]
    stand_ins: tuple[tuple[str, str, float], ...]
    smallest: tuple[tuple[str, float], ...]
    choices: float
    r_hat: float


def report_on(likelihood: EquationLikelihood, starts: Mapping[str, bool], posterior: Posterior) -> RefinementReport:
    """Look at what was found.

    Parameters
    ----------
    likelihood : EquationLikelihood
    starts : mapping of name to bool
        Whether the search from there ended in the structure that was kept.
    posterior : Posterior

    Returns
    -------
    RefinementReport
    """
    choices = float(np.median(likelihood.n_choices))
    stand_ins, smallest = _stand_ins(likelihood, posterior), _smallest(likelihood, posterior)
    return RefinementReport(starts, stand_ins, smallest, choices, posterior.r_hat)


def _stand_ins(likelihood: EquationLikelihood, posterior: Posterior) -> tuple[tuple[str, str, float], ...]:
    entries, found = likelihood.coordinates.entries, []
    for k in range(len(entries)):
        for other in range(k):
            both = posterior.present[:, :, k] & posterior.present[:, :, other]
            correlations = [
                np.corrcoef(posterior.theta[row][both[row]][:, [k, other]].T)[0, 1]
                for row in np.flatnonzero(both.sum(1) >= FEWEST_DRAWS)
                if (np.ptp(posterior.theta[row][both[row]][:, [k, other]], axis=0) > 0).all()
            ]
            if correlations and abs(float(np.median(correlations))) > STANDS_IN:
                found.append((_name(entries[other]), _name(entries[k]), float(np.median(correlations))))
    return tuple(found)


def _smallest(likelihood: EquationLikelihood, posterior: Posterior) -> tuple[tuple[str, float], ...]:
    some, coordinates = likelihood.of_some(CHOICES, PEOPLE), likelihood.coordinates
    middle = np.tile(posterior.population.mean, (some.n_rows, 1))
    usual = posterior.probability.mean(0) > 0.5
    found = []
    for k, entry in enumerate(coordinates.entries):
        if entry.kind not in KINDS or not entry.differs:
            continue
        present = usual.copy()
        present[k] = True
        if entry.parent >= 0:
            present[entry.parent] = True
        active = np.tile(coordinates.closed(present), (some.n_rows, 1))
        if not active[0, k]:
            continue
        if entry.kind != "free rate":
            size = TELLING * _error(some, middle, active, k)
            found.append((_name(entry), size if size < UNHEARD_OF * entry.usual.mean_sd else np.inf))
            continue
        told = np.inf
        for rate in RATES:
            theta = middle.copy()
            theta[:, k] = np.log(rate) - np.log(2 - rate)
            # By the delta method a rate has rate (1 - rate / 2) times the standard error of its coordinate.
            if TELLING * (1 - rate / 2) * _error(some, theta, active, k) <= 1:
                told = rate
                break
        found.append((_name(entry), told))
    return tuple(found)


def _error(likelihood: EquationLikelihood, theta: Floats, active: NDArray[np.bool_], k: int) -> float:
    """Standard error of a coordinate, all others unknown too, in the middle one of people."""
    weak = np.diag(1.0 / (WEAK * likelihood.coordinates.mean_sd) ** 2)
    covariance = np.linalg.inv(likelihood.curvature(theta, active).information + weak)
    return float(np.median(np.sqrt(covariance[:, k, k])))


def _name(entry: Coordinate) -> str:
    """In words, with the mechanism or state that it is of."""
    kind, name, term = entry.parameter
    words = KINDS.get(entry.kind, "")
    if kind == "values":
        return f"{words} of {name}" if words else f"{term} in {name}"
    return {"betas": f"inverse temperature of {name}", "initial": f"start of {name}"}.get(kind, name)
