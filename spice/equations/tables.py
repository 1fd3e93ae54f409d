"""Equations as tables: coefficients, who has what, and the numbers that science reads off them; each with its interval.

Probabilities are those of a term's presence in a person; for the population, its prevalence. Intervals hold 95 % of the
draws of `Coefficients.draws`, in some of which a person lacks the term.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import CHOSEN, REWARD, Mechanism
from spice.equations.canonical import fixed_point, learning_rate, mechanism_of, reward_variable
from spice.equations.coefficients import LEVEL, Coefficients

if TYPE_CHECKING:
    import pandas as pd

    from spice.equations.equations import SpiceEquations

Floats = NDArray[np.float64]

POPULATION_ID = -1
PREFIXES = {"values": "", "betas": "beta_", "initial": "initial_", "observed": ""}
SMALLEST_RATE = 0.01
"""Rate below which a state goes nowhere, so that there is no place where it goes to."""


def coefficient_frame(equations: SpiceEquations) -> pd.DataFrame:
    """Coefficients of everybody; see `SpiceEquations.to_frame`.

    Parameters
    ----------
    equations : SpiceEquations

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    table = equations.coefficients
    names = [(PREFIXES[kind] + name, term) for kind, name, term in table.parameters]
    values, errors, (low, high) = table.vectors(), table.standard_errors(), table.intervals()
    probability = np.full(values.shape, np.nan) if table.probability is None else table.probability
    moving = np.isfinite(errors)
    # A term that anybody has is told of everybody; what nobody has is not told.
    told = (values != 0).any(0) | (table.draws is not None and moving.any(0))
    everywhere = np.nan_to_num(probability).max(0) > 0
    rows: list[tuple[Any, ...]] = []
    for participant, label in _people(equations):
        row = equations.row(participant)
        index = POPULATION_ID if isinstance(participant, str) else participant
        for k, (kind, _, _) in enumerate(table.parameters):
            if values[row, k] != 0 or kind != "values" or (told[k] and everywhere[k]):
                numbers = values[row, k], errors[row, k], probability[row, k], low[row, k], high[row, k]
                rows.append((index, label, *names[k], *map(float, numbers)))
    columns = [
        "participant",
        "label",
        "mechanism",
        "term",
        "coefficient",
        "standard_error",
        "probability",
        "low",
        "high",
    ]
    return pd.DataFrame(rows, columns=columns)


def prevalence_frame(equations: SpiceEquations) -> pd.DataFrame:
    """How many people have each term; see `SpiceEquations.prevalences`.

    Parameters
    ----------
    equations : SpiceEquations

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    table, rows = equations.coefficients, []
    if table.probability is not None and table.prevalence_interval is not None and table.n_rows > 1:
        shares, (low, high) = table.probability[-1], table.prevalence_interval
        values = table.vectors()
        for k, (kind, name, term) in enumerate(table.parameters):
            is_there = (values[:, k] != 0).any() or kind != "values"
            if np.isfinite(shares[k]) and is_there and np.nan_to_num(table.probability[:, k]).max() > 0:
                rows.append((PREFIXES[kind] + name, term, float(shares[k]), float(low[k]), float(high[k])))
    return pd.DataFrame(rows, columns=["mechanism", "term", "prevalence", "low", "high"])


def derived_frame(equations: SpiceEquations) -> pd.DataFrame:
    """What is read off the canonical equations; see `SpiceEquations.derived`.

    Parameters
    ----------
    equations : SpiceEquations

    Returns
    -------
    DataFrame
    """
    import pandas as pd

    equations = equations.canonical()
    table = equations.coefficients
    at_values = _derived(table, equations.mean_reward)
    if table.draws is None:
        low = high = {key: np.full(table.n_rows, np.nan) for key in at_values}
    else:
        n_rows, n_draws, n_parameters = table.draws.shape
        flat = table.with_vectors(table.draws.reshape(-1, n_parameters).astype(np.float64))
        draws = {key: v.reshape(n_rows, n_draws) for key, v in _derived(flat, equations.mean_reward).items()}
        tails = (1 - LEVEL) / 2, (1 + LEVEL) / 2
        intervals = {key: _quantiles(found, tails) for key, found in draws.items()}
        low, high = ({key: ends[side] for key, ends in intervals.items()} for side in (0, 1))
    probability = _probabilities(table)
    rows: list[tuple[Any, ...]] = []
    for participant, label in _people(equations):
        row = equations.row(participant)
        index = POPULATION_ID if isinstance(participant, str) else participant
        for (quantity, mechanism), found in at_values.items():
            numbers = found[row], low[quantity, mechanism][row], high[quantity, mechanism][row]
            presence = probability.get((quantity, mechanism), np.full(table.n_rows, np.nan))[row]
            rows.append((index, label, quantity, mechanism, *map(float, numbers), float(presence)))
    columns = ["participant", "label", "quantity", "mechanism", "estimate", "low", "high", "probability"]
    return pd.DataFrame(rows, columns=columns)


def _people(equations: SpiceEquations) -> list[tuple[int | str, str]]:
    people: list[tuple[int | str, str]] = [*zip(equations.participants, equations.labels, strict=True)]
    return [*people, ("population", "population")]


def _quantiles(draws: Floats, tails: tuple[float, float]) -> Floats:
    """Ends (2, R) of the draws (R, D) that are numbers; NaN where most are none."""
    few = np.isfinite(draws).mean(1) < 0.5
    safe = np.where(few[:, None], 0.0, draws)
    return np.where(few, np.nan, np.nanquantile(safe, tails, axis=1, method="weibull"))


def _derived(table: Coefficients, mean_reward: float) -> dict[tuple[str, str], Floats]:
    """{(quantity, mechanism): (R,)} of what equations have."""
    found: dict[tuple[str, str], Floats] = {}
    for mechanism in table.mechanisms:
        if mechanism.name not in table.terms or mechanism.state in table.hidden:
            continue
        if mechanism.applies_to == CHOSEN and reward_variable(mechanism) is not None:
            without, rewarded = (learning_rate(table, mechanism, reward) for reward in (0.0, 1.0))
            found["learning rate", mechanism.name] = learning_rate(table, mechanism, mean_reward)
            if _asymmetry(mechanism) in table.terms[mechanism.name].names:
                found["learning rate after reward", mechanism.name] = rewarded
                found["learning rate without reward", mechanism.name] = without
                found["asymmetry", mechanism.name] = rewarded - without
        elif _forgets(table, mechanism):
            rate = learning_rate(table, mechanism, 0.0)
            target = fixed_point(table, mechanism, {})
            found["forgetting rate", mechanism.name] = rate
            found["forgetting target", mechanism.name] = np.where(np.abs(rate) < SMALLEST_RATE, np.nan, target)
    return found


def _probabilities(table: Coefficients) -> dict[tuple[str, str], Floats]:
    """Probability (R,) of what each quantity is about."""
    if table.probability is None:
        return {}
    places = {name: k for k, name in enumerate(table.parameters)}
    found = {}
    for mechanism in table.mechanisms:
        own = places.get(("values", mechanism.name, mechanism.name))
        if own is None:
            continue
        of_own = table.probability[:, own]
        for quantity in ("learning rate", "learning rate after reward", "learning rate without reward",
                         "forgetting rate", "forgetting target"):  # fmt: skip
            found[quantity, mechanism.name] = of_own
        interaction = places.get(("values", mechanism.name, _asymmetry(mechanism)))
        if interaction is not None:
            found["asymmetry", mechanism.name] = table.probability[:, interaction]
    return found


def _asymmetry(mechanism: Mechanism) -> str:
    """Name of the term by which what is learned from a reward differs from what is learned without."""
    reward = reward_variable(mechanism)
    return "" if reward is None else f"{mechanism.name} {mechanism.input_names[reward - 1]}"


def _forgets(table: Coefficients, mechanism: Mechanism) -> bool:
    """Whether it is what becomes of a state that rewards feed where no reward is read."""
    chosen = mechanism_of(table, mechanism.state, CHOSEN)
    learns = chosen is not None and reward_variable(chosen) is not None
    return learns and mechanism is not chosen and not any(entry.signal == REWARD for entry in mechanism.entries)
