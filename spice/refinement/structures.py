"""Structures: what a person has, with the likelihood of the choices of each person under each.

Some people may have the opposite of what others have. One normal distribution of both would be around nothing, and take
in those who have nothing. So their structure says the sign of what they have too, and coordinates of those who have the
opposite are mirrored: all who have it are then around one place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.population import Population, Quadratic
from spice.refinement.population_fit import maximise

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

STEPS = 2
"""Of Fisher scoring to the best point of a structure, from one that is near."""


@dataclass(frozen=True)
class Structures:
    """M structures, with the likelihood of each person under each.

    Attributes
    ----------
    present : (M, K)
    theta : (R, M, K)
        Mirrored by the signs, as are the parabolas.
    quadratic : Quadratic
        (R, M, ...).
    sign : (M, K)
        1, and -1 where those who have it have the opposite of what the population says.
    log_share : (M,)
        Log probability of the signs, given what is present.
    """

    present: Mask
    theta: Floats
    quadratic: Quadratic
    sign: Floats
    log_share: Floats

    def select(self, some: Mask) -> "Structures":
        """Some of them.

        Parameters
        ----------
        some : (M,)
            Which to keep.

        Returns
        -------
        Structures
        """
        q = self.quadratic
        return Structures(
            self.present[some], self.theta[:, some],
            Quadratic(q.constant[:, some], q.score[:, some], q.information[:, some]),
            self.sign[some], self.log_share[some],
        )  # fmt: skip

    def joined(self, other: "Structures") -> "Structures":
        """These and others.

        Parameters
        ----------
        other : Structures
            Of the same people.

        Returns
        -------
        Structures
        """
        mine, theirs = self.quadratic, other.quadratic
        pairs = zip((mine.constant, mine.score, mine.information),
                    (theirs.constant, theirs.score, theirs.information), strict=True)  # fmt: skip
        return Structures(
            np.concatenate([self.present, other.present]), np.concatenate([self.theta, other.theta], axis=1),
            Quadratic(*(np.concatenate(pair, axis=1) for pair in pairs)),
            np.concatenate([self.sign, other.sign]), np.concatenate([self.log_share, other.log_share]),
        )  # fmt: skip


def look_at(
    likelihood: EquationLikelihood, theta: Floats, population: Population, present: Sequence[Mask] | Mask,
    sign: Floats | None = None, log_share: Floats | None = None, steps: int = STEPS,
) -> Structures:  # fmt: skip
    """The likelihood of each person under each structure, around its posterior mode.

    Parameters
    ----------
    likelihood : EquationLikelihood
    theta : (R, K) or (R, M, K)
        Where to start, mirrored by the signs.
    population : Population
    present : (M, K), or a sequence of (K,)
        The structures.
    sign, log_share : (M, K), (M,), optional
        As of `Structures`; by default nobody has the opposite of what others have.
    steps : int
        Of Fisher scoring.

    Returns
    -------
    Structures
    """
    found = []
    signs = np.ones((len(present), theta.shape[-1])) if sign is None else sign
    shares = np.zeros(len(present)) if log_share is None else log_share
    for m, (one, mirror) in enumerate(zip(present, signs, strict=True)):
        active = np.tile(one, (likelihood.n_rows, 1))
        start = theta if theta.ndim == 2 else theta[:, m]
        people = Population(population.mean * mirror, population.covariance * (mirror[:, None] * mirror))
        at, curvature = maximise(likelihood, start * mirror, active, people, steps)
        found.append((at * mirror, Quadratic.of(at, curvature, likelihood.coordinates).mirrored(mirror)))
    quadratic = Quadratic(
        *(np.stack([getattr(q, name) for _, q in found], 1) for name in ("constant", "score", "information"))
    )
    return Structures(np.array(present), np.stack([at for at, _ in found], 1), quadratic, signs, shares)


def with_signs(present: Sequence[Mask], mirrored: Mask) -> tuple[Mask, Floats, Floats]:
    """Structures with all signs that what is present may have.

    Parameters
    ----------
    present : sequence of (K,)
        Structures.
    mirrored : (K,)
        Coordinates of which some people have the opposite.

    Returns
    -------
    present (M, K), sign (M, K), log_share (M,)
        As of `Structures`.
    """
    found = []
    for one in present:
        of_both = np.flatnonzero(one & mirrored)
        for signs in product((1.0, -1.0), repeat=len(of_both)):
            sign = np.ones(len(one))
            sign[of_both] = signs
            found.append((one, sign, len(of_both) * np.log(0.5)))
    structures, signs, shares = zip(*found, strict=True)
    return np.array(structures), np.array(signs), np.array(shares)
