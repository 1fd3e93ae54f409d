"""Canonical form: values are known only up to shift and, with a free inverse temperature, scale.

Two models whose values differ by V = shift + scale * W, with inverse temperatures to match, make the same
choices. The canonical W puts the fixed point of the chosen arm's mechanism at 0 where it is never rewarded and at
1 where it always is, so that a coefficient means the same in every participant. A state that no reward feeds, such
as a choice trace, has its fixed points at 0 where an arm is never chosen and at 1 where it always is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import CHOSEN, NOT_CHOSEN, REWARD, Mechanism
from spice.equations.algebra import substitution, value_and_slope
from spice.equations.coefficients import Coefficients

Floats = NDArray[np.float64]
NEWTON_STEPS = 25
SWEEPS = 50
LARGEST_SCALE = 1e3


@dataclass(frozen=True)
class Gauge:
    """V = shift + scale * W for each row (R,)."""

    shift: Floats
    scale: Floats


def canonical_gauge(coefficients: Coefficients, state: str) -> Gauge:
    """Shift and scale that make a state canonical.

    Parameters
    ----------
    coefficients : Coefficients
    state : str

    Returns
    -------
    Gauge
        NaN in rows where the state's fixed points do not exist or coincide.
    """
    empty = np.full(coefficients.n_rows, np.nan)
    chosen = mechanism_of(coefficients, state, CHOSEN)
    if chosen is None or not is_free(coefficients, state):
        return Gauge(empty, empty)
    reward = reward_variable(chosen)
    if reward is not None:
        low = fixed_point(coefficients, chosen, {reward: 0.0})
        high = fixed_point(coefficients, chosen, {reward: 1.0})
    else:
        other = mechanism_of(coefficients, state, NOT_CHOSEN)
        if other is None:
            return Gauge(empty, empty)
        low, high = fixed_point(coefficients, other, {}), fixed_point(coefficients, chosen, {})
    scale = high - low
    usable = (np.abs(scale) > 1 / LARGEST_SCALE) & (np.abs(scale) < LARGEST_SCALE) & np.isfinite(low)
    return Gauge(np.where(usable, low, np.nan), np.where(usable, scale, np.nan))


def fixed_point(coefficients: Coefficients, mechanism: Mechanism, inputs: dict[int, float]) -> Floats:
    """Value that a mechanism leaves as it is, its inputs held at numbers.

    Parameters
    ----------
    coefficients : Coefficients
    mechanism : Mechanism
    inputs : dict of int to float
        {place of the input, from 1: number}; 0 where not given.

    Returns
    -------
    (R,)
        NaN where there is none.
    """
    terms, values = coefficients.terms[mechanism.name], coefficients.values[mechanism.name]
    point = np.zeros(len(values))
    for _ in range(NEWTON_STEPS):
        value, slope = value_and_slope(terms, values, point, inputs)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = (value - point) / (1.0 - slope)
        # Without a fixed point (a slope of 1) the step is not finite and stays so.
        point = point + step
        if not np.isfinite(step).any() or np.nanmax(np.abs(step)) < 1e-12:
            break
    value, slope = value_and_slope(terms, values, point, inputs)
    with np.errstate(invalid="ignore"):
        found = np.isfinite(point) & (np.abs(value - point) < 1e-6 * np.maximum(1, np.abs(point)))
        return np.where(found & (np.abs(slope) < 1.0), point, np.nan)


def learning_rate(coefficients: Coefficients, mechanism: Mechanism, mean_reward: float) -> Floats:
    """1 - dV'/dV at a mean reward and the fixed point there.

    Parameters
    ----------
    coefficients : Coefficients
    mechanism : Mechanism
    mean_reward : float
        In [0, 1].

    Returns
    -------
    (R,)
    """
    reward = {1 + k: mean_reward for k, entry in enumerate(mechanism.entries) if entry.signal == REWARD}
    point = np.nan_to_num(fixed_point(coefficients, mechanism, reward))
    _, slope = value_and_slope(coefficients.terms[mechanism.name], coefficients.values[mechanism.name], point, reward)
    return np.asarray(1.0 - slope)


def has_reward_term(coefficients: Coefficients, mechanism: Mechanism) -> NDArray[np.bool_]:
    """Rows (R,) in which a term of the mechanism's equation has a reward in it."""
    rewards = [k for k, entry in enumerate(mechanism.entries, 1) if entry.signal == REWARD]
    powers = np.array(coefficients.terms[mechanism.name].powers)
    with_reward = powers[:, rewards].any(1)
    return np.asarray((coefficients.values[mechanism.name][:, with_reward] != 0).any(1))


def change_gauge(coefficients: Coefficients, state: str, gauge: Gauge) -> Coefficients:
    """The same equations for W instead of V = shift + scale * W.

    Parameters
    ----------
    coefficients : Coefficients
    state : str
    gauge : Gauge
        Rows with a NaN stay as they are.

    Returns
    -------
    Coefficients
        Without draws.
    """
    usable = np.isfinite(gauge.shift) & np.isfinite(gauge.scale)
    shift, scale = np.where(usable, gauge.shift, 0.0), np.where(usable, gauge.scale, 1.0)
    values = dict(coefficients.values)
    for mechanism in coefficients.mechanisms:
        if mechanism.name not in coefficients.terms:
            continue
        terms, own = coefficients.terms[mechanism.name], mechanism.state == state
        read = [k for k, entry in enumerate(mechanism.entries, 1) if entry.signal == state]
        matrix = np.broadcast_to(np.eye(len(terms)), (len(shift), len(terms), len(terms)))
        for variable in ([0] if own else []) + read:
            matrix = substitution(terms, variable, shift, scale) @ matrix
        new = np.einsum("rfg,rg->rf", matrix, values[mechanism.name])
        if own:
            new[:, terms.index("1")] -= shift
            new = new / scale[:, None]
        # Terms are never created by rounding.
        new[np.abs(new) < 1e-12] = 0.0
        values[mechanism.name] = new
    beta = coefficients.betas.get(state, np.ones(len(scale)))
    initial = (coefficients.initial[state] - shift) / scale
    betas = {} if state in coefficients.hidden else {state: beta * scale}
    return replace(
        coefficients,
        values=values,
        betas={**coefficients.betas, **betas},
        initial={**coefficients.initial, state: initial},
        draws=None,
    )


def canonical_form(coefficients: Coefficients) -> Coefficients:
    """Every state that has one in its canonical gauge; so are all draws, each in the gauge of its own coefficients.

    Parameters
    ----------
    coefficients : Coefficients

    Returns
    -------
    Coefficients
    """
    return in_other_variables(coefficients, _canonical)


def in_other_variables(
    coefficients: Coefficients, transformation: Callable[[Coefficients], Coefficients]
) -> Coefficients:
    """The transformed equations, and draws of them.

    Parameters
    ----------
    coefficients : Coefficients
    transformation : callable
        From Coefficients to Coefficients, row by row.

    Returns
    -------
    Coefficients
    """
    new = transformation(replace(coefficients, draws=None, probability=None, prevalence_interval=None))
    if coefficients.draws is None:
        return new
    n_rows, n_draws, n_parameters = coefficients.draws.shape
    flat = coefficients.with_vectors(coefficients.draws.reshape(-1, n_parameters).astype(np.float64))
    draws = transformation(flat).vectors().reshape(n_rows, n_draws, -1).astype(coefficients.draws.dtype)
    probability, interval = (_renamed(table, coefficients, new) for table in
                             (coefficients.probability, coefficients.prevalence_interval))  # fmt: skip
    return replace(new, draws=draws, probability=probability, prevalence_interval=interval)


def _renamed(table: Floats | None, old: Coefficients, new: Coefficients) -> Floats | None:
    """Columns (..., P) of the old parameters as those of the new ones; NaN for what is new."""
    if table is None:
        return None
    places = {name: k for k, name in enumerate(old.parameters)}
    columns = [
        table[..., places[name]] if name in places else np.full(table.shape[:-1], np.nan) for name in new.parameters
    ]
    return np.stack(columns, axis=-1)


def _canonical(coefficients: Coefficients) -> Coefficients:
    for state, gauge in _joint_gauges(coefficients).items():
        coefficients = change_gauge(coefficients, state, gauge)
    return coefficients


def _joint_gauges(coefficients: Coefficients) -> dict[str, Gauge]:
    """Gauges in which every state is canonical with the others held at their own canonical zero.

    Where states feed each other, the gauge of one moves the fixed points of the next, so they take turns.
    """
    n = coefficients.n_rows
    total = {state: Gauge(np.zeros(n), np.ones(n)) for state in coefficients.initial}
    for _ in range(SWEEPS):
        change = 0.0
        for state, so_far in total.items():
            gauge = canonical_gauge(coefficients, state)
            usable = np.isfinite(gauge.scale)
            shift, scale = np.where(usable, gauge.shift, 0.0), np.where(usable, gauge.scale, 1.0)
            coefficients = change_gauge(coefficients, state, Gauge(shift, scale))
            total[state] = Gauge(so_far.shift + so_far.scale * shift, so_far.scale * scale)
            change = max(change, np.abs(shift).max(), np.abs(scale - 1.0).max())
        if change < 1e-12:
            break
    return total


def common_gauge(
    coefficients: Coefficients, states: tuple[str, ...], betas: Mapping[str, float] | None = None
) -> Coefficients:
    """Near-canonical values, one inverse temperature for all rows and the initial values as they were.

    Networks leave each participant in an arbitrary gauge; coefficients of different people can be compared, and
    pooled, only in a common one. Keeping the initial value makes the change inexact in the first trials.

    Parameters
    ----------
    coefficients : Coefficients
    states : tuple of str
    betas : mapping of str to float, optional
        {state: inverse temperature to take}; of other states, the median of the people's.

    Returns
    -------
    Coefficients
    """
    for state in states:
        canonical = change_gauge(coefficients, state, canonical_gauge(coefficients, state))
        beta = np.abs(canonical.betas[state])
        common = betas[state] if betas and state in betas else np.exp(np.median(np.log(beta)))
        scale = common / canonical.betas[state]
        middle = coefficients.initial[state]
        aligned = change_gauge(canonical, state, Gauge(middle * (1.0 - scale), scale))
        coefficients = replace(aligned, initial=coefficients.initial)
    return coefficients


def is_free(coefficients: Coefficients, state: str) -> bool:
    """Whether no given equation, bound or zero ties the state to its present shift and scale.

    Parameters
    ----------
    coefficients : Coefficients
    state : str

    Returns
    -------
    bool
        Whether `change_gauge` can give the state another shift and scale.
    """
    return all(
        m.name in coefficients.terms and (m.state != state or (m.bounds is None and m.others == "keep"))
        for m in coefficients.mechanisms
        if m.state == state or any(entry.signal == state for entry in m.entries)
    )


def mechanism_of(coefficients: Coefficients, state: str, applies_to: str) -> Mechanism | None:
    """The first mechanism with an equation that updates a state where it applies.

    Parameters
    ----------
    coefficients : Coefficients
    state : str
    applies_to : str
        "chosen", "not_chosen", "all" or a signal.

    Returns
    -------
    Mechanism or None
    """
    found = [
        m
        for m in coefficients.mechanisms
        if m.state == state and m.applies_to == applies_to and m.name in coefficients.terms
    ]
    return found[0] if found else None


def reward_variable(mechanism: Mechanism) -> int | None:
    """Which of a mechanism's variables is the reward of the arm chosen, or of the arm itself.

    Parameters
    ----------
    mechanism : Mechanism

    Returns
    -------
    int or None
        From 1, since the state's own value is 0; None where no such reward is read.
    """
    rewards = [k for k, e in enumerate(mechanism.entries, 1) if e.signal == REWARD and e.arm in ("own", "chosen")]
    return rewards[0] if rewards else None
