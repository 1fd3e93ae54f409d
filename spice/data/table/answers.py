"""What was answered to questions about a table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from spice.exceptions import DataError


@dataclass(frozen=True)
class Answers:
    """Answers to questions about a table; see the arguments of `convert_dataset`.

    Attributes
    ----------
    missed : tuple, optional
        None where nobody said.
    order : str, optional
    where : tuple of str
    relabel : mapping of str to str
    reward_words : mapping of str to float
    reward_missing : tuple of float
    reward_sum : bool
    reward_range : (float, float), optional
    leave_out_copies : bool
    keep : tuple of str
        Keys of doubts about which nothing is to be done.
    """

    missed: tuple[Hashable, ...] | None = None
    order: str | None = None
    where: tuple[str, ...] = ()
    relabel: Mapping[str, str] = field(default_factory=dict)
    reward_words: Mapping[str, float] = field(default_factory=dict)
    reward_missing: tuple[float, ...] = ()
    reward_sum: bool = False
    reward_range: tuple[float, float] | None = None
    leave_out_copies: bool = False
    keep: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        missed: Hashable | Sequence[Hashable] | None = None,
        order: str | None = None,
        where: str | Sequence[str] = (),
        relabel: Mapping[Any, Any] | None = None,
        reward_words: Mapping[Any, float] | None = None,
        reward_missing: float | Sequence[float] = (),
        reward_sum: bool = False,
        reward_range: tuple[float, float] | None = None,
        leave_out_copies: bool = False,
        keep: str | Sequence[str] = (),
    ) -> Answers:
        """Answers in the forms in which people give them: one of several may stand alone.

        Parameters
        ----------
        missed, order, where, relabel, reward_words, reward_missing, reward_sum, reward_range, leave_out_copies, keep
            As `convert_dataset` takes them.

        Returns
        -------
        Answers

        Raises
        ------
        DataError
            A number is none, or a range is empty.
        """
        return cls(
            None if missed is None else several(missed),
            order,
            several(where),
            {label_text(old): label_text(new) for old, new in (relabel or {}).items()},
            {_plain(word): _number("reward_words", value) for word, value in (reward_words or {}).items()},
            tuple(_number("reward_missing", value) for value in several(reward_missing)),
            bool(reward_sum),
            None if reward_range is None else _range(reward_range),
            bool(leave_out_copies),
            several(keep),
        )

    def arguments(self) -> dict[str, Any]:
        """What was answered, as arguments of `convert_dataset`.

        Returns
        -------
        dict of str to object
            {name of the argument: answer}, without those that nobody gave.
        """
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        given = {name: value for name, value in given.items() if value or (name == "missed" and value is not None)}
        return {
            name: list(value) if isinstance(value, tuple) and name != "reward_range" else value
            for name, value in given.items()
        }

    def value_of_word(self, word: object) -> float:
        """Reward that a word stands for; NaN where that was not said.

        Parameters
        ----------
        word : str
            As it stands in the table.

        Returns
        -------
        float
        """
        return self.reward_words.get(_plain(word), float("nan"))


def label_text(label: object) -> str:
    """A label as people write it: 3 for 3.0, without blanks at its ends.

    Parameters
    ----------
    label : hashable
        Of an arm, a person or a block, read from a table or given in Python.

    Returns
    -------
    str
    """
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return str(label).strip()


def several(value: Any) -> tuple[Any, ...]:
    """Make a tuple of one value or of several."""
    return tuple(value) if isinstance(value, (list, tuple, set, frozenset, np.ndarray)) else (value,)


def _plain(word: object) -> str:
    return label_text(word).casefold()


def _number(argument: str, value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise DataError(argument, "finite numbers", repr(value), "Give a number for each.")
    return number


def _range(given: tuple[float, float]) -> tuple[float, float]:
    try:
        low, high = given
    except (TypeError, ValueError):
        low, high = float("nan"), float("nan")
    low, high = (_number("reward_range", value) for value in (low, high))
    if not low < high:
        raise DataError(
            "reward_range", "the smaller reward and the larger one", repr(given), "For example: reward_range=(0, 100)."
        )
    return low, high
