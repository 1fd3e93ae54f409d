"""What is wrong with a table or noteworthy in it, a line each, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spice.exceptions import RowError
from spice.utils.choices import read_choices
from spice.utils.leave_out import LeaveOut, find_problems
from spice.utils.table import Table
from spice.utils.trial_columns import TrialColumns

ROWS_NAMED = 5
RARE, MUCH_MORE = 2, 20
"""Choices of an option that is rare, and by how many times the most frequent one has more."""


@dataclass(frozen=True)
class Check:
    """A line of the list.

    Attributes
    ----------
    sentence : str
    is_problem : bool
        Whether nothing can be fitted as long as it is there.
    offer : str
        What a person can choose to do about it; empty where there is nothing.
    is_taken : bool
        Whether that was chosen.
    column : str
        The offer is about rows that cannot be used because of this column,
    few : bool
        or about people with few choices.
    """

    sentence: str
    is_problem: bool = True
    offer: str = ""
    is_taken: bool = False
    column: str = ""
    few: bool = False

    @property
    def key(self) -> tuple[str, bool]:
        """What tells offers apart."""
        return (self.column, self.few)

    @property
    def kind(self) -> str:
        """As a paragraph is called."""
        return "problem" if self.is_problem else "note"


def table_checks(table: Table, columns: TrialColumns, leave_out: LeaveOut, is_ready: bool) -> list[Check]:
    """All lines about rows of a table; `is_ready` where a data set was made of it."""
    # Looking for problems reads the table again.
    problems = () if is_ready and leave_out == LeaveOut() else find_problems(table, columns, leave_out)
    checks, left_out = [], list[int]()
    for problem in problems:
        if isinstance(problem, RowError):
            checks.append(_row_check(problem, leave_out, len(table.rows)))
            left_out.extend(problem.rows)
        else:
            checks.append(Check(str(problem)))
    if is_ready:
        used = table.without(left_out) if left_out else table
        missed = used.rows[read_choices(used, columns.df_choice)[0] < 0]
        checks += [_missed_check(missed)] if len(missed) else []
    return checks


def _row_check(problem: RowError, leave_out: LeaveOut, n_rows: int) -> Check:
    rows, is_taken = rows_named(problem.rows), leave_out.covers(problem)
    count = f" ({len(problem.rows):,} rows)" if len(problem.rows) > ROWS_NAMED else ""
    why = f"expected {problem.expected}, but got {problem.found}"
    number, one, many = len(problem.rows), "row", "rows"
    if problem.people:
        number, one, many = len(problem.people), "person", "people"
    if len(problem.rows) == n_rows:
        return Check(f"All {n_rows:,} rows: {why}. Choose another column, or correct the table.")
    sentence = f"{rows}{count}{' left out' if is_taken else ''}: {why}."
    offer = f"Leave out this {one}" if number == 1 else f"Leave out these {number:,} {many}"
    return Check(
        sentence, not is_taken, offer, is_taken, "" if problem.people else problem.column, bool(problem.people)
    )


def _missed_check(rows: np.ndarray[Any, Any]) -> Check:
    return Check(
        f"{rows_named(rows)}: no choice. The trial stays in its session, but nothing is learned from it "
        "and it is not scored.",
        is_problem=False,
    )  # fmt: skip


def same_option_check(people: int) -> Check:
    """A line for people who only ever chose one option."""
    who = "1 person" if people == 1 else f"{people:,} people"
    return Check(f"{who} only ever chose one option, which tells little of how they learn.", is_problem=False)


def rare_option_checks(table: Table, column: str) -> list[Check]:
    """A line for each option that was chosen so rarely that its name may be a typing error."""
    choices, labels = read_choices(table, column)
    counts = np.bincount(choices[choices >= 0], minlength=len(labels))
    rare = np.flatnonzero((counts > 0) & (counts <= RARE) & (counts * MUCH_MORE <= counts.max()))
    sentence = "{rows}: {label!r} was chosen nowhere else. Is it a typing error?"
    return [
        Check(sentence.format(rows=rows_named(table.rows[choices == k]), label=str(labels[k])), is_problem=False)
        for k in rare
    ]


def rows_named(rows: Sequence[int] | np.ndarray[Any, Any]) -> str:
    """`Row 5`, `Rows 5, 9 and 12`, `Rows 5, 9, 12, 14, 20 and 30 more`."""
    shown = [f"{int(row):,}" for row in rows[:ROWS_NAMED]]
    more = len(rows) - len(shown)
    last = [f"{more:,} more"] if more else [shown.pop()] if len(shown) > 1 else []
    head = ", ".join(shown)
    return f"Row{'s' if len(rows) > 1 else ''} {head}" + (f" and {last[0]}" if last else "")
