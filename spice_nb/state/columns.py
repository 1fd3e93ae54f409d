"""Which column of a table plays which role: guessed from its name and what it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from spice.data.table.doubts.blocks import USUAL_BLOCKS, could_be_blocks
from spice.data.table.doubts.phases import holds_practice
from spice.data.table.doubts.reward_words import are_outcomes
from spice.data.table.screens import type_columns, values_without_choice
from spice.data.table.table import USUAL_NAMES, as_numbers

MOST_ARMS = 12
"""More different values than this are no choices, unless the name says so."""


class Role(Enum):
    """What a column is read as; in the order in which people are asked."""

    PARTICIPANT = "participant"
    CHOICE = "choice"
    REWARD = "reward"
    BLOCK = "block"
    EXPERIMENT = "experiment"
    OPTIONS = "options"
    INPUTS = "inputs"


ARGUMENTS = {
    "df_participant_id": Role.PARTICIPANT,
    "df_choice": Role.CHOICE,
    "df_reward": Role.REWARD,
    "df_block": Role.BLOCK,
    "df_experiment_id": Role.EXPERIMENT,
    "df_options": Role.OPTIONS,
    "additional_inputs": Role.INPUTS,
}
"""The role that each argument of `convert_dataset` gives to a column."""
NAMES = {
    Role.PARTICIPANT: USUAL_NAMES["df_participant_id"],
    Role.CHOICE: USUAL_NAMES["df_choice"],
    Role.REWARD: (*USUAL_NAMES["df_reward"], "gain", "gains", "earned", "earnings", "coins"),
    Role.BLOCK: (*USUAL_NAMES["df_block"], *(name for name in USUAL_BLOCKS if name not in USUAL_NAMES["df_block"])),
    Role.EXPERIMENT: USUAL_NAMES["df_experiment_id"],
}
"""What columns of a role are called; the first name is the surest."""
SURE_BLOCKS = ("block", "blocks", "block_label", "block_id", "session", "run", "game")
"""Names of blocks that need no second look."""
NEEDED = (Role.PARTICIPANT, Role.CHOICE, Role.REWARD)
"""Roles without which nothing can be fitted."""


@dataclass(frozen=True)
class Columns:
    """The column of each role; empty where there is none.

    Attributes
    ----------
    participant, choice, block, experiment : str
    reward : tuple of str
        One column for the reward of the chosen option, or one for each option.
    options : tuple of str
        Columns that say which options were on offer, where not all were.
    inputs : tuple of str
        Further columns of numbers that a model may use.
    """

    participant: str = ""
    choice: str = ""
    reward: tuple[str, ...] = ()
    block: str = ""
    experiment: str = ""
    options: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    def of(self, role: Role) -> tuple[str, ...]:
        """All columns of a role.

        Parameters
        ----------
        role : Role

        Returns
        -------
        tuple of str
        """
        value = getattr(self, role.value)
        return value if isinstance(value, tuple) else tuple(filter(None, (value,)))

    def with_role(self, role: Role, names: tuple[str, ...]) -> "Columns":
        """The same with other columns for a role.

        Parameters
        ----------
        role : Role
        names : tuple of str
            Where a role has one column, the first counts.

        Returns
        -------
        Columns
        """
        several = isinstance(getattr(self, role.value), tuple)
        value: Any = names if several else "".join(names[:1])
        return replace(self, **{role.value: value})

    def with_arguments(self, arguments: Mapping[str, Any]) -> "Columns":
        """The same with the columns that arguments of `convert_dataset` name; others say nothing here.

        Parameters
        ----------
        arguments : mapping of str to object
            As `convert_dataset` takes them; None for no column.

        Returns
        -------
        Columns
        """
        columns = self
        for name, role in ARGUMENTS.items():
            if name in arguments:
                value = arguments[name]
                names = () if value is None else (value,) if isinstance(value, str) else tuple(value)
                columns = columns.with_role(role, names)
        return columns

    @property
    def taken_twice(self) -> str:
        """A column that has two roles, or nothing."""
        seen: set[str] = set()
        for name in self:
            if name in seen:
                return name
            seen.add(name)
        return ""

    @property
    def missing(self) -> tuple[Role, ...]:
        """Roles without which nothing can be fitted."""
        return tuple(role for role in NEEDED if not self.of(role))

    def __iter__(self) -> Iterator[str]:
        for field in fields(self):
            yield from self.of(Role(field.name))


@dataclass(frozen=True)
class Guess:
    """Columns found, and the roles that a person should look at: found by what they hold, not by their name."""

    columns: Columns
    doubtful: frozenset[Role]


def guess_columns(frame: pd.DataFrame) -> Guess:
    """Guess the role of columns; whatever is not recognised is left out.

    Parameters
    ----------
    frame : DataFrame
        A row a trial.

    Returns
    -------
    Guess
    """
    names = [name for name in frame.columns if isinstance(name, str)]
    ranks = sorted(
        (_is_words(role, frame[name]), rank % 2, role not in NEEDED, rank, k, name, role.value)
        for k, name in enumerate(names)
        for role in NAMES
        if (rank := _rank(role, name)) is not None and _could_be(role, frame[name])
    )
    columns, doubtful = Columns(), set[Role]()
    # Whole names first: `choice_id` is a choice, though `id` alone would be a person. Among these what is needed:
    # `session` alone is a person, beside `participant` a block.
    for is_words, is_part, _, _, _, name, value in ranks:
        role = Role(value)
        if not columns.of(role) and name not in set(columns):
            if role is Role.BLOCK and not _varies_within_people(frame, columns.participant, name):
                continue
            fitting = [other for other in names if other not in set(columns) and _could_be(role, frame[other])]
            columns = columns.with_role(role, _one_per_option(name, fitting) if role is Role.REWARD else (name,))
            if is_part or is_words or (role is Role.BLOCK and _plain(name) not in SURE_BLOCKS):
                doubtful.add(role)
    if _tells_screens(frame, columns):
        columns = columns.with_role(Role.EXPERIMENT, ())
    return Guess(columns, frozenset(doubtful - {role for role in Role if not columns.of(role)}))


def _rank(role: Role, name: str) -> Any:
    """How well a name fits a role: even where it is the whole name, odd where a part; None where not at all."""
    plain = _plain(name)
    words = [word for word in plain.split("_") if word and not word.isdigit()]
    for k, usual in enumerate(NAMES[role]):
        if plain in (usual, f"{usual}s", f"{usual}_id", f"{usual}id"):
            return 2 * k
        if usual in words:
            return 2 * k + 1
    return None


def _could_be(role: Role, column: "pd.Series[Any]") -> bool:
    different = column.dropna().nunique()
    if role is Role.CHOICE:
        return different >= 2 and (different <= MOST_ARMS or _rank(role, str(column.name)) == 0)
    if role is Role.REWARD:
        return bool(np.isfinite(as_numbers(column)).any()) or _is_words(role, column)
    return different >= 1


def _is_words(role: Role, column: "pd.Series[Any]") -> bool:
    """Whether a column holds outcomes as words; one of numbers is better."""
    if role is not Role.REWARD:
        return False
    filled = column.dropna()
    return bool(pd.to_numeric(filled, errors="coerce").isna().any()) and are_outcomes(filled)


def _varies_within_people(frame: pd.DataFrame, participant: str, name: str) -> bool:
    """Whether a column says blocks; one that is called so is taken at its word."""
    if _plain(name) in SURE_BLOCKS:
        return True
    if holds_practice(name, frame[name]):
        return False
    person = pd.factorize(frame[participant])[0] if participant else np.zeros(len(frame), dtype=np.int64)
    return could_be_blocks(frame[name], person)


def _tells_screens(frame: pd.DataFrame, columns: Columns) -> bool:
    """Whether `task` says fixation, choice, feedback rather than which experiment it is."""
    if columns.experiment not in type_columns(frame) or not columns.choice:
        return False
    choice = frame[columns.choice]
    chosen = (choice.notna() & (choice.astype(str).str.strip() != "")).to_numpy(np.bool_)
    return bool(values_without_choice(frame[columns.experiment], chosen).any())


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_").replace(".", "_")


def _one_per_option(best: str, names: list[str]) -> tuple[str, ...]:
    """`reward_1`, `reward_2`, ... where the best of them ends in a number or there are several of its stem."""
    stem = best.rstrip("0123456789").rstrip("_ .-")
    alike = [name for name in names if name != stem and name.rstrip("0123456789").rstrip("_ .-") == stem]
    return tuple(alike) if len(alike) > 1 and best in alike else (best,)
