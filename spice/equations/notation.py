"""How one equation is written: text, LaTeX, MathML, sympy, Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from spice.declaration.mechanisms import ALL, CHOSEN, NOT_CHOSEN, Mechanism

SYMBOLS = {
    "x_value_reward": ("V", "V"),
    "x_value_choice": ("C", "C"),
    "x_learning_rate_reward": ("rate", r"\alpha"),
    "c_reward": ("r", "r"),
    "c_action": ("a", "a"),
}
"""Short symbols of common names, in text and in LaTeX; other names are written out."""
MATHML = "http://www.w3.org/1998/Math/MathML"
ARMS = {CHOSEN: "chosen", NOT_CHOSEN: "not chosen", ALL: ""}


@dataclass(frozen=True)
class Described:
    """What the notation of a mechanism depends on; see `Mechanism`."""

    name: str
    state: str
    applies_to: str
    input_names: tuple[str, ...]
    bounds: tuple[float, float] | None

    @classmethod
    def of(cls, mechanism: Mechanism) -> Described:
        """What the notation of a mechanism needs to know of it.

        Parameters
        ----------
        mechanism : Mechanism

        Returns
        -------
        Described
        """
        return cls(mechanism.name, mechanism.state, mechanism.applies_to, mechanism.input_names, mechanism.bounds)


def arms(mechanism: Described | Mechanism) -> str:
    """The arms it applies to, in words; empty where to all.

    Parameters
    ----------
    mechanism : Described or Mechanism

    Returns
    -------
    str
        Such as "not chosen", or "where c_action".
    """
    return ARMS.get(mechanism.applies_to, f"where {mechanism.applies_to}")


def symbol_of(base: str, latex: bool) -> str:
    """The short symbol of a state or signal, or its name without `x_` or `c_`.

    Parameters
    ----------
    base : str
        Its name in the declaration.
    latex : bool
        Whether as LaTeX; else as text.

    Returns
    -------
    str
    """
    if base in SYMBOLS:
        return SYMBOLS[base][latex]
    words = re.sub(r"^[xc]_", "", base)
    escaped = words.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}" if latex else words


def rename_own(mechanism: Mechanism, terms: Mapping[str, float]) -> dict[str, float]:
    """Terms of a given equation, which name the state, with the mechanism's own name as in those found.

    Parameters
    ----------
    mechanism : Mechanism
    terms : mapping of str to float
        {term: coefficient}.

    Returns
    -------
    dict of str to float
    """
    pattern = re.compile(rf"(?<!\S){re.escape(mechanism.state)}(?=\^|\s|$)")
    return {pattern.sub(mechanism.name, term): value for term, value in terms.items()}


def as_text(mechanism: Described, terms: Mapping[str, float], digits: int) -> str:
    """`V <- V + 0.31 (r - V)` where an equation is a delta rule, else a rounded sum of terms.

    Parameters
    ----------
    mechanism : Described
    terms : mapping of str to float
        {term: coefficient}.
    digits : int
        Decimals of coefficients.

    Returns
    -------
    str
    """
    own = _symbol(mechanism, mechanism.name, latex=False)
    return f"{own} <- {_delta_rule(mechanism, terms, digits) or _sum(mechanism, terms, digits, latex=False)}"


def as_latex(mechanism: Described, terms: Mapping[str, float], digits: int) -> str:
    """One line of an `aligned` environment.

    Parameters
    ----------
    mechanism, terms, digits
        As in `as_text`.

    Returns
    -------
    str
    """
    own = _symbol(mechanism, mechanism.name, latex=True)
    words = arms(mechanism).replace("_", r"\_")
    where = rf" && \text{{({words})}}" if words else ""
    return rf"{own}' &= {_sum(mechanism, terms, digits, latex=True)}{where}"


def as_mathml(mechanism: Described, terms: Mapping[str, float], digits: int) -> str:
    """A `math` element that browsers draw without a script; well-formed XML.

    Parameters
    ----------
    mechanism, terms, digits
        As in `as_text`.

    Returns
    -------
    str
    """
    rounded = _rounded(terms, digits)
    return _mathml(mechanism, [(sign, f"<mn>{n}</mn>" if n else "", term) for sign, n, term in rounded])


def general_mathml(mechanism: Described, terms: Iterable[str]) -> str:
    """The polynomial of candidate terms, with letters for coefficients that are not known yet.

    Parameters
    ----------
    mechanism : Described
    terms : iterable of str

    Returns
    -------
    str
    """
    return _mathml(mechanism, [("+", f"<msub><mi>a</mi><mn>{k}</mn></msub>", term) for k, term in enumerate(terms)])


def _mathml(mechanism: Described, terms: Iterable[tuple[str, str, str]]) -> str:
    """Join terms, each given by its sign, its coefficient (empty for 1) and its name."""
    own = _mathml_symbol(mechanism, mechanism.name)
    parts = [f"<msup>{own}<mo>&#x2032;</mo></msup><mo>=</mo>"]
    for k, (sign, coefficient, term) in enumerate(terms):
        if k or sign == "-":
            parts.append("<mo>&#x2212;</mo>" if sign == "-" else "<mo>+</mo>")
        factors = [coefficient] if coefficient else []
        for factor in term.split() if term != "1" else ():
            base, _, power = factor.partition("^")
            symbol = _mathml_symbol(mechanism, base)
            factors.append(f"<msup>{symbol}<mn>{power}</mn></msup>" if power else symbol)
        parts.append("<mo>&#x2062;</mo>".join(factors))  # invisible times
    if len(parts) == 1:
        parts.append("<mn>0</mn>")
    words = f'<mspace width="2em"/><mtext>({escape(arms(mechanism))})</mtext>' if arms(mechanism) else ""
    return f'<math xmlns="{MATHML}"><mrow>{"".join(parts)}{words}</mrow></math>'


def as_sympy(mechanism: Described, terms: Mapping[str, float]) -> Any:
    """`sympy.Eq(next value, polynomial)`.

    Parameters
    ----------
    mechanism, terms
        As in `as_text`.

    Returns
    -------
    sympy.Eq
    """
    from sympy import Add, Eq, Float, Mul, Symbol

    own = _symbol(mechanism, mechanism.name, latex=True)
    right = Add(*(Mul(Float(v), _product(mechanism, t)) for t, v in terms.items()))
    return Eq(Symbol(f"{own}'"), right, evaluate=False)


def as_python(mechanism: Described, terms: Mapping[str, float]) -> str:
    """Source of a function (state, inputs) -> next value of the state.

    Parameters
    ----------
    mechanism, terms
        As in `as_text`.

    Returns
    -------
    str
    """
    variables = {mechanism.name: "value", **{name: _identifier(name) for name in mechanism.input_names}}
    parts = []
    for term, value in terms.items():
        factors = [] if term == "1" else [_python_factor(f, variables) for f in term.split()]
        parts.append(" * ".join([repr(float(value)), *factors]))
    body = " + ".join(parts) or "0.0"
    if mechanism.bounds is not None:
        low, high = mechanism.bounds
        body = f"min(max({body}, {low}), {high})"
    arguments = ", ".join(variables.values())
    where = arms(mechanism) or "all"
    return (
        f"def {_identifier(mechanism.name)}({arguments}):\n"
        f'    """Next {mechanism.state} of an arm ({where})."""\n'
        f"    return {body}"
    )


def _delta_rule(mechanism: Described, terms: Mapping[str, float], digits: int) -> str | None:
    """V + rate (target - V), where the terms are one's own value and a target of weight 1 - slope."""
    own = mechanism.name
    slope = terms.get(own, 0.0)
    others = {t: v for t, v in terms.items() if t != own}
    rate = 1.0 - slope
    if len(others) > 1 or not 0 < rate < 1 or round(rate, digits) == 0:
        return None
    symbol = _symbol(mechanism, own, latex=False)
    target = "0"
    for term, value in others.items():
        weight = value / rate
        if term == "1":
            target = f"{weight:.{digits}f}"
        elif abs(weight - 1.0) < 0.5 * 10**-digits:
            target = _term(mechanism, term, latex=False)
        else:
            target = f"{weight:.{digits}f} {_term(mechanism, term, latex=False)}"
    return f"{symbol} + {rate:.{digits}f} ({target} - {symbol})"


def _rounded(terms: Mapping[str, float], digits: int) -> list[tuple[str, str, str]]:
    """(sign, number, term) of each term; no number where the coefficient is just 1."""
    rounded = []
    for term, value in terms.items():
        number = f"{abs(value):.{digits}f}"
        if float(number) == 0:
            # What is part of an equation must not read as zero.
            number = f"{abs(value):.1g}"
        rounded.append(("-" if value < 0 else "+", "" if abs(value) == 1 and term != "1" else number, term))
    return rounded


def _sum(mechanism: Described, terms: Mapping[str, float], digits: int, latex: bool) -> str:
    text = ""
    for sign, number, term in _rounded(terms, digits):
        name = "" if term == "1" else _term(mechanism, term, latex)
        space = ("\\," if latex else " ") if number and name else ""
        piece = f"{number}{space}{name}"
        text += f" {sign} {piece}" if text else f"{'-' if sign == '-' else ''}{piece}"
    return text or "0"


def _term(mechanism: Described, term: str, latex: bool) -> str:
    factors = []
    for factor in term.split():
        base, _, power = factor.partition("^")
        symbol = _symbol(mechanism, base, latex)
        factors.append(f"{symbol}^{{{power}}}" if latex and power else f"{symbol}^{power}" if power else symbol)
    return ("\\," if latex else " ").join(factors)


def _symbol(mechanism: Described, name: str, latex: bool) -> str:
    return symbol_of(mechanism.state if name == mechanism.name else name, latex)


def _mathml_symbol(mechanism: Described, name: str) -> str:
    symbol = _symbol(mechanism, name, latex=True)
    return "<mi>&#x3B1;</mi>" if symbol == r"\alpha" else f"<mi>{escape(_symbol(mechanism, name, latex=False))}</mi>"


def _product(mechanism: Described, term: str) -> Any:
    from sympy import Integer, Mul, Pow, Symbol

    if term == "1":
        return Integer(1)
    factors = []
    for factor in term.split():
        base, _, power = factor.partition("^")
        factors.append(Pow(Symbol(_symbol(mechanism, base, latex=True)), Integer(int(power or 1))))
    return Mul(*factors)


def _python_factor(factor: str, variables: Mapping[str, str]) -> str:
    base, _, power = factor.partition("^")
    return variables[base] + (f"**{power}" if power else "")


def _identifier(name: str) -> str:
    cleaned = re.sub(r"\W", "_", name)
    if cleaned == "value" or keyword.iskeyword(cleaned):
        return f"{cleaned}_"
    return f"_{cleaned}" if cleaned[0].isdigit() else cleaned
