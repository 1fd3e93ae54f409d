"""Coefficients of all participants' equations, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.declaration.mechanisms import Mechanism
from spice.declaration.terms import CandidateTerms
from spice.rollout.polynomials import Equations, PolynomialForm

Floats = NDArray[np.float64]

ROUNDING, UNTOLD = 1e-6, 10.0
"""Standard errors in units of the number (at least 1): below are those of what is given, as far as numbers are exact;
above, those of what choices do not tell."""
N_DRAWS = 200
"""Draws of each person that are kept."""
LEVEL = 0.95
"""Share of the draws that an interval holds."""


@dataclass(frozen=True)
class Coefficients:
    """Equations as arrays; R rows: one a participant with its own equations, and the population's as the last.

    Attributes
    ----------
    mechanisms : tuple of Mechanism
        All mechanisms of the model, those with a given equation too.
    terms : mapping of mechanism to CandidateTerms
        Of those whose equation was found.
    values : mapping of mechanism to (R, n_terms)
        Zero where a term is not part of the equation.
    betas : mapping of state to (R,)
        Inverse temperatures, for states that have one.
    initial : mapping of state to (R,)
        Value of every arm at the start of a sequence.
    allowed : mapping of mechanism to (n_terms,)
        Terms that could be told apart on the data.
    hidden : frozenset of str
        States that are no part of the logits.
    observed : mapping of name to (R,)
        Parameters of the observation, where it has any.
    draws : (R, D, P), optional
        The `parameters` of each row as they may be as well, given the choices: draws from their posterior. What a
        person may lack is missing in some of them. None where nobody has looked, as for equations that imitate a
        network.
    probability : (R, P), optional
        That a person has the term, and in the last row the share of people who have it (their prevalence); NaN for
        what is not asked of.
    prevalence_interval : (2, P), optional
        Where that share lies with a probability of 95 %.
    """

    mechanisms: tuple[Mechanism, ...]
    terms: Mapping[str, CandidateTerms]
    values: Mapping[str, Floats]
    betas: Mapping[str, Floats]
    initial: Mapping[str, Floats]
    allowed: Mapping[str, NDArray[np.bool_]]
    hidden: frozenset[str] = frozenset()
    observed: Mapping[str, Floats] = field(default_factory=dict)
    draws: NDArray[np.floating[Any]] | None = None
    probability: Floats | None = None
    prevalence_interval: Floats | None = None

    @property
    def n_rows(self) -> int:
        """Participants with equations of their own, and the population."""
        return len(next(iter(self.values.values())))

    @property
    def parameters(self) -> list[tuple[str, str, str]]:
        """What the P parameters are: ("values", mechanism, term), ("betas", state, "1"), ("initial", state, "1").

        Those of an observation are ("observed", name, "1").
        """
        found = [("values", name, term) for name, terms in self.terms.items() for term in terms.names]
        found += [("betas", state, "1") for state in self.betas]
        found += [("initial", state, "1") for state in self.initial]
        return found + [("observed", name, "1") for name in self.observed]

    def vectors(self) -> Floats:
        """All parameters of each row.

        Returns
        -------
        (R, P)
            In order of `parameters`.
        """
        columns = [column[:, None] for column in self._columns]
        return np.concatenate([*self.values.values(), *columns], axis=1)

    def with_vectors(self, vectors: Floats) -> "Coefficients":
        """These equations with other parameters, each row of its own; nothing else is known of them.

        Parameters
        ----------
        vectors : (R', P)
            In order of `parameters`.

        Returns
        -------
        Coefficients
            Without draws and probabilities.
        """
        sizes = [*(len(terms) for terms in self.terms.values()), *(1 for _ in self._columns)]
        parts = iter(np.split(vectors, np.cumsum(sizes), 1))
        return replace(
            self,
            values={name: next(parts) for name in self.terms},
            betas={state: next(parts)[:, 0] for state in self.betas},
            initial={state: next(parts)[:, 0] for state in self.initial},
            observed={name: next(parts)[:, 0] for name in self.observed},
            draws=None,
            probability=None,
            prevalence_interval=None,
        )

    @property
    def _columns(self) -> list[Floats]:
        return [*self.betas.values(), *self.initial.values(), *self.observed.values()]

    def standard_errors(self) -> Floats:
        """Standard errors of all parameters.

        Returns
        -------
        (R, P)
            NaN for those that are given or absent, or that the choices do not tell.
        """
        if self.draws is None:
            return np.full(self.vectors().shape, np.nan)
        errors = self.draws.astype(np.float64).std(1)
        relative = errors / np.maximum(1.0, np.abs(self.vectors()))
        return np.where((relative > ROUNDING) & (relative < UNTOLD), errors, np.nan)

    def intervals(self) -> Floats:
        """Where all parameters lie with a probability of 95 %.

        Returns
        -------
        (2, R, P)
            Lower and upper ends; NaN where nobody has looked.
        """
        if self.draws is None:
            return np.full((2, *self.vectors().shape), np.nan)
        tails = (1 - LEVEL) / 2, (1 + LEVEL) / 2
        return np.asarray(np.nanquantile(self.draws.astype(np.float64), tails, axis=1, method="weibull"))

    def rows(self, indices: Tensor) -> NDArray[np.int_]:
        """Row of each participant's equations.

        Parameters
        ----------
        indices : (S,)
            Place of each sequence's participant among the rows; -1 for the population.

        Returns
        -------
        (S,)
            The last row where one equation set serves all.
        """
        own = indices.numpy()
        return np.where((own >= 0) & (own < self.n_rows - 1), own, self.n_rows - 1)

    def at(self, rows: NDArray[np.int_], dtype: torch.dtype) -> Equations:
        """What a rollout of sequences with those rows needs.

        Parameters
        ----------
        rows : (S,)
            Row of each sequence.
        dtype : torch.dtype

        Returns
        -------
        Equations
        """

        def column(table: Floats) -> Tensor:
            return torch.as_tensor(table[rows, None], dtype=dtype)

        return Equations(
            forms={
                name: PolynomialForm(self.terms[name], torch.as_tensor(self.values[name][rows], dtype=dtype))
                for name in self.terms
            },
            inverse_temperatures={name: column(beta) for name, beta in self.betas.items()},
            initial={name: column(value) for name, value in self.initial.items()},
            observed={name: column(value) for name, value in self.observed.items()},
        )

    def only(self, row: int) -> "Coefficients":
        """The equations of one row, for itself and as the population's.

        Parameters
        ----------
        row : int

        Returns
        -------
        Coefficients
            Of two equal rows.
        """
        return self.select([row, row])

    def select(self, rows: Sequence[int] | NDArray[np.int_]) -> "Coefficients":
        """Some of the rows, in that order.

        Parameters
        ----------
        rows : sequence of int
            The last one becomes the population's.

        Returns
        -------
        Coefficients
        """
        return replace(
            self,
            values={k: v[rows] for k, v in self.values.items()},
            betas={k: v[rows] for k, v in self.betas.items()},
            initial={k: v[rows] for k, v in self.initial.items()},
            observed={k: v[rows] for k, v in self.observed.items()},
            draws=None if self.draws is None else self.draws[rows],
            probability=None if self.probability is None else self.probability[rows],
        )
