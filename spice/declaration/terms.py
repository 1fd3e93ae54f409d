"""The candidate terms of an equation: pysindy's polynomial library over a mechanism's variables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from spice.exceptions import ConfigError


@dataclass(frozen=True)
class CandidateTerms:
    """Products of powers of named variables.

    Parameters
    ----------
    variables : tuple of str
        The mechanism's own name (its state's value) first, then its inputs.
    powers : tuple of tuple of int
        One row a term, one power a variable.
    """

    variables: tuple[str, ...]
    powers: tuple[tuple[int, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names as pysindy writes them: '1', 'x', 'x c_reward', 'c_reward^2'."""
        return tuple(self._name(row) for row in self.powers)

    @property
    def degrees(self) -> NDArray[np.int_]:
        """Degree of each term."""
        return np.array([sum(row) for row in self.powers], dtype=int)

    def __len__(self) -> int:
        return len(self.powers)

    def index(self, name: str) -> int:
        """Position of a term by name, whatever the order of its factors.

        Parameters
        ----------
        name : str
            Such as 'x c_reward^2'.

        Returns
        -------
        int

        Raises
        ------
        ConfigError
            Where a factor is none of the variables.
        ValueError
            Where it is no candidate.
        """
        return self.powers.index(self.parse(name))

    def parse(self, name: str) -> tuple[int, ...]:
        """Powers of a term such as 'x c_reward^2'.

        Parameters
        ----------
        name : str

        Returns
        -------
        tuple of int
            One power a variable.

        Raises
        ------
        ConfigError
            Where a factor is none of the variables.
        """
        row = [0] * len(self.variables)
        if name != "1":
            for factor in name.split():
                base, _, power = factor.partition("^")
                if base not in self.variables:
                    raise ConfigError(
                        "candidate term",
                        f"products of {list(self.variables)}",
                        repr(name),
                        "Correct the name.",
                    )
                row[self.variables.index(base)] += int(power or 1)
        return tuple(row)

    def evaluate(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of all terms.

        Parameters
        ----------
        values : (..., n_variables)

        Returns
        -------
        (..., n_terms)
        """
        powers = np.array(self.powers)
        columns = [np.prod(values**row, axis=-1) for row in powers]
        return np.stack(columns, axis=-1)

    def _name(self, row: Sequence[int]) -> str:
        factors = [v if p == 1 else f"{v}^{p}" for v, p in zip(self.variables, row, strict=True) if p]
        return " ".join(factors) or "1"


@lru_cache(maxsize=256)
def polynomial_terms(variables: tuple[str, ...], degree: int) -> CandidateTerms:
    """All products up to `degree` over the variables, in pysindy's order.

    pysindy's library is the source of the terms; a test holds names and order equal to it.

    Parameters
    ----------
    variables : tuple of str
        The state first, then the inputs.
    degree : int

    Returns
    -------
    CandidateTerms
    """
    import pysindy

    library = pysindy.PolynomialLibrary(degree=degree, include_bias=True)
    library.fit(np.zeros((1, len(variables))))
    return CandidateTerms(variables, tuple(tuple(int(p) for p in row) for row in library.powers_))


def given_terms(variables: tuple[str, ...], names: Sequence[str]) -> CandidateTerms:
    """The terms of a given equation, by name.

    Parameters
    ----------
    variables : tuple of str
    names : sequence of str

    Returns
    -------
    CandidateTerms

    Raises
    ------
    ConfigError
        Where a factor is none of the variables.
    """
    empty = CandidateTerms(variables, ())
    return CandidateTerms(variables, tuple(empty.parse(name) for name in names))
