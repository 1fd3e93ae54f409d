"""What a fit says about people, in the terms of who learns by which rules.

All that is asked of equations stands here. A term that nobody has stands in no table: it is taken to be certain.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from tasks import Floats, Rules

from spice.equations.equations import SpiceEquations
from studies.people import MECHANISMS

CHOSEN, NOT_CHOSEN = "x_value_reward_chosen", "x_value_reward_not_chosen"
TRACE, TRACE_FADES = "x_value_choice_chosen", "x_value_choice_not_chosen"
TEMPERATURE, TRACE_TEMPERATURE = "beta_x_value_reward", "beta_x_value_choice"
TELLING = {
    "asymmetry": (CHOSEN, f"{CHOSEN} c_reward"),
    "forgetting": (NOT_CHOSEN, NOT_CHOSEN),
    "perseveration": (TRACE_TEMPERATURE, "1"),
}
"""The number that tells whether somebody has a mechanism."""
POPULATION = -1
PROBABLE, CERTAIN = 0.5, 0.025


class Number(NamedTuple):
    """A number of a fit beside the truth; `person` is -1 for the population."""

    kind: str
    name: str
    person: int
    true: float
    estimate: float
    low: float
    high: float
    there: bool


def null(mechanism: str, term: str) -> float:
    """What a coefficient is where a term does nothing: what is not chosen stays as it is, all else is 0."""
    return 1.0 if term == mechanism and mechanism.endswith("_not_chosen") else 0.0


def table(equations: SpiceEquations) -> pd.DataFrame:
    """Coefficients by participant, mechanism and term, with probabilities and intervals."""
    frame = equations.to_frame().set_index(["participant", "mechanism", "term"])
    # Who certainly lacks a term lacks it in all draws, and a table says no interval: that is the narrowest one.
    certain = frame.low.isna() & (frame.probability < CERTAIN)
    ends = frame.coefficient[certain]
    return frame.assign(low=frame.low.where(~certain, ends), high=frame.high.where(~certain, ends))


def sizes(frame: pd.DataFrame, n_people: int) -> Floats:
    """How far the telling numbers are from doing nothing, (people, 3)."""
    return np.array([[_size(frame, person, *TELLING[name]) for name in MECHANISMS] for person in range(n_people)])


def probabilities(frame: pd.DataFrame, n_people: int) -> Floats:
    """How probable it is that each person has each mechanism, (people, 3)."""
    index = [(person, *TELLING[name]) for person in range(n_people) for name in MECHANISMS]
    return frame.probability.reindex(index).fillna(0.0).to_numpy().reshape(n_people, len(MECHANISMS))


def prevalences(equations: SpiceEquations) -> Floats:
    """Prevalence of each mechanism with its interval, (3, 3)."""
    found = equations.prevalences().set_index(["mechanism", "term"])[["prevalence", "low", "high"]]
    return found.reindex([TELLING[name] for name in MECHANISMS]).fillna(0.0).to_numpy(dtype=float)


def structure(equations: SpiceEquations) -> set[tuple[str, str]]:
    """Terms of the population that do something.

    Constants of states are left out: they follow from other terms. Without a trace of choices, or an inverse
    temperature of it, no term of it does anything.
    """
    frame = table(equations).loc[POPULATION]
    there = {(str(mechanism), str(term)) for (mechanism, term), row in frame.iterrows() if row.probability > PROBABLE}
    trace = (TRACE, "1") in there and (TRACE_TEMPERATURE, "1") in there
    return {
        (mechanism, term)
        for mechanism, term in there
        if (term != "1" or mechanism.startswith("beta_")) and (trace or "choice" not in mechanism)
    }


def true_structure(has: tuple[bool, ...]) -> set[tuple[str, str]]:
    """The same of people all of whom have these of the three mechanisms."""
    asymmetric, forgets, perseverates = has
    found = {(CHOSEN, CHOSEN), (CHOSEN, "c_reward"), (TEMPERATURE, "1")}
    found |= {TELLING["asymmetry"]} if asymmetric else set()
    found |= {TELLING["forgetting"]} if forgets else set()
    found |= {(TRACE, TRACE), (TRACE_FADES, TRACE_FADES), (TRACE_TEMPERATURE, "1")} if perseverates else set()
    return found


def derived(equations: SpiceEquations) -> pd.DataFrame:
    """Rates and their difference by participant and quantity."""
    return equations.derived().set_index(["participant", "quantity"])


def numbers(equations: SpiceEquations, rules: list[Rules], typical: Rules | None = None) -> Iterator[Number]:
    """Every number of everybody whose truth is known, and of the population where a typical person is given."""
    frame, rates = table(equations), derived(equations)
    everybody = dict(enumerate(rules)) | ({} if typical is None else {POPULATION: typical})
    for person, own in everybody.items():
        for (kind, mechanism, term), true in true_coefficients(own).items():
            key = person, mechanism, term
            name = f"{mechanism}: {term}"
            if key in frame.index:
                row = frame.loc[key]
                there = bool(row.probability > PROBABLE)
                yield Number(kind, name, person, true, float(row.coefficient), float(row.low), float(row.high), there)
            else:
                nothing = null(mechanism, term)
                yield Number(kind, name, person, true, nothing, nothing, nothing, False)
        for quantity, true in true_rates(own, equations.mean_reward).items():
            if (person, quantity) in rates.index:
                row = rates.loc[(person, quantity)]
                yield Number(
                    quantity, quantity, person, true, float(row.estimate), float(row.low), float(row.high), True
                )


def true_coefficients(rules: Rules) -> dict[tuple[str, str, str], float]:
    """Coefficients of a person's rules by kind, mechanism and term; of a trace that does nothing, only that."""
    alpha = float(rules.alpha)
    without = alpha if rules.alpha_without_reward is None else float(rules.alpha_without_reward)
    forget, trace, fading = float(rules.forget), float(rules.beta_choice), 1 - float(rules.alpha_choice)
    found = {
        ("coefficient", CHOSEN, CHOSEN): 1 - without,
        ("coefficient", CHOSEN, "c_reward"): alpha,
        ("coefficient", CHOSEN, f"{CHOSEN} c_reward"): without - alpha,
        ("coefficient", NOT_CHOSEN, NOT_CHOSEN): 1 - forget,
        ("coefficient", NOT_CHOSEN, "1"): 0.5 * forget,
        ("inverse temperature", TEMPERATURE, "1"): float(rules.beta),
        ("inverse temperature of the trace", TRACE_TEMPERATURE, "1"): trace,
    }
    if trace:
        found[("coefficient of the trace", TRACE, TRACE)] = fading
        found[("coefficient of the trace", TRACE, "1")] = 1 - fading
        found[("coefficient of the trace", TRACE_FADES, TRACE_FADES)] = fading
    return found


def true_rates(rules: Rules, mean_reward: float) -> dict[str, float]:
    """Derived numbers of a person's rules; there is no target without forgetting."""
    alpha, forget = float(rules.alpha), float(rules.forget)
    without = alpha if rules.alpha_without_reward is None else float(rules.alpha_without_reward)
    found = {
        "learning rate": mean_reward * alpha + (1 - mean_reward) * without,
        "learning rate after reward": alpha,
        "learning rate without reward": without,
        "asymmetry": alpha - without,
        "forgetting rate": forget,
    }
    return found | ({"forgetting target": 0.5} if forget else {})


def _size(frame: pd.DataFrame, person: int, mechanism: str, term: str) -> float:
    key, nothing = (person, mechanism, term), null(mechanism, term)
    value = float(frame.coefficient.get(key, nothing))
    if mechanism == TRACE_TEMPERATURE:
        # The trace as it acts: one that never moves does nothing, whatever its inverse temperature.
        value *= float(frame.coefficient.get((person, TRACE, "1"), 0.0))
    return abs(value - nothing)
