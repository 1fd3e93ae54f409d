"""What is written of a state beside its equations: where it starts, and that it is absent."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from spice.equations.notation import MATHML, symbol_of


def start_as_text(values: Mapping[str, float], digits: int) -> str:
    """`start: V = 0.50, C = 0.00`.

    Parameters
    ----------
    values : mapping of str to float
        {state: value at the start}.
    digits : int

    Returns
    -------
    str
    """
    if not values:
        return ""
    return "start: " + ", ".join(
        f"{symbol_of(state, latex=False)} = {_without_minus_zero(v, digits):.{digits}f}" for state, v in values.items()
    )


def start_as_latex(values: Mapping[str, float], digits: int) -> list[str]:
    """A line of an `aligned` environment for each state.

    Parameters
    ----------
    values, digits
        As in `start_as_text`.

    Returns
    -------
    list of str
    """
    return [
        f"{symbol_of(state, latex=True)}_0 &= {_without_minus_zero(v, digits):.{digits}f}"
        for state, v in values.items()
    ]


def start_as_mathml(values: Mapping[str, float], digits: int) -> list[str]:
    """A `math` element for each state.

    Parameters
    ----------
    values, digits
        As in `start_as_text`.

    Returns
    -------
    list of str
        Well-formed XML.
    """
    found = []
    for state, value in values.items():
        value = _without_minus_zero(value, digits)
        minus = "<mo>&#x2212;</mo>" if value < 0 else ""
        symbol = f"<msub><mi>{escape(symbol_of(state, latex=False))}</mi><mn>0</mn></msub>"
        number = f"<mo>=</mo>{minus}<mn>{abs(value):.{digits}f}</mn>"
        words = '<mspace width="2em"/><mtext>(at the start)</mtext>'
        found.append(f'<math xmlns="{MATHML}"><mrow>{symbol}{number}{words}</mrow></math>')
    return found


def absence_as_text(state: str) -> str:
    """`no C`, of a state that choices do not depend on.

    Parameters
    ----------
    state : str

    Returns
    -------
    str
    """
    return f"no {symbol_of(state, latex=False)}"


def absence_as_latex(state: str) -> str:
    """The same as a line of an `aligned` environment.

    Parameters
    ----------
    state : str

    Returns
    -------
    str
    """
    return rf"& \text{{no }} {symbol_of(state, latex=True)}"


def absence_as_mathml(state: str) -> str:
    """The same as a `math` element.

    Parameters
    ----------
    state : str

    Returns
    -------
    str
        Well-formed XML.
    """
    return f'<math xmlns="{MATHML}"><mtext>no&#xA0;</mtext><mi>{escape(symbol_of(state, latex=False))}</mi></math>'


def _without_minus_zero(value: float, digits: int) -> float:
    return round(value, digits) + 0.0
