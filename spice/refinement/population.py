"""People as a normal distribution, and what the choices of each say of them as a parabola."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import Curvature

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

APART = 2.5
"""Standard deviations that lie between those who have something, in the middle, and those who do not."""
FARTHEST = 5.0
"""Standard deviations of what people can be that a parabola leads on to, at most."""
MIN_SD = 0.02
"""Spread of a coordinate over people that is never taken to be too wide."""
ROUNDING = 1e-9


@dataclass(frozen=True)
class Population:
    """Normal distribution of coordinates over people: mean ([C,] K) and covariance ([C,] K, K), of several at once."""

    mean: Floats
    covariance: Floats

    @classmethod
    def usual(cls, coordinates: Coordinates, of_one: bool = False) -> "Population":
        """What is usual.

        Parameters
        ----------
        coordinates : Coordinates
        of_one : bool
            Of one person alone: with all that people in general can be.

        Returns
        -------
        Population
        """
        spread = coordinates.spread**2 + (coordinates.mean_sd**2 if of_one else 0.0)
        return cls(coordinates.mean.copy(), np.diag(spread))

    def as_usual(self, usual: "Population", some: Sequence[int] | NDArray[np.int_]) -> "Population":
        """With some coordinates as they usually are, and of no correlation with others.

        Parameters
        ----------
        usual : Population
        some : sequence of int
            Positions of coordinates.

        Returns
        -------
        Population
        """
        mean, covariance = self.mean.copy(), self.covariance.copy()
        mean[some] = usual.mean[some]
        covariance[some, :] = covariance[:, some] = 0.0
        covariance[some, some] = np.diag(usual.covariance)[some]
        return Population(mean, covariance)

    def leaning(self, share: Floats) -> "Population":
        """Of people some of whom are mirrored.

        Parameters
        ----------
        share : ([C,] K)
            Of those who are as it says, less those who have the opposite; 1 where nobody is mirrored.

        Returns
        -------
        Population
            With mean and covariance of all of them.
        """
        covariance = self.covariance * share[..., :, None] * share[..., None, :]
        both = (1.0 - share**2) * (self.variance + self.mean**2)
        return Population(self.mean * share, covariance + both[..., None] * np.eye(share.shape[-1]))

    def held_apart(self, which: Mask) -> "Population":
        """No wider, in some coordinates, than leaves those who have them apart from those who lack them.

        Parameters
        ----------
        which : (K,)

        Returns
        -------
        Population
        """
        return self.no_wider(self._widest_apart(which))

    def is_apart(self, which: Mask) -> Mask:
        """Whether it is as `held_apart` leaves it.

        Parameters
        ----------
        which : (K,)

        Returns
        -------
        ([C],)
        """
        return np.asarray((self.variance <= (1.0 + ROUNDING) * self._widest_apart(which) ** 2).all(-1))

    def _widest_apart(self, which: Mask) -> Floats:
        return np.maximum(np.where(which, np.abs(self.mean) / APART, np.inf), MIN_SD)

    def no_wider(self, widest: Floats) -> "Population":
        """With standard deviations that large at most, and correlations as they are.

        Parameters
        ----------
        widest : (K,)

        Returns
        -------
        Population
        """
        shrink = np.minimum(1.0, widest / np.sqrt(self.variance))
        return Population(self.mean, self.covariance * shrink[:, None] * shrink)

    @property
    def variance(self) -> Floats:
        """Of each coordinate ([C,] K)."""
        return np.asarray(np.einsum("...kk->...k", self.covariance))

    @property
    def precision(self) -> Floats:
        """Inverse of the covariance ([C,] K, K)."""
        return np.asarray(np.linalg.inv(self.covariance))


@dataclass(frozen=True)
class Quadratic:
    """Log-likelihoods of rows as normal ones: constant + score u - u information u / 2.

    Attributes
    ----------
    constant : (...,)
    score : (..., K)
    information : (..., K, K)
        Zero for coordinates that are absent.
    """

    constant: Floats
    score: Floats
    information: Floats

    @classmethod
    def of(cls, theta: Floats, curvature: Curvature, coordinates: Coordinates) -> "Quadratic":
        """Around coordinates (R, K).

        A parabola with a slope and hardly any curvature would put people anywhere, and so would one on a slope that no
        parabola has, as where values grow without end. So it slopes only as far as it would lead to what people can be.
        """
        information = curvature.information
        usual = coordinates.mean_sd**2 + coordinates.spread**2
        step = np.linalg.solve(information + np.diag(1.0 / usual), curvature.gradient[..., None])
        farthest = np.abs(step[..., 0] / np.sqrt(usual)).max(-1)
        step *= np.minimum(1.0, FARTHEST / np.maximum(farthest, FARTHEST))[:, None, None]
        gradient = (information @ step)[..., 0]
        score = np.einsum("rkl,rl->rk", information, theta) - gradient
        at_point = (score * theta).sum(-1) - 0.5 * np.einsum("rk,rkl,rl->r", theta, information, theta)
        return cls(-curvature.nll - at_point, score, information)

    def one(self, m: int) -> "Quadratic":
        """Of one of several for each row."""
        return Quadratic(self.constant[:, m], self.score[:, m], self.information[:, m])

    def without(self, absent: NDArray[np.int_]) -> "Quadratic":
        """With coordinates at zero and of no influence."""
        kept = np.ones(self.score.shape[-1], dtype=bool)
        kept[absent] = False
        return Quadratic(self.constant, self.score * kept, self.information * (kept[:, None] & kept))

    def mirrored(self, sign: Floats) -> "Quadratic":
        """Of coordinates that are mirrored.

        Parameters
        ----------
        sign : (K,)
            -1 for those, and 1.

        Returns
        -------
        Quadratic
        """
        return Quadratic(self.constant, self.score * sign, self.information * (sign[:, None] * sign))

    def posterior(self, population: Population) -> tuple[Floats, Floats]:
        """Mean and covariance of rows that come from a population.

        Parameters
        ----------
        population : Population

        Returns
        -------
        mean (..., K), covariance (..., K, K)
        """
        precision = population.precision
        covariance = np.linalg.inv(self.information + precision)
        mean = np.einsum("...kl,...l->...k", covariance, self.score + precision @ population.mean)
        return mean, np.asarray(covariance)

    def log_evidence(self, population: Population) -> Floats:
        """Log marginal likelihood of each row.

        Parameters
        ----------
        population : Population

        Returns
        -------
        (...,)
            Nats.
        """
        precision = population.precision
        pulled = precision @ population.mean
        system = self.information + precision
        both = self.score + pulled
        explained = (both * np.linalg.solve(system, both[..., None])[..., 0]).sum(-1)
        shrunk = np.linalg.slogdet(precision)[1] - np.linalg.slogdet(system)[1]
        return np.asarray(self.constant + 0.5 * (explained - population.mean @ pulled + shrunk))
