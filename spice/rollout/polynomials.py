"""The polynomial form of a mechanism: coefficients per sequence over candidate terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from spice.declaration.terms import CandidateTerms
from spice.rollout.forms import StepFunction

VALUE_LIMIT = 1e3
"""States of a diverging equation stop here, so that its likelihood is bad but a number."""


@dataclass(frozen=True)
class PolynomialForm:
    """An equation, possibly another one in every sequence.

    Parameters
    ----------
    terms : CandidateTerms
        The mechanism's own value first, then its inputs in their order.
    coefficients : ([E,] S, n_terms)
        One row a sequence (1 where all share it).
    """

    terms: CandidateTerms
    coefficients: Tensor

    def prepare(self, data: Sequence[Tensor | None]) -> StepFunction:
        """Sum, for all trials at once, the terms that share their powers of states.

        Parameters
        ----------
        data : sequence of (T, S, A) or None
            One an input; None is read from a state, a trial at a time.

        Returns
        -------
        StepFunction
        """
        from_states = [0] + [1 + k for k, signal in enumerate(data) if signal is None]
        groups: dict[tuple[int, ...], Tensor] = {}
        for index, powers in enumerate(self.terms.powers):
            factor = self.coefficients[..., index, None]
            for k, signal in enumerate(data):
                if signal is not None and powers[1 + k]:
                    aligned = signal[:, None] if self.coefficients.dim() == 3 else signal
                    factor = factor * aligned ** powers[1 + k]
            key = tuple(powers[k] for k in from_states)
            groups[key] = groups[key] + factor if key in groups else factor
        constant = groups.pop((0,) * len(from_states), None)

        def at(factor: Tensor, t: int) -> Tensor:
            # What depends on data has got a time axis in front.
            return factor[t] if factor.dim() > self.coefficients.dim() else factor

        def step(t: int, value: Tensor, inputs: Sequence[Tensor | None]) -> Tensor:
            variables = [value, *(inputs[k - 1] for k in from_states[1:])]
            total = torch.zeros_like(value) if constant is None else at(constant, t)
            for powers, factor in groups.items():
                term = at(factor, t)
                for variable, power in zip(variables, powers, strict=True):
                    assert variable is not None
                    for _ in range(power):
                        term = term * variable
                total = total + term
            return total.clamp(-VALUE_LIMIT, VALUE_LIMIT)

        return step


@dataclass(frozen=True)
class Equations:
    """Equations of S sequences in the form of a rollout, in place of networks.

    Attributes
    ----------
    forms : mapping of mechanism to PolynomialForm
    inverse_temperatures, initial : mapping of state to ([E,] S, 1)
    observed : mapping of name to ([E,] S, 1)
        Parameters of the observation, where it has any.
    """

    forms: Mapping[str, PolynomialForm]
    inverse_temperatures: Mapping[str, Tensor]
    initial: Mapping[str, Tensor]
    observed: Mapping[str, Tensor] = field(default_factory=dict)
