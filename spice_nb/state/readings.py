"""Equations in plain words."""

import math

from spice.equations.equations import SpiceEquations

_PARTS = (
    (0.0, "hardly"), (0.1, "a tenth of the way"), (0.2, "a fifth of the way"), (0.25, "a quarter of the way"),
    (1 / 3, "a third of the way"), (0.5, "half of the way"), (2 / 3, "two thirds of the way"),
    (0.75, "three quarters of the way"), (0.9, "most of the way"), (1.0, "all of the way"),
)  # fmt: skip
ADVANTAGE = 0.5
"""Difference of two values that inverse temperatures are explained with."""


def readings(equations: SpiceEquations, participant: int | str) -> list[str]:
    """A sentence for each thing that an equation says, in canonical form where there is one."""
    canonical = equations.canonical()
    if participant in equations.without_canonical_form():
        canonical = equations
    said = [
        f"Learning rate {rate[participant]:.2f}: each outcome moves the value of the chosen option "
        f"{part(rate[participant])}."
        for rate in canonical.learning_rates().values()
        if participant in rate and math.isfinite(rate[participant])
    ]
    terms = canonical.terms(participant)
    for mechanism in canonical.coefficients.mechanisms:
        of_it = terms.get(mechanism.name, {})
        if mechanism.applies_to != "not_chosen" or set(of_it) - {"1", mechanism.name}:
            continue
        rate = 1 - of_it.get(mechanism.name, 0.0)
        if abs(rate) < 0.005:
            said.append("Options that are not chosen keep their value.")
        else:
            toward = of_it.get("1", 0.0) / rate
            said.append(
                f"Forgetting rate {rate:.2f}: the value of an option not chosen moves {part(rate)} to {toward:.2f}."
            )
    for value in canonical.unusual_starts(participant).values():
        said.append(
            f"The value that options start with, {value:.2f}, lies outside 0 to 1, where no reward could lead. It "
            "stands for something that the model has no mechanism for, such as repeating choices; do not read the "
            "learning rate by itself."
        )
    for beta in canonical.inverse_temperatures(participant).values():
        p = 1 / (1 + math.exp(-min(beta * ADVANTAGE, 50)))
        said.append(
            f"Inverse temperature {beta:.2f}: of two options, one that is worth {ADVANTAGE} more is chosen "
            f"{p:.0%} of the time."
        )
    return said


def part(rate: float) -> str:
    """`a third of the way`."""
    if rate < -0.02:
        return "the other way"
    if rate > 1.05:
        return "beyond it"
    return min(_PARTS, key=lambda known: abs(known[0] - rate))[1]
