"""Coefficients of all participants' equations, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spice.resources.candidate_terms import CandidateTerms
from spice.resources.mechanisms import Mechanism
from spice.resources.polynomials import PolynomialForm

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Equations:
    """Equations of S sequences in the form of a rollout, in place of networks.

    Attributes
    ----------
    forms : mapping of mechanism to PolynomialForm
    inverse_temperatures, initial : mapping of state to ([E,] S, 1)
    """

    forms: Mapping[str, PolynomialForm]
    inverse_temperatures: Mapping[str, Tensor]
    initial: Mapping[str, Tensor]


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
    errors : mapping of mechanism to (R, n_terms)
        Standard errors, NaN where unknown.
    allowed : mapping of mechanism to (n_terms,)
        Terms that could be told apart on the data.
    hidden : frozenset of str
        States that are no part of the logits.
    """

    mechanisms: tuple[Mechanism, ...]
    terms: Mapping[str, CandidateTerms]
    values: Mapping[str, Floats]
    betas: Mapping[str, Floats]
    initial: Mapping[str, Floats]
    errors: Mapping[str, Floats]
    allowed: Mapping[str, NDArray[np.bool_]]
    hidden: frozenset[str] = frozenset()

    @property
    def n_rows(self) -> int:
        """Participants with equations of their own, and the population."""
        return len(next(iter(self.values.values())))

    def rows(self, indices: Tensor) -> NDArray[np.int_]:
        """Row of each participant index; the population's for -1 and where one equation set serves all."""
        own = indices.numpy()
        return np.where((own >= 0) & (own < self.n_rows - 1), own, self.n_rows - 1)

    def at(self, rows: NDArray[np.int_], dtype: torch.dtype) -> "Equations":
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
            errors={k: v[rows] for k, v in self.errors.items()},
        )
