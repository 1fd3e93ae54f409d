"""Questions about a table that were answered, and what all answers come to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from spice.data.table.answers import Answers
from spice.data.table.doubts import Answer, Doubt
from spice_nb.state.columns import Columns, Role

_ROLES = {"df_block": Role.BLOCK, "df_reward": Role.REWARD, "df_options": Role.OPTIONS}
"""Roles that an answer can give to a column."""


@dataclass(frozen=True)
class Answered:
    """An answer, the doubt it settles, and the columns as they were before."""

    doubt: Doubt
    answer: Answer
    before: Columns

    @property
    def roles(self) -> tuple[Role, ...]:
        """Roles that it gave to other columns."""
        return tuple(role for name, role in _ROLES.items() if name in self.answer.arguments)

    def concerns(self, role: Role, columns: Columns) -> bool:
        """Whether it says nothing any more once a role has another column."""
        return role in self.roles or self.doubt.column in columns.of(role)


def with_columns(columns: Columns, answer: Answer) -> Columns:
    """Columns after an answer."""
    for name, role in _ROLES.items():
        if name in answer.arguments:
            value = answer.arguments[name]
            names = () if value is None else (value,) if isinstance(value, str) else tuple(value)
            columns = columns.with_role(role, names)
    return columns


def combined(given: Iterable[Mapping[str, Any]]) -> Answers:
    """All answers together: lists and mappings grow, of anything else the last one counts."""
    arguments: dict[str, Any] = {}
    for answer in given:
        for name, value in answer.items():
            before = arguments.get(name)
            if name in _ROLES:
                continue
            if isinstance(value, Mapping):
                arguments[name] = {**(before or {}), **value}
            elif isinstance(value, list):
                arguments[name] = list(dict.fromkeys([*(before or []), *value]))
            else:
                arguments[name] = value
    return Answers.of(**arguments)
