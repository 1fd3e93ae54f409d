"""Questions about a table that were answered, and what all answers come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from spice.data.table.answers import Answers
from spice.data.table.doubts import Answer, Doubt
from spice_nb.state.columns import ARGUMENTS, Columns, Role


@dataclass(frozen=True)
class Answered:
    """An answer, the doubt it settles, and the columns as they were before."""

    doubt: Doubt
    answer: Answer
    before: Columns

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles that it gave to other columns."""
        return tuple(role for name, role in ARGUMENTS.items() if name in self.answer.arguments)

    def concerns(self, role: Role, columns: Columns) -> bool:
        """Whether it says nothing any more once a role has another column.

        Parameters
        ----------
        role : Role
            The one that has another column.
        columns : Columns
            As they were before that.

        Returns
        -------
        bool
        """
        return role in self.roles or self.doubt.column in columns.of(role)


def combined(given: Iterable[Mapping[str, Any]]) -> Answers:
    """All answers together: lists and mappings grow, of anything else the last one counts.

    Parameters
    ----------
    given : iterable of mapping
        Arguments of `convert_dataset`, the latest last; those that name columns are passed over.

    Returns
    -------
    Answers
    """
    arguments: dict[str, Any] = {}
    for answer in given:
        for name, value in answer.items():
            before = arguments.get(name)
            if name in ARGUMENTS:
                continue
            if isinstance(value, Mapping):
                arguments[name] = {**(before or {}), **value}
            elif isinstance(value, list):
                arguments[name] = list(dict.fromkeys([*(before or []), *value]))
            else:
                arguments[name] = value
    return Answers.of(**arguments)
