"""Constants of equations, told from the starting value of their state where a declaration fixes that.

Choices tell values only up to shift and scale, so that a constant alone means nothing: zero is no special place. What
means something is how far an equation leads away from where a state starts. Each constant is therefore the one that
leaves the start where it is (for a reward as large as the start), plus a deviation. Without the deviation, what is
forgotten returns to the start. In the equation that learns from rewards there is none: so the start lies where it is
declared to on the scale of canonical form, from 0 (never rewarded) to 1 (always rewarded).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spice.resources.canonical import is_free, mechanism_of, reward_variable
from spice.resources.coefficients import Coefficients
from spice.resources.mechanisms import CHOSEN, NOT_CHOSEN, Mechanism, State

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Anchor:
    """The constant of a mechanism's equation is its deviation + start - weights * coefficients.

    Attributes
    ----------
    mechanism : str
    start : float
        The state's value at the start of a sequence.
    weights : (n_terms,)
        Value of every term where the state and the reward are at the start, and nothing else is; 0 for the constant.
    constant : int
        Position of the constant among the terms.
    is_exact : bool
        Whether the deviation is zero.
    """

    mechanism: str
    start: float
    weights: Floats
    constant: int
    is_exact: bool


def anchors(states: Mapping[str, State], coefficients: Coefficients) -> tuple[Anchor, ...]:
    """Anchors of all learned equations of states whose start is fixed, and that have no scale of their own."""
    found = []
    for name, state in states.items():
        if state.learned != "fixed" or not is_free(coefficients, name):
            continue
        exact = _fixing_mechanism(coefficients, name, state)
        for mechanism in coefficients.mechanisms:
            terms = coefficients.terms.get(mechanism.name)
            if mechanism.state == name and terms is not None and "1" in terms.names:
                at = np.zeros(len(terms.variables))
                at[0] = state.initial
                reward = reward_variable(mechanism)
                if reward is not None:
                    at[reward] = state.initial
                weights, constant = terms.evaluate(at), terms.index("1")
                weights[constant] = 0.0
                found.append(Anchor(mechanism.name, state.initial, weights, constant, mechanism is exact))
    return tuple(found)


def _fixing_mechanism(coefficients: Coefficients, name: str, state: State) -> Mechanism | None:
    """The mechanism whose equation decides where on the canonical scale a state starts.

    A state that rewards feed starts from any value. One that no reward feeds, such as a choice trace, starts from 0,
    what never choosing an arm leads to, or 1, what always choosing it does; elsewhere its start cannot be fixed.
    """
    chosen, other = mechanism_of(coefficients, name, CHOSEN), mechanism_of(coefficients, name, NOT_CHOSEN)
    if chosen is not None and reward_variable(chosen) is not None:
        return chosen
    if chosen is None or other is None:
        return None
    return {0.0: other, 1.0: chosen}.get(state.initial)
