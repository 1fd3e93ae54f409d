"""What is wrong with a table or noteworthy in it, a line each, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from spice.data.table.answers import Answers
from spice.data.table.arrange import arrange
from spice.data.table.choices import read_choices
from spice.data.table.doubts import CODES, Answer, Doubt, find_doubts
from spice.data.table.leave_out import LeaveOut, find_problems
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import DataError, RowError
from spice_nb.state.questions import Answered

ROWS_NAMED = 5
ONE_KIND, MUCH = 3, 0.1
"""Equal values that are a kind of outcome rather than typing errors; a share of rows that has to be told."""


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
    doubt : Doubt, optional
        What is asked here;
    answer : Answer, optional
        and what was answered.
    """

    sentence: str
    is_problem: bool = True
    offer: str = ""
    is_taken: bool = False
    column: str = ""
    few: bool = False
    doubt: Doubt | None = None
    answer: Answer | None = None

    @property
    def is_open(self) -> bool:
        """Whether a question waits for an answer."""
        return self.doubt is not None and self.answer is None

    @property
    def key(self) -> tuple[str, bool]:
        """What tells offers apart."""
        return (self.column, self.few)

    @property
    def kind(self) -> str:
        """What kind of paragraph says it: a problem, a question that is open, or a note."""
        return "problem" if self.is_problem else "question" if self.is_open else "note"


def question_checks(table: Table, columns: TrialColumns, answers: Answers, answered: Sequence[Answered]) -> list[Check]:
    """A line for each question.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
        Those that are asked about.
    answers : Answers
        All that was answered.
    answered : sequence of Answered
        The same, each with its question.

    Returns
    -------
    list of Check
        In the order in which doubts are looked for, open or not.
    """
    try:
        doubts = find_doubts(table, columns, answers)
    except DataError:
        doubts = ()  # what is wrong with it is said by `table_checks`
    asked: list[tuple[Doubt, Answer | None]] = [(doubt, None) for doubt in doubts] + [
        (given.doubt, given.answer) for given in answered
    ]
    # A question stays in its place when it is answered.
    asked.sort(key=lambda pair: (CODES.index(pair[0].code), pair[0].key))
    return [Check(doubt.sentence, False, doubt=doubt, answer=answer) for doubt, answer in asked]


def table_checks(
    table: Table, columns: TrialColumns, leave_out: LeaveOut, answers: Answers, is_ready: bool
) -> list[Check]:
    """All lines about rows of a table.

    Parameters
    ----------
    table : Table
    columns : TrialColumns
    leave_out : LeaveOut
        Rows that are left out.
    answers : Answers
    is_ready : bool
        Whether a data set was made of the table.

    Returns
    -------
    list of Check
    """
    # Looking for problems reads the table again.
    problems = () if is_ready and leave_out == LeaveOut() else find_problems(table, columns, leave_out, answers)
    checks, left_out = [], list[int]()
    for problem in problems:
        if isinstance(problem, RowError):
            checks.append(_row_check(problem, leave_out, table, columns, answers))
            left_out.extend(problem.rows)
        else:
            checks.append(Check(str(problem)))
    if is_ready:
        used = arrange(table, columns, answers)
        used = used.without(left_out) if left_out else used
        missed = used.rows[read_choices(used, columns, answers)[0] < 0]
        checks += [_missed_check(missed, table)] if len(missed) else []
    return checks


def _row_check(problem: RowError, leave_out: LeaveOut, table: Table, columns: TrialColumns, answers: Answers) -> Check:
    n_rows, n_bad = len(table.rows), len(problem.rows)
    rows, is_taken = rows_named(problem.rows, table), leave_out.covers(problem)
    count = f" ({n_bad:,} rows)" if n_bad > ROWS_NAMED else ""
    why = f"expected {problem.expected}, but got {problem.found}"
    number, one, many = n_bad, "row", "rows"
    if problem.people:
        number, one, many = len(problem.people), "person", "people"
    if n_bad == n_rows:
        return Check(f"All {n_rows:,} rows: {why}. Choose another column, or correct the table.")
    sentence = f"{rows}{count}{' left out' if is_taken else ''}: {why}."
    outcome = "" if problem.people or is_taken else _one_kind(problem, table, columns, answers)
    if outcome:
        return Check(f"{sentence} {outcome}")
    offer = f"Leave out this {one}" if number == 1 else f"Leave out these {number:,} {many}"
    if n_bad > MUCH * n_rows:
        offer += f": {n_bad:,} of {n_rows:,} rows, {n_bad / n_rows:.0%}"
    return Check(
        sentence, not is_taken, offer, is_taken, "" if problem.people else problem.column, bool(problem.people)
    )


def _one_kind(problem: RowError, table: Table, columns: TrialColumns, answers: Answers) -> str:
    """Why rows are not offered to be left out: without them one kind of outcome, or an option, would be gone."""
    bad = np.isin(table.rows, problem.rows)
    if problem.column in columns.rewards:
        values = table.column("df_reward", problem.column)[bad].dropna().astype(str).value_counts()
        often = values[values >= ONE_KIND]
        if len(often):
            return (
                f"{often.index[0]!r} stands there {int(often.iloc[0]):,} times, so this is a kind of outcome, without "
                "which other things would be learned. Correct the table, or choose another column."
            )  # fmt: skip
    try:
        choice, arms = read_choices(table, columns, answers)
    except DataError:
        return ""
    gone = [str(arm) for k, arm in enumerate(arms) if (choice == k).any() and bad[choice == k].all()]
    if not gone or bad.sum() < ONE_KIND:
        return ""
    return (
        f"These are all choices of {' and '.join(gone)}: without them that option would be gone. Correct the table, or "
        "choose another column."
    )


def _missed_check(rows: np.ndarray[Any, Any], table: Table) -> Check:
    return Check(
        f"{rows_named(rows, table)}: no choice. The trial stays in its session, but nothing is learned from it "
        "and it is not scored.",
        is_problem=False,
    )  # fmt: skip


def same_option_check(people: int) -> Check:
    """A line for people who only ever chose one option.

    Parameters
    ----------
    people : int
        How many they are.

    Returns
    -------
    Check
    """
    who = "1 person" if people == 1 else f"{people:,} people"
    return Check(f"{who} only ever chose one option, which tells little of how they learn.", is_problem=False)


def rows_named(rows: Sequence[int] | np.ndarray[Any, Any], table: Table | None = None) -> str:
    """`Row 5`, `Rows 5, 9 and 12`, `Rows 5, 9, 12, 14, 20 and 30 more`; `Rows 5 of p1.csv and 9 of p2.csv`.

    Parameters
    ----------
    rows : sequence of int
        Numbers of rows in their file.
    table : Table, optional
        Where rows are of several files, each has its file's name.

    Returns
    -------
    str
    """
    if table is not None and table.files:
        shown = [table.place(int(row)).removeprefix("row ") for row in rows[:ROWS_NAMED]]
    else:
        shown = [f"{int(row):,}" for row in rows[:ROWS_NAMED]]
    more = len(rows) - len(shown)
    last = [f"{more:,} more"] if more else [shown.pop()] if len(shown) > 1 else []
    head = ", ".join(shown)
    return f"Row{'s' if len(rows) > 1 else ''} {head}" + (f" and {last[0]}" if last else "")
