"""Equations that people type: `V + rate * (r - V)` as coefficients of candidate terms, and back."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from spice.exceptions import ConfigError

LARGEST_POWER = 5
LONGEST = 500
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def read_polynomial(text: str, names: Sequence[str]) -> dict[str, float]:
    """Coefficients by term of a polynomial; nothing of the text is run.

    Parameters
    ----------
    text : str
        Of names, numbers, `+ - * ( )` and `^` or `**`.
    names : sequence of str
        That may stand in it.

    Returns
    -------
    dict of str to float
        Factors of a term are separated by spaces, powers are written as `x^2`, the constant is "1".

    Raises
    ------
    ConfigError
    """
    from sympy import Poly, Symbol

    symbols = {name: Symbol(name) for name in names}
    try:
        if len(text) > LONGEST:
            raise ValueError(f"{len(text)} characters")
        expression = _value(ast.parse(text.replace("^", "**").strip(), mode="eval").body, symbols)
        polynomial = Poly(expression, *symbols.values())
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ConfigError(
            "equation", f"a sum of products of {list(names)} and numbers",
            str(error) if isinstance(error, ValueError) else repr(text), "Write such as x + 0.3 * (r - x).",
        ) from error  # fmt: skip
    return {_term(names, powers): float(c) for powers, c in polynomial.terms() if c}


def write_polynomial(terms: Mapping[str, float]) -> str:
    """A polynomial as the text that `read_polynomial` reads.

    Parameters
    ----------
    terms : mapping of str to float
        As `read_polynomial` gives them.

    Returns
    -------
    str
    """
    text = ""
    for term, value in terms.items():
        size = f"{abs(value):g}" if float(f"{value:g}") == value else repr(abs(value))
        factors = [] if term == "1" else term.split()
        product = " * ".join(factors if size == "1" and factors else [size, *factors])
        text += f" {'-' if value < 0 else '+'} {product}" if text else f"{'-' if value < 0 else ''}{product}"
    return text or "0"


def _value(node: ast.expr, symbols: Mapping[str, Any]) -> Any:
    match node:
        case ast.Name(id=name) if name in symbols:
            return symbols[name]
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            from sympy import Float

            return Float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, symbols)
        case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() as power)) if power in _POWERS:
            return _value(base, symbols) ** power
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, symbols), _value(right, symbols))
    raise ValueError(repr(ast.unparse(node)))


_POWERS = range(1, LARGEST_POWER + 1)


def _term(names: Sequence[str], powers: Sequence[int]) -> str:
    factors = [name if power == 1 else f"{name}^{power}" for name, power in zip(names, powers, strict=True) if power]
    return " ".join(factors) or "1"
