"""Which terms the equations of a population have.

From several starts, terms are dropped and taken up by the approximate marginal likelihood, whole states as one. What
would be gained is first read off the likelihood as it was last looked at, and then found out by a fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.progress import Stage
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population, Quadratic
from spice.refinement.population_fit import RowFit, estimate_population, fit_rows
from spice.refinement.prices import price_of_a_term

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_ROUNDS, ROUNDS, FEW_ROUNDS = 12, 6, 2
"""Most looks at the choices: of a start, of a whole state more, and of a change."""
HOPELESS = 20.0
"""Nats that a term may seem to be worth, at most, where a fit is made without it."""
CLOSE, MOST_CLOSE = 60.0, 2
"""Nats that structures may be behind the best one, and how many are compared as those of people who differ."""
MOST_CHANGES = 40
SLOW, SLIGHT = -1.5, 0.7
"""A rate (its coordinate) and the inverse temperature of a trace that is taken up."""


@dataclass(frozen=True)
class Start:
    """Where a search starts: coordinates (K,) of everybody, and what is present (K,)."""

    name: str
    theta: Floats
    present: Mask


@dataclass(frozen=True)
class Found:
    """Structures of a population that were looked at.

    Attributes
    ----------
    fits : tuple of RowFit
        The best of each structure, by evidence, the best first; those that are close to it.
    seen : tuple of RowFit
        Of every structure that was looked at, by evidence.
    starts : mapping of name to bool
        Whether the search from there ended in the same structure.
    """

    fits: tuple[RowFit, ...]
    seen: tuple[RowFit, ...]
    starts: dict[str, bool]


def search_structure(likelihood: EquationLikelihood, starts: Sequence[Start], stage: Stage) -> Found:
    """Search from each start.

    Parameters
    ----------
    likelihood : EquationLikelihood
    starts : sequence of Start
        Those in which the same is present are searched from once.
    stage : Stage
        Advanced after each fit, with its nats per choice.

    Returns
    -------
    Found
    """
    search = _Search(likelihood, stage)
    ends: dict[str, RowFit] = {}
    tried: dict[bytes, str] = {}
    for start in starts:
        present = likelihood.coordinates.closed(start.present | ~likelihood.coordinates.is_optional)
        same = tried.setdefault(present.tobytes(), start.name)
        ends[start.name] = search.run(start.theta, present) if same == start.name else ends[same]
    best = search.swap(max(ends.values(), key=lambda fit: fit.evidence))
    close = sorted(search.seen.values(), key=lambda fit: -fit.evidence)
    # What has more terms for less evidence is no alternative.
    others = [fit for fit in close if fit.evidence > best.evidence - CLOSE and not (fit.active >= best.active).all()]
    fits = [best, *others[: MOST_CLOSE - 1]]
    agreed = {name: bool((fit.active[0] == best.active[0]).all()) for name, fit in ends.items()}
    return Found(tuple(fits), tuple(close), agreed)


class _Search:
    """Greedy search from one start."""

    def __init__(self, likelihood: EquationLikelihood, stage: Stage) -> None:
        self.likelihood, self.coordinates, self.stage = likelihood, likelihood.coordinates, stage
        self.families = self.coordinates.families()
        self.price = price_of_a_term(likelihood)
        self.usual = Population.usual(self.coordinates)
        self.fails: set[tuple[bytes, int]] = set()
        self.seen: dict[bytes, RowFit] = {}

    def run(self, theta: Floats, present: Mask) -> RowFit:
        """From coordinates (K,) of everybody to the fit in which nothing is gained by a change."""
        n_rows = self.likelihood.n_rows
        common = Population(theta, Population.usual(self.coordinates, of_one=True).covariance)
        together = fit_rows(self.likelihood.pooled(), theta[None], present[None], common, rounds=0)
        if n_rows == 1:
            return self._greedy(self._fit(together.theta, present, common, ROUNDS))
        # What is best for all as one may be far from what people differ around.
        spread = self.usual.covariance
        fits = [
            self._fit(np.tile(start, (n_rows, 1)), present, Population(start, spread), FEW_ROUNDS)
            for start in (together.theta[0], theta)
        ]
        fit = max(fits, key=lambda one: one.evidence)
        return self._greedy(self._fit(fit.theta, present, fit.population, MOST_ROUNDS))

    def _greedy(self, fit: RowFit) -> RowFit:
        for _ in range(MOST_CHANGES):
            changed = self._drop(fit) or self._take_up(fit)
            if changed is None:
                break
            fit = changed
        return fit

    def swap(self, fit: RowFit) -> RowFit:
        """Take up what is absent even where that alone gains nothing, and drop what it can stand in for."""
        for k in self._possible(fit):
            larger = self._with(fit, k)
            if larger.evidence < fit.evidence - 2 * self.price - HOPELESS:
                continue
            smaller: RowFit | None = larger
            self.fails.add((larger.active[0].tobytes(), k))
            while smaller is not None:
                larger = smaller
                smaller = self._drop(larger)
            if larger.evidence > fit.evidence:
                return self.swap(self._greedy(larger))
        return fit

    def _fit(self, theta: Floats, present: Mask, population: Population, rounds: int) -> RowFit:
        active = np.tile(present, (self.likelihood.n_rows, 1))
        if self.likelihood.n_rows == 1:
            population = Population.usual(self.coordinates, of_one=True)
        fit = fit_rows(self.likelihood, theta, active, population, rounds)
        self.stage.advance(nll=float(fit.nll.sum() / self.likelihood.n_choices.sum()))
        before = self.seen.get(present.tobytes())
        if before is None or fit.evidence > before.evidence:
            self.seen[present.tobytes()] = fit
        return fit

    def _drop(self, fit: RowFit) -> RowFit | None:
        present = fit.active[0]
        now = self._seeming(fit.quadratic, fit.population)
        gains: dict[int, float] = {}
        for k in map(int, np.flatnonzero(present & self.coordinates.is_optional)):
            if (present.tobytes(), k) in self.fails:
                continue
            family = self.families[k][present[self.families[k]]]
            if self.coordinates.kinds[k] in ("rate", "free rate"):
                # What is absent is infinitely far away, so that another look is needed.
                active = fit.active.copy()
                active[:, family] = False
                seen = self.likelihood.curvature(fit.theta, active)
                without = Quadratic.of(fit.theta, seen, self.coordinates)
            else:
                without = fit.quadratic.without(family)
            gains[k] = self._seeming(without, fit.population) - now + self.price * len(family)
        for k in sorted(gains, key=lambda k: -gains[k]):
            if gains[k] < -HOPELESS:
                break
            smaller = present.copy()
            smaller[self.families[k]] = False
            self.fails.add((present.tobytes(), k))
            found = self._fit(fit.theta, smaller, fit.population.as_usual(self.usual, self.families[k]), FEW_ROUNDS)
            if found.evidence > fit.evidence:
                return found
        return None

    def _possible(self, fit: RowFit) -> list[int]:
        """What is absent, and hangs on nothing that is."""
        present, parents = fit.active[0], self.coordinates.parents
        return [
            k
            for k in range(len(parents))
            if not present[k] and self.coordinates.is_optional[k] and (parents[k] < 0 or present[parents[k]])
        ]

    def _take_up(self, fit: RowFit) -> RowFit | None:
        absent = [k for k in self._possible(fit) if (fit.active[0].tobytes(), k) not in self.fails]
        at_zero = [k for k in absent if self.coordinates.kinds[k] not in ("rate", "free rate", "beta", "trace beta")]
        gains = dict.fromkeys(absent, 0.0)
        if at_zero:
            gains |= self._gains_at_zero(fit, at_zero)
        for k in sorted(gains, key=lambda k: -gains[k]):
            if k in at_zero and gains[k] <= 0:
                break
            self.fails.add((fit.active[0].tobytes(), k))
            larger = self._with(fit, k)
            if larger.evidence > fit.evidence:
                return larger
        return None

    def _with(self, fit: RowFit, k: int) -> RowFit:
        """The fit with one more coordinate, and what it cannot do without."""
        kinds, family = self.coordinates.kinds, self.families[k]
        larger, theta = fit.active[0].copy(), fit.theta.copy()
        larger[family] |= ~np.isin(kinds[family], ("term", "asymmetry", "target"))
        larger[k] = True
        population = fit.population.as_usual(self.usual, family)
        theta[:, family] = population.mean[family]
        theta[:, k] = {"rate": SLOW, "free rate": SLOW, "trace beta": SLIGHT, "beta": theta[0, k]}.get(kinds[k], 0.0)
        return self._fit(theta, larger, population, ROUNDS if len(family) > 1 else FEW_ROUNDS)

    def _gains_at_zero(self, fit: RowFit, absent: Sequence[int]) -> dict[int, float]:
        """Evidence that each of some coordinates at zero would seem to gain, read off the slope of the likelihood."""
        active = fit.active.copy()
        active[:, absent] = True
        theta = fit.theta.copy()
        theta[:, absent] = 0.0
        curvature = self.likelihood.curvature(theta, active)
        quadratic = Quadratic.of(theta, curvature, self.coordinates)
        now = self._seeming(quadratic.without(np.array(absent)), fit.population)
        gains = {}
        for k in absent:
            with_k = quadratic.without(np.array([other for other in absent if other != k], dtype=int))
            population = fit.population.as_usual(self.usual, np.array([k]))
            if self.likelihood.n_rows > 1:
                population = estimate_population(self.coordinates, with_k, population, rounds=10)
            gains[k] = self._seeming(with_k, population) - now - self.price
        return gains

    def _seeming(self, quadratic: Quadratic, population: Population) -> float:
        if self.likelihood.n_rows > 1:
            return float(quadratic.log_evidence(population).sum())
        # One person's evidence counts parameters by their price alone.
        mean, _ = quadratic.posterior(population)
        curved = np.einsum("rk,rkl,rl->r", mean, quadratic.information, mean)
        return float((quadratic.constant + (quadratic.score * mean).sum(-1) - 0.5 * curved).sum())
