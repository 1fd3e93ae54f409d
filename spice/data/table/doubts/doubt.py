"""What a doubt is: a question about a table, and the answers that settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd
from numpy.typing import NDArray

from spice.data.table.answers import Answers
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns


@dataclass(frozen=True)
class Answer:
    """An answer to a doubt.

    Attributes
    ----------
    label : str
        What a button says.
    arguments : mapping
        Arguments of `convert_dataset`.
    """

    label: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Doubt:
    """Something about a table that can be read in more than one way.

    Attributes
    ----------
    code : str
        Kind of the doubt.
    column : str
    rows : tuple of int
        Numbered as in the file, the header being row 1; empty where it is about all of them.
    sentence : str
    answers : tuple of Answer
        May be empty.
    keep_label : str
        What a button says by which all stays as it is.
    subject : str
        Tells doubts of a kind apart: a label, or by default the column.
    """

    code: str
    column: str
    rows: tuple[int, ...]
    sentence: str
    answers: tuple[Answer, ...] = ()
    keep_label: str = "Keep as it is"
    subject: str = ""

    @property
    def key(self) -> str:
        """What `keep` calls it."""
        return f"{self.code}:{self.subject or self.column}"

    @property
    def keep(self) -> Answer:
        """The answer by which all stays as it is."""
        return Answer(self.keep_label, {"keep": [self.key]})

    def __str__(self) -> str:
        said = [self.sentence, *(_in_python(answer) for answer in (*self.answers, self.keep))]
        return " ".join(said)


Finder: TypeAlias = Callable[[Table, TrialColumns, Answers], list[Doubt]]
"""Finds the doubts of a kind in a table that was arranged."""


def numbered(rows: NDArray[Any]) -> tuple[int, ...]:
    """Numbers of rows as Python's."""
    return tuple(int(row) for row in rows)


def has(table: Table, *names: str | None) -> bool:
    """Whether each of the columns is there, once."""
    return all(name is not None and (table.frame.columns == name).sum() == 1 for name in names)


def free_columns(table: Table, columns: TrialColumns) -> list[str]:
    """Columns without a role."""
    used = {name for names in columns.by_role(table).values() for name in names}
    names = [name for name in table.frame.columns if isinstance(name, str) and name not in used and has(table, name)]
    # A cell of a table from memory may hold a list, which nothing can be compared with.
    return [name for name in names if not table.frame[name].head(100).map(pd.api.types.is_list_like).any()]


def named(values: list[str], most: int = 4) -> str:
    """`a`, `a and b`, `a, b, c, d and 3 more`."""
    shown = values[:most]
    more = len(values) - len(shown)
    last = f"{more} more" if more else shown.pop() if len(shown) > 1 else ""
    return ", ".join(shown) + (f" and {last}" if last else "")


def first_rows(rows: NDArray[Any]) -> str:
    """`row 5`, `rows 5 and 9`, `rows 5, 9, 12 and 30 more`."""
    return f"row{'s' if len(rows) > 1 else ''} {named([f'{int(row):,}' for row in rows], 3)}"


def times(number: int) -> str:
    """How often something comes, in words: `once`, `2 times`."""
    return "once" if number == 1 else f"{number:,} times"


def _in_python(answer: Answer) -> str:
    given = ", ".join(f"{name}={value!r}" for name, value in answer.arguments.items())
    return f"{answer.label}: {given}."
