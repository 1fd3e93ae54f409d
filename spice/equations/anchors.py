"""Equations on the scale of canonical form, for states whose start a declaration fixes.

Choices tell values only up to shift and scale. Where a state starts is a statement about the scale on which 0 is what
an arm leads to that is never rewarded, and 1 what one leads to that always is (for traces of choices: never and always
chosen). So equations of a state with a fixed start are fitted on that scale. Two of their coefficients follow from the
others: the constant that makes 0 a fixed point, and the coefficient that makes 1 one; in their place the inverse
temperature is a parameter. Equations without a reward tell their constant from the start: without a part of its own,
what is forgotten returns to the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import CHOSEN, NOT_CHOSEN, Mechanism, State
from spice.declaration.terms import CandidateTerms
from spice.equations.canonical import (
    LARGEST_SCALE,
    Gauge,
    canonical_gauge,
    change_gauge,
    in_other_variables,
    is_free,
    mechanism_of,
    reward_variable,
)
from spice.equations.coefficients import Coefficients

Floats = NDArray[np.float64]

USUAL_BETAS = 0.3, 30.0
"""Inverse temperatures outside are those of choices that say little about them."""
SMALLEST_BETA = 2 / LARGEST_SCALE
"""Values that carry an inverse temperature below are taken to carry this one."""


@dataclass(frozen=True)
class Anchor:
    """A coefficient that is told from others: its own part + target - weights * coefficients.

    Attributes
    ----------
    mechanism : str
    position : int
        Of the coefficient among the terms.
    target : float
        Value of the state that the equation leaves where it is.
    weights : (n_terms,)
        Value of every term there; 0 for the coefficient itself.
    is_exact : bool
        Whether the coefficient has no part of its own.
    """

    mechanism: str
    position: int
    target: float
    weights: Floats
    is_exact: bool


def anchored_states(states: Mapping[str, State], coefficients: Coefficients) -> tuple[str, ...]:
    """States whose start is fixed and can be: whose scale is free, and whose equations have the terms for it.

    Parameters
    ----------
    states : mapping of str to State
        {name: state}, of the model.
    coefficients : Coefficients

    Returns
    -------
    tuple of str
    """
    found = []
    for name, state in states.items():
        chosen, other = mechanism_of(coefficients, name, CHOSEN), mechanism_of(coefficients, name, NOT_CHOSEN)
        if (
            state.learned not in ("fixed", "equations")
            or name in coefficients.hidden
            or not is_free(coefficients, name)
            or chosen is None
        ):
            continue
        leads_to_zero = chosen if reward_variable(chosen) is not None else other
        needed = [(leads_to_zero, "1"), (chosen, _term_of_one(chosen))]
        if all(m is not None and _is_allowed(coefficients, m, term) for m, term in needed):
            found.append(name)
    return tuple(found)


def anchors(states: Mapping[str, State], coefficients: Coefficients) -> tuple[Anchor, ...]:
    """Anchors of all learned equations of anchored states.

    Parameters
    ----------
    states : mapping of str to State
        {name: state}, of the model.
    coefficients : Coefficients

    Returns
    -------
    tuple of Anchor
    """
    found = []
    for name in anchored_states(states, coefficients):
        chosen = mechanism_of(coefficients, name, CHOSEN)
        assert chosen is not None
        rewarded = reward_variable(chosen) is not None
        for mechanism in coefficients.mechanisms:
            terms = coefficients.terms.get(mechanism.name)
            if mechanism.state != name or terms is None or "1" not in terms.names:
                continue
            if mechanism is chosen:
                found.append(_anchor(mechanism, terms, _term_of_one(mechanism), 1.0, is_exact=True))
            if (mechanism is chosen and rewarded) or (mechanism.applies_to == NOT_CHOSEN and not rewarded):
                found.append(_anchor(mechanism, terms, "1", 0.0, is_exact=True))
            elif mechanism is not chosen and reward_variable(mechanism) is None:
                found.append(_anchor(mechanism, terms, "1", states[name].initial, is_exact=False))
    return tuple(found)


def on_canonical_scale(coefficients: Coefficients, starts: Mapping[str, float]) -> Coefficients:
    """States in canonical form as far as their equations have one, with the starts that are declared.

    Parameters
    ----------
    coefficients : Coefficients
    starts : mapping of str to float
        {state: declared value at the start}.

    Returns
    -------
    Coefficients
        With inverse temperatures of these states within `USUAL_BETAS`.
    """
    for state, start in starts.items():
        canonical = change_gauge(coefficients, state, canonical_gauge(coefficients, state))
        beta = np.clip(np.abs(canonical.betas[state]), *USUAL_BETAS)
        coefficients = replace(
            canonical,
            betas={**canonical.betas, state: beta},
            initial={**canonical.initial, state: np.full(canonical.n_rows, start)},
        )
    return coefficients


def without_temperatures(coefficients: Coefficients, starts: Mapping[str, float]) -> Coefficients:
    """States whose values carry their inverse temperature themselves: V = start + beta * (W - start).

    Parameters
    ----------
    coefficients : Coefficients
    starts : mapping of str to float
        {state: declared value at the start}.

    Returns
    -------
    Coefficients
        Without inverse temperatures of these states.
    """

    def carry(table: Coefficients) -> Coefficients:
        for state, start in starts.items():
            beta = table.betas[state]
            beta = np.where(np.abs(beta) < SMALLEST_BETA, np.where(beta < 0, -SMALLEST_BETA, SMALLEST_BETA), beta)
            table = change_gauge(table, state, Gauge(start * (1.0 - 1.0 / beta), 1.0 / beta))
        return replace(table, betas={state: beta for state, beta in table.betas.items() if state not in starts})

    return in_other_variables(coefficients, carry)


def _term_of_one(chosen: Mechanism) -> str:
    """The term that makes 1 a fixed point: the reward's, or the constant where nothing is rewarded."""
    reward = reward_variable(chosen)
    return "1" if reward is None else chosen.input_names[reward - 1]


def _is_allowed(coefficients: Coefficients, mechanism: Mechanism, term: str) -> bool:
    names = coefficients.terms[mechanism.name].names
    return term in names and bool(coefficients.allowed[mechanism.name][names.index(term)])


def _anchor(mechanism: Mechanism, terms: CandidateTerms, term: str, target: float, is_exact: bool) -> Anchor:
    at = np.zeros(len(terms.variables))
    at[0] = target
    reward = reward_variable(mechanism)
    if reward is not None:
        at[reward] = target
    weights, position = terms.evaluate(at), terms.index(term)
    weights[position] = 0.0
    return Anchor(mechanism.name, position, target, weights, is_exact)
