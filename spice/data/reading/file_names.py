"""What the names of files say: who, and whatever else a pattern finds in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from spice.data.table.cells import Cells
from spice.data.table.table import USUAL_NAMES, Table
from spice.exceptions import ColumnError, DataError

FILE, PARTICIPANT = "file", "participant"


@dataclass(frozen=True)
class FilePattern:
    """A regular expression for names of files, with a named group for each column."""

    expression: re.Pattern[str]
    text: str

    @classmethod
    def of(cls, text: str | None) -> FilePattern | None:
        """Read a template such as `sub-{participant}_task`, or a regular expression.

        Raises
        ------
        DataError
            It names no column, or is no regular expression.
        """
        if text is None:
            return None
        pattern = text
        if "(?P<" not in text:
            parts = re.split(r"\{([A-Za-z_]\w*)\}", text)
            if len(parts) > 1:
                ends = ("^" if not parts[0] else "", "$" if not parts[-1] else "")
                fields = [f"(?P<{part}>.+?)" if k % 2 else re.escape(part) for k, part in enumerate(parts)]
                pattern = "".join(fields).join(ends)
            elif "(" in text:
                pattern = text.replace("(", f"(?P<{PARTICIPANT}>", 1)
        try:
            expression = re.compile(pattern)
        except re.error as error:
            raise DataError("file_pattern", _EXPECTED, f"{text!r} ({error})", _REMEDY) from error
        if not expression.groupindex:
            raise DataError("file_pattern", _EXPECTED, f"{text!r}, which names nothing", _REMEDY)
        return cls(expression, text)

    def read(self, label: str) -> dict[str, str]:
        """What the name of a file says.

        Raises
        ------
        DataError
            It does not match.
        """
        match = self.expression.search(label)
        if match is None or None in match.groupdict().values():
            raise DataError(
                "file_pattern", f"names of files like {self.text!r}", repr(label),
                "Correct the pattern, or leave the file out.",
            )  # fmt: skip
        return match.groupdict()

    def applied(self, table: Table) -> Table:
        """A table of one file with a column for each group."""
        said = self.read(table.name)
        for name, value in said.items():
            table = with_column(table, name, [value] * len(table.rows))
        return replace(table, who=PARTICIPANT if PARTICIPANT in said else "")


_EXPECTED = "a template such as 'sub-{participant}_task', or a regular expression with named groups"
_REMEDY = "Put {participant} where the names of files say who."


def with_column(table: Table, name: str, values: list[str]) -> Table:
    """The table with one more column of text.

    Raises
    ------
    ColumnError
        It says something else in the table.
    """
    cells = Cells.of(np.array(values, dtype=object))
    labels = cells.as_labels()
    if name in table.frame.columns:
        there = table.column("file_pattern", name)
        if there.astype(str).tolist() == labels.astype(str).tolist():
            return table
        raise ColumnError(
            "file_pattern", f"names that no column has: {', '.join(map(str, table.frame.columns))}", repr(name),
            "Call it otherwise in the pattern.",
        )  # fmt: skip
    written = table.written if table.written is not None else table.frame
    return replace(
        table,
        frame=pd.concat([table.frame, cells.as_values(labels, ".").rename(name)], axis=1),
        written=pd.concat([written, labels.rename(name)], axis=1),
    )


def name_people(table: Table, participant: str, default: str) -> tuple[Table, str]:
    """The column that says who: the one that was named, or where that is only the default, the names of files.

    Parameters
    ----------
    table : Table
    participant : str
        Column that was asked for; ``file`` means the name of the file.
    default : str
        The name that stands where nobody named one.

    Returns
    -------
    table : Table
        With a column of the name of the file, where that is who.
    participant : str

    Raises
    ------
    ColumnError
        The default is a column that several files share, and another has a name that is usual for people.
    """
    if participant == FILE and FILE not in table.frame.columns and table.name:
        return named_by_file(table)
    if participant != default or not (table.name or table.who):
        return table, participant
    usual = [name for name in table.frame.columns if str(name).lower() in _PEOPLE]
    if participant in usual and participant == SESSION and _is_in_several(table, participant):
        usual.remove(participant)
        if usual:
            raise ColumnError(
                "df_participant_id", "the column that says who",
                f"{participant!r}, in which several files have the same", f"Say df_participant_id={usual[0]!r}.",
            )  # fmt: skip
    return named_by_file(table) if table.who == PARTICIPANT or not usual else (table, participant)


_PEOPLE = frozenset(USUAL_NAMES["df_participant_id"])
SESSION = "session"
"""Says who in one file; in files of one person each, it numbers their sessions."""


def _is_in_several(table: Table, name: str) -> bool:
    file_of_row = np.searchsorted([before for before, _ in table.files], table.rows)
    pairs = pd.DataFrame({"file": file_of_row, "label": table.column("df_participant_id", name)}).drop_duplicates()
    return bool(pairs["label"].duplicated().any())


def named_by_file(table: Table) -> tuple[Table, str]:
    """A table with the column of names of files, and what it is called."""
    if table.who:
        return table, table.who
    name = free_name(table.frame)
    return replace(with_column(table, name, [table.name] * len(table.rows)), who=name), name


def free_name(frame: pd.DataFrame) -> str:
    """A name for the column of names of files that no column has."""
    return next(name for name in (FILE, "file_name", "name_of_file", "_file") if name not in frame.columns)
