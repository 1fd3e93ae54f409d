"""Conditions on rows, such as `phase == 'main' and trial > 10`: parsed, never run as code."""

from __future__ import annotations

import ast
import keyword
import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.answers import label_text
from spice.data.table.table import Bools, Floats, Table
from spice.exceptions import ColumnError, DataError

_LONGEST = 1000
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
_EXAMPLE = "Write for example: phase == 'main', or trial > 10 and cond in ['a', 'b']; `a name` with blanks so."


def rows_where(table: Table, condition: str) -> Bools:
    """Rows for which a condition holds.

    Parameters
    ----------
    table : Table
    condition : str
        Columns (between backticks where a name is no word), numbers and text in quotes, compared by ``==``, ``!=``,
        ``<``, ``<=``, ``>``, ``>=``, ``in [...]`` and ``not in [...]``, joined by ``and``, ``or`` and ``not``. A
        column alone holds where it is true. An empty cell equals ``''`` only, and is neither smaller nor larger.

    Returns
    -------
    (n_rows,) array of bool

    Raises
    ------
    DataError
        It says something else.
    ColumnError
        It names a column that is not there.
    """
    tree, names = _parse(condition)
    return _holds(tree, table, names, condition)


def columns_in(condition: str) -> tuple[str, ...]:
    """Names of columns in a condition.

    Parameters
    ----------
    condition : str
        Such as `phase == "test" and age >= 18`.

    Returns
    -------
    tuple of str
        In the order in which they are first named.

    Raises
    ------
    DataError
        The condition cannot be read.
    """
    tree, names = _parse(condition)
    found = (names.get(node.id, node.id) for node in ast.walk(tree) if isinstance(node, ast.Name))
    return tuple(dict.fromkeys(found))


def is_equal(column: str, value: object, equal: bool = True) -> str:
    """The condition that a column holds a value, or does not.

    Parameters
    ----------
    column : str
    value : object
    equal : bool
        False for the condition that it does not.

    Returns
    -------
    str
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    return f"{quoted(column)} {'==' if equal else '!='} {plain!r}"


def quoted(column: str) -> str:
    """A name of a column as conditions write it.

    Parameters
    ----------
    column : str

    Returns
    -------
    str
        Between backticks where it is no plain word.
    """
    return column if column.isidentifier() and not keyword.iskeyword(column) else f"`{column}`"


def _parse(condition: str) -> tuple[ast.expr, dict[str, str]]:
    """The tree of a condition, and the columns that stand in it under other names."""
    names: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        if not found.group(1):
            return found.group(0)  # text in quotes, in which a backtick is a backtick
        word = f"column_{len(names)}_"
        names[word] = found.group(1)
        return word

    text = str(condition).strip()
    try:
        if len(text) > _LONGEST:
            raise ValueError
        plain = re.sub(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`([^`]+)`", named, text)
        return ast.parse(plain, mode="eval").body, names
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _not_understood(condition) from error


def _not_understood(condition: str) -> DataError:
    shown = condition if len(condition) <= 80 else f"{condition[:77]}..."
    return DataError("where", "a condition on columns", repr(shown), _EXAMPLE)


def _holds(node: ast.expr, table: Table, names: dict[str, str], condition: str) -> Bools:
    def holds(part: ast.expr) -> Bools:
        return _holds(part, table, names, condition)

    if isinstance(node, ast.BoolOp):
        join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        result = holds(node.values[0])
        for part in node.values[1:]:
            result = join(result, holds(part))
        return result
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~holds(node.operand)
    if isinstance(node, ast.Name):
        return _compare(table, _column(node, table, names), ast.Eq(), True)
    if isinstance(node, ast.Compare):
        result = np.ones(len(table.rows), dtype=np.bool_)
        left = node.left
        for sign, right in zip(node.ops, node.comparators, strict=True):
            result &= _one_comparison(left, sign, right, table, names, condition)
            left = right
        return result
    raise _not_understood(condition)


def _one_comparison(
    left: ast.expr, sign: ast.cmpop, right: ast.expr, table: Table, names: dict[str, str], condition: str
) -> Bools:
    if isinstance(sign, (ast.In, ast.NotIn)):
        if not (isinstance(left, ast.Name) and isinstance(right, (ast.List, ast.Tuple, ast.Set))):
            raise _not_understood(condition)
        column = _column(left, table, names)
        found = np.zeros(len(table.rows), dtype=np.bool_)
        for element in right.elts:
            found |= _compare(table, column, ast.Eq(), _constant(element, condition))
        return ~found if isinstance(sign, ast.NotIn) else found
    if type(sign) not in _COMPARE:
        raise _not_understood(condition)
    if isinstance(left, ast.Name) and isinstance(right, ast.Name):
        return _compare_columns(table, _column(left, table, names), sign, _column(right, table, names))
    if isinstance(left, ast.Name):
        return _compare(table, _column(left, table, names), sign, _constant(right, condition))
    if isinstance(right, ast.Name):
        turned = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
        return _compare(
            table, _column(right, table, names), turned.get(type(sign), type(sign))(), _constant(left, condition)
        )
    raise _not_understood(condition)


def _column(node: ast.Name, table: Table, names: dict[str, str]) -> pd.Series[Any]:
    name = names.get(node.id, node.id)
    if name not in table.frame.columns:
        raise ColumnError(
            "where", f"one of the columns {', '.join(map(str, table.frame.columns))}", repr(name),
            "Text stands in quotes, names of columns do not.",
        )  # fmt: skip
    return table.column("where", name)


def _constant(node: ast.expr, condition: str) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError) as error:
        raise _not_understood(condition) from error
    if value is None or isinstance(value, (bool, str)):
        return "" if value is None else value
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _not_understood(condition) from error


def _compare(table: Table, column: pd.Series[Any], sign: ast.cmpop, value: Any) -> Bools:
    compare = _COMPARE[type(sign)]
    if isinstance(value, bool):
        # Tables say it in many ways.
        text = _texts(column).str.casefold()
        holds = text.isin(["true", "t", "yes", "y", "1"] if value else ["false", "f", "no", "n", "0"])
        return np.asarray(holds if isinstance(sign, ast.Eq) else ~holds, dtype=np.bool_)
    if isinstance(value, str):
        text = _texts(column)
        holds = compare(text, value.strip())
        ordered = not isinstance(sign, (ast.Eq, ast.NotEq))
        return np.asarray(holds & (text != "") if ordered else holds, dtype=np.bool_)
    return np.asarray(compare(_numbers(table, column), value), dtype=np.bool_)


def _compare_columns(table: Table, left: pd.Series[Any], sign: ast.cmpop, right: pd.Series[Any]) -> Bools:
    compare = _COMPARE[type(sign)]
    numbers = [_numbers(table, side) for side in (left, right)]
    if all((np.isfinite(number) | side.isna()).all() for number, side in zip(numbers, (left, right), strict=True)):
        return np.asarray(compare(*numbers), dtype=np.bool_)
    return np.asarray(compare(_texts(left).to_numpy(), _texts(right).to_numpy()), dtype=np.bool_)


def _numbers(table: Table, column: pd.Series[Any]) -> Floats:
    return table.numbers("where", column.name, np.zeros(len(table.rows), dtype=np.bool_))


def _texts(column: pd.Series[Any]) -> pd.Series[str]:
    return column.map(label_text, na_action="ignore").astype(object).where(column.notna(), "").astype(str)
