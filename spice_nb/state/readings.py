"""Equations in plain words, and how sure they are."""

import math
from dataclasses import dataclass, replace

from spice.equations.equations import POPULATION, SpiceEquations
from spice_nb.state.certainty import as_interval, probably
from spice_nb.state.effects import is_fed_by_rewards, is_trace_of_choices

_PARTS = (
    (0.0, "hardly"), (0.1, "a tenth of the way"), (0.2, "a fifth of the way"), (0.25, "a quarter of the way"),
    (1 / 3, "a third of the way"), (0.5, "half of the way"), (2 / 3, "two thirds of the way"),
    (0.75, "three quarters of the way"), (0.9, "most of the way"), (1.0, "all of the way"),
)  # fmt: skip
ADVANTAGE = 0.5
"""Difference of two values that inverse temperatures are explained with."""

NOTHING = 1e-6


@dataclass(frozen=True)
class _Number:
    value: float
    low: float
    high: float
    probability: float = math.nan

    @property
    def is_of_either_sign(self) -> bool:
        """Whether its interval lies on both sides of 0; one that ends there does not, since 0 is what is absent."""
        return self.low < -NOTHING and self.high > NOTHING

    def __str__(self) -> str:
        interval = as_interval(self.low, self.high)
        return f"{self.value + 0.0:.2f}" + (f" ({interval})" if interval else "")


def readings(equations: SpiceEquations, participant: int | str) -> list[str]:
    """A sentence for each thing that an equation says or leaves out, in canonical form where there is one.

    Parameters
    ----------
    equations : SpiceEquations
    participant : int or str
        Id, or `POPULATION`.

    Returns
    -------
    list of str
    """
    one = replace(
        equations,
        coefficients=equations.coefficients.select([equations.row(participant)]),
        participants=(),
        labels=(),
    ).canonical()
    has_form = not one.without_canonical_form()
    has_form = not one.without_canonical_form()
    said = _learning_and_forgetting(one) if has_form else []
    for value in one.unusual_starts(POPULATION).values():
        said.append(
            f"The value that options start with, {value:.2f}, lies outside 0 to 1, where no reward could lead. It "
            "stands for something that the model has no mechanism for, such as repeating choices; do not read the "
            "learning rate by itself."
        )
    return said + _inverse_temperatures(one)


def _learning_and_forgetting(one: SpiceEquations) -> list[str]:
    numbers: dict[str, dict[str, _Number]] = {}
    for row in one.derived().to_dict("records"):
        number = _Number(row["estimate"], row["low"], row["high"], row["probability"])
        numbers.setdefault(row["mechanism"], {})[row["quantity"]] = number
    said = []
    terms, absent = one.terms(POPULATION), one.absent_states(POPULATION)
    for mechanism in one.coefficients.mechanisms:
        of_it = numbers.get(mechanism.name, {})
        if mechanism.state in absent:
            continue
        if "learning rate" in of_it and math.isfinite(of_it["learning rate"].value):
            said.append(_learning(of_it["learning rate"]))
            said += _asymmetry(of_it)
        if "forgetting rate" in of_it and not set(terms[mechanism.name]) - {"1", mechanism.name}:
            said.append(_forgetting(of_it["forgetting rate"], of_it["forgetting target"]))
    return said


def _learning(rate: _Number) -> str:
    return f"Learning rate {rate}: each outcome moves the value of the chosen option {part(rate.value)}."


def _asymmetry(of_it: dict[str, _Number]) -> list[str]:
    """Whether rewards teach as much as their absence; nothing where that was not asked."""
    if "asymmetry" not in of_it:
        return []
    asymmetry = of_it["asymmetry"]
    rewarded, without = of_it["learning rate after reward"], of_it["learning rate without reward"]
    if asymmetry.value == 0:
        sure = probably(1 - asymmetry.probability)
        return [f"Learns from rewards and from their absence alike{sure}."] if sure else []
    sure, rates = probably(asymmetry.probability), f"learning rates {rewarded} and {without}"
    if asymmetry.is_of_either_sign:
        return [f"May learn differently from rewards and from their absence{sure}: {rates}."]
    more = "more" if asymmetry.value > 0 else "less"
    return [f"Learns {more} from rewards than from their absence{sure}: {rates}."]


def _forgetting(rate: _Number, target: _Number) -> str:
    if abs(rate.value) < 0.005:
        return f"Options that are not chosen keep their value{probably(1 - rate.probability)}."
    where = f" to {target}" if math.isfinite(target.value) else ""
    moved = f"their value moves {part(rate.value)}{where}"
    return f"Forgets options that are not chosen{probably(rate.probability)}, at a rate of {rate}: {moved}."


def _inverse_temperatures(one: SpiceEquations) -> list[str]:
    table = one.coefficients
    mechanisms = {m.name: m for m in table.mechanisms}
    low, high = table.intervals()[:, 0]
    probability = None if table.probability is None else table.probability[0]
    said = []
    for k, (kind, state, _) in enumerate(table.parameters):
        if kind != "betas":
            continue
        beta = _Number(table.betas[state][0], low[k], high[k], math.nan if probability is None else probability[k])
        if is_trace_of_choices(state, mechanisms):
            said.append(_perseveration(beta))
        elif beta.value == 0:
            what = "what was learned from rewards" if is_fed_by_rewards(state, mechanisms) else state
            said.append(f"Choices do not depend on {what}{probably(1 - beta.probability)}.")
        else:
            said.append(
                f"Inverse temperature {beta}: of two options, one that is worth {ADVANTAGE} more is chosen "
                f"{_chosen(beta.value * ADVANTAGE):.0%} of the time."
            )
    return said


def _perseveration(beta: _Number) -> str:
    if beta.value == 0:
        return f"Shows no perseveration{probably(1 - beta.probability)}."
    if beta.is_of_either_sign:
        does = "May repeat or avoid earlier choices"
    else:
        does = "Repeats choices" if beta.value > 0 else "Avoids earlier choices"
    return (
        f"{does}{probably(beta.probability)}, with an inverse temperature of {beta}: of two options that are worth the "
        f"same, one that was chosen time and again is chosen {_chosen(beta.value):.0%} of the time."
    )


def _chosen(difference: float) -> float:
    return 1 / (1 + math.exp(-min(difference, 50)))


def part(rate: float) -> str:
    """`a third of the way`.

    Parameters
    ----------
    rate : float
        0 to 1, unless it is beyond what learning can be.

    Returns
    -------
    str
    """
    if rate < -0.02:
        return "the other way"
    if rate > 1.05:
        return "beyond it"
    return min(_PARTS, key=lambda known: abs(known[0] - rate))[1]
