"""Coefficients of all participants' equations, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.declaration.mechanisms import Mechanism
from spice.declaration.terms import CandidateTerms
from spice.rollout.polynomials import Equations, PolynomialForm

Floats = NDArray[np.float64]

ROUNDING, UNTOLD = 1e-8, 10.0
"""Standard errors in units of the number (at least 1): below are those of what is given, since derivatives are not
exact to the last digit; above, those of what choices do not tell."""


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
    covariance : (R, P, P), optional
        How uncertain each row's `parameters` are, and how they hang together; zero for what is given or absent. None
        where nobody has looked, as for equations that imitate a network.
    """

    mechanisms: tuple[Mechanism, ...]
    terms: Mapping[str, CandidateTerms]
    values: Mapping[str, Floats]
    betas: Mapping[str, Floats]
    initial: Mapping[str, Floats]
    allowed: Mapping[str, NDArray[np.bool_]]
    hidden: frozenset[str] = frozenset()
    observed: Mapping[str, Floats] = field(default_factory=dict)
    covariance: Floats | None = None

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
        """All parameters (R, P)."""
        columns = [column[:, None] for column in self._columns]
        return np.concatenate([*self.values.values(), *columns], axis=1)

    def with_vectors(self, vectors: Floats) -> "Coefficients":
        """These equations with other parameters (R', P), each row of its own; their covariance is not known."""
        sizes = [*(len(terms) for terms in self.terms.values()), *(1 for _ in self._columns)]
        parts = iter(np.split(vectors, np.cumsum(sizes), 1))
        return replace(
            self,
            values={name: next(parts) for name in self.terms},
            betas={state: next(parts)[:, 0] for state in self.betas},
            initial={state: next(parts)[:, 0] for state in self.initial},
            observed={name: next(parts)[:, 0] for name in self.observed},
            covariance=None,
        )

    @property
    def _columns(self) -> list[Floats]:
        return [*self.betas.values(), *self.initial.values(), *self.observed.values()]

    def standard_errors(self) -> Floats:
        """Standard errors (R, P) of all parameters; NaN for what is given or absent, or is not told by choices."""
        if self.covariance is None:
            return np.full(self.vectors().shape, np.nan)
        errors = np.sqrt(np.maximum(np.diagonal(self.covariance, axis1=1, axis2=2), 0.0))
        relative = errors / np.maximum(1.0, np.abs(self.vectors()))
        return np.where((relative > ROUNDING) & (relative < UNTOLD), errors, np.nan)

    def rows(self, indices: Tensor) -> NDArray[np.int_]:
        """Row of each participant index; the population's for -1 and where one equation set serves all."""
        own = indices.numpy()
        return np.where((own >= 0) & (own < self.n_rows - 1), own, self.n_rows - 1)

    def at(self, rows: NDArray[np.int_], dtype: torch.dtype) -> Equations:
        """What a rollout of sequences with those rows needs."""

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
        """The equations of one row, for itself and as the population's."""
        return self.select([row, row])

    def select(self, rows: Sequence[int] | NDArray[np.int_]) -> "Coefficients":
        """Some of the rows, in that order."""
        return replace(
            self,
            values={k: v[rows] for k, v in self.values.items()},
            betas={k: v[rows] for k, v in self.betas.items()},
            initial={k: v[rows] for k, v in self.initial.items()},
            observed={k: v[rows] for k, v in self.observed.items()},
            covariance=None if self.covariance is None else self.covariance[rows],
        )
