"""Rows that cannot be used: all of them found, and left out where that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from spice.data.reading.read_table import TableSource, read_table
from spice.data.table.answers import Answers
from spice.data.table.arrange import arrange
from spice.data.table.table import Table
from spice.data.table.trial_columns import TableTrials, TrialColumns, read_trials
from spice.exceptions import ColumnError, DataError, RowError


@dataclass(frozen=True)
class LeaveOut:
    """Which rows to leave out; see the arguments of `convert_dataset`."""

    columns: tuple[str, ...] = ()
    few: bool = False

    def covers(self, problem: DataError) -> bool:
        """Whether the rows of a problem are left out.

        Parameters
        ----------
        problem : DataError

        Returns
        -------
        bool
            False for what is no problem of single rows.
        """
        if not isinstance(problem, RowError):
            return False
        return self.few if problem.people else problem.column in self.columns

    def among(self, names: Iterable[str]) -> LeaveOut:
        """What is left out, for a table without columns other than these.

        Parameters
        ----------
        names : iterable of str
            Columns of the table.

        Returns
        -------
        LeaveOut
        """
        kept = set(names)
        return replace(self, columns=tuple(name for name in self.columns if name in kept))


def read_usable(
    table: Table, columns: TrialColumns, leave_out: LeaveOut, answers: Answers | None = None
) -> tuple[Table, TableTrials]:
    """Read a table without the rows to leave out.

    Parameters
    ----------
    table : Table
        As `arrange` gives it.
    columns : TrialColumns
    leave_out : LeaveOut
    answers : Answers, optional

    Returns
    -------
    table : Table
        What is left of it.
    trials : TableTrials

    Raises
    ------
    ColumnError
        Rows are to be left out because of a column that has no role.
    RowError
        Other rows cannot be used.
    DataError
        The table as a whole cannot be used, or no row of it is left.
    """
    used = [name for names in columns.by_role(table).values() for name in names]
    unused = [name for name in leave_out.columns if name not in used]
    if unused:
        raise ColumnError(
            "leave_out", f"some of the columns {', '.join(used)}", repr(unused[0]), "Leave it out of leave_out."
        )
    return _read_without(table, columns, leave_out.covers, answers or Answers())


def find_problems(
    file: TableSource, columns: TrialColumns, leave_out: LeaveOut | None = None, answers: Answers | None = None
) -> tuple[DataError, ...]:
    """All that is wrong with a table, in the order in which `convert_dataset` comes to it.

    What depends on which rows stay (who has too few choices, whether there are two arms) is found once every other
    problem is one of rows to leave out.

    Parameters
    ----------
    file : path, buffer, DataFrame or Table
    columns : TrialColumns
    leave_out : LeaveOut, optional
        Rows to leave out; their problems are among those given back.
    answers : Answers, optional

    Returns
    -------
    tuple of DataError
    """
    answers = answers or Answers()
    found: list[DataError] = []
    covers = (leave_out or LeaveOut()).covers

    def note(problem: RowError) -> bool:
        if problem.people and not all(map(covers, found)):
            return False
        found.append(problem)
        return True

    try:
        _read_without(arrange(read_table(file), columns, answers), columns, note, answers)
    except DataError as problem:
        if all(map(covers, found)):
            found.append(problem)
    return tuple(found)


def _read_without(
    table: Table, columns: TrialColumns, leaves_out: Callable[[RowError], bool], answers: Answers
) -> tuple[Table, TableTrials]:
    n_rows = len(table.rows)
    while True:
        try:
            return table, read_trials(table, columns, answers)
        except RowError as problem:
            if not leaves_out(problem):
                raise
            table = table.without(problem.rows)
        if len(table.rows) == 0:
            raise DataError(
                "leave_out",
                "rows that can be used",
                f"none: each of the {n_rows:,} rows would be left out",
                "Correct the table, or name other columns.",
            )
