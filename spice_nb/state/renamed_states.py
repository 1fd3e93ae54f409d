"""What a mechanism is after a state that it changes or reads has another name."""

from collections.abc import Mapping
from dataclasses import replace

from spice.declaration.mechanisms import Mechanism


def with_state_renamed(mechanism: Mechanism, old: str, new: str) -> Mechanism:
    """A mechanism after a state has another name.

    Parameters
    ----------
    mechanism : Mechanism
    old, new : str
        Names of the state.

    Returns
    -------
    Mechanism
        Its inputs and its equation follow.
    """
    entries = tuple(replace(entry, signal=new) if entry.signal == old else entry for entry in mechanism.entries)
    names = {old: new, **{a.name: b.name for a, b in zip(mechanism.entries, entries, strict=True)}}
    equation = mechanism.equation
    if equation is not None:
        equation = {" ".join(_factor(f, names) for f in term.split()): value for term, value in equation.items()}
    state = new if mechanism.state == old else mechanism.state
    return replace(mechanism, state=state, inputs=entries, equation=equation)


def _factor(factor: str, names: Mapping[str, str]) -> str:
    base, *power = factor.split("^")
    return "^".join([names.get(base, base), *power])
