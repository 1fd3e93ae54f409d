"""Starting values that stay where a declaration puts them, also where equations stand in place of networks.

Choices tell values only up to shift and scale, so what an equation's constant does is move the start between what no
reward leads to (0 in canonical form) and what always rewarding leads to (1). A start that is fixed is one linear
condition on the coefficients: the reward that is as large as the start leaves the value where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.resources.candidate_terms import CandidateTerms
from spice.resources.canonical import is_free, mechanism_of, reward_variable
from spice.resources.coefficients import Coefficients
from spice.resources.mechanisms import CHOSEN, NOT_CHOSEN, Mechanism, State

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FixedStart:
    """The constant of a mechanism's equation as it follows from the other coefficients.

    Attributes
    ----------
    mechanism : str
    start : float
        The state's value at the start of a sequence.
    weights : (n_terms,)
        The constant is the start less the sum of weights times coefficients; its own weight is 0.
    """

    mechanism: str
    start: float
    weights: Floats


def fixed_starts(states: Mapping[str, State], coefficients: Coefficients) -> tuple[FixedStart, ...]:
    """Conditions of all states whose start is declared to be fixed and can be.

    A state that rewards feed starts from any value. One that no reward feeds, such as a choice trace, starts from 0,
    what never choosing an arm leads to, or 1, what always choosing it does. Elsewhere the state has no scale that
    its start could be fixed in, or has one already.
    """
    found = []
    for name, state in states.items():
        if state.learned != "fixed" or not is_free(coefficients, name):
            continue
        rewarded = mechanism_of(coefficients, name, CHOSEN)
        reward = None if rewarded is None else reward_variable(rewarded)
        trace = {0.0: NOT_CHOSEN, 1.0: CHOSEN}.get(state.initial)
        if rewarded is not None and reward is not None:
            found.append(_condition(rewarded, coefficients.terms[rewarded.name], state.initial, reward))
        elif trace and mechanism_of(coefficients, name, CHOSEN) and mechanism_of(coefficients, name, NOT_CHOSEN):
            mechanism = mechanism_of(coefficients, name, trace)
            assert mechanism is not None
            found.append(_condition(mechanism, coefficients.terms[mechanism.name], state.initial, None))
    return tuple(found)


def _condition(mechanism: Mechanism, terms: CandidateTerms, start: float, reward: int | None) -> FixedStart:
    """The own value and the reward at the start, everything else at 0."""
    at = np.zeros(len(terms.variables))
    at[0] = start
    if reward is not None:
        at[reward] = start
    weights = terms.evaluate(at)
    weights[terms.index("1")] = 0.0
    return FixedStart(mechanism.name, start, weights)
