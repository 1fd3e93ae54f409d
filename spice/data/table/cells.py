"""What is written in the cells of a column: nothing, whole numbers, numbers, text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.data.table.written_numbers import COMMA, decimal_of, whole_numbers

# What pandas reads as nothing.
MISSING = frozenset({
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip

_SPELLINGS = (("True", "False"), ("TRUE", "FALSE"), ("true", "false"))
_BOOLEANS = tuple({true: True, false: False} for true, false in _SPELLINGS)
_NOT_PLAIN = re.compile(r"[^-+0-9.eE\n]|^\+|^-?0[0-9]|\.(?![0-9])", re.MULTILINE)
_SURELY_EXACT = 15
"""Digits of which a float keeps each."""
_MOST_EXACT = 2**53
"""Larger whole numbers are not all there among floats."""


@dataclass(frozen=True)
class Cells:
    """A column of text.

    Attributes
    ----------
    codes : (n_rows,) array of int
        Positions among the words, -1 where nothing is written.
    words : list of str
        The different words, in order of appearance, without blanks at their ends.
    """

    codes: NDArray[np.int64]
    words: list[str]

    @classmethod
    def of(cls, column: pd.Series[Any] | NDArray[Any]) -> Cells:
        """Read the cells of a column of text, in which NaN and None are nothing.

        Parameters
        ----------
        column : Series or array of str
            NaN and None among them, and what pandas reads as nothing.

        Returns
        -------
        Cells
        """
        codes, uniques = pd.factorize(column)
        raw = uniques.tolist()
        words = list(map(str.strip, raw))
        if words != raw or not MISSING.isdisjoint(words):
            position: dict[str, int] = {}
            place = [-1 if word in MISSING else position.setdefault(word, len(position)) for word in words]
            codes, words = np.array([*place, -1], dtype=np.int64)[codes], list(position)
        return cls(codes.astype(np.int64, copy=False), words)

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Whether something is written in a row."""
        return self.codes >= 0

    @property
    def is_unique(self) -> bool:
        """Whether something is written in each row, and nothing twice."""
        return len(self.words) == len(self.codes)

    def take(self, rows: NDArray[Any]) -> Cells:
        """Only some rows.

        Parameters
        ----------
        rows : array of int or bool
            Their positions, or whether each is taken.

        Returns
        -------
        Cells
            Without words that none of them has.
        """
        codes = self.codes[rows]
        used = np.zeros(len(self.words) + 1, dtype=np.bool_)
        used[codes] = True
        place = np.where(used[:-1], np.cumsum(used[:-1]) - 1, -1)
        words = [word for word, is_used in zip(self.words, used[:-1].tolist(), strict=True) if is_used]
        return Cells(np.append(place, -1)[codes], words)

    def spread(self, values: Sequence[Any], nothing: Any, dtype: Any) -> pd.Series[Any]:
        """A column of one value for each word.

        Parameters
        ----------
        values : sequence
            As many as there are words.
        nothing : object
            What stands where nothing is written.
        dtype : dtype
            Of the column.

        Returns
        -------
        (n_rows,) Series
        """
        array = np.empty(len(values) + 1, dtype=dtype)
        array[:-1] = values
        array[-1] = nothing
        column: pd.Series[Any] = pd.Series(array[self.codes], dtype=dtype)
        return column

    def as_labels(self) -> pd.Series[Any]:
        """The column as ids are read: whole numbers or truth values if all cells are written so, otherwise text.

        Returns
        -------
        (n_rows,) Series
            Of int, bool, or object where cells are text or some are empty (NaN).
        """
        has_gaps = bool((self.codes < 0).any())
        whole = whole_numbers(self.words)
        if whole is not None:
            return self.spread(whole, np.nan, object) if has_gaps else self.spread(whole, 0, np.int64)
        for truth in _BOOLEANS:
            if 0 < len(self.words) <= 2 and truth.keys() >= set(self.words):
                values = [truth[word] for word in self.words]
                return self.spread(values, np.nan, object) if has_gaps else self.spread(values, False, np.bool_)
        return self.spread(self.words, np.nan, object)

    def as_values(self, labels: pd.Series[Any], decimal: str) -> pd.Series[Any]:
        """The column as a table shows it: numbers where they say exactly what is written, otherwise as labels.

        Parameters
        ----------
        labels : Series
            What `as_labels` gives.
        decimal : str
            Decimal mark of the table, "." or ",".

        Returns
        -------
        (n_rows,) Series
            Of float, or the labels where a float would lose something of what is written.
        """
        if labels.dtype != object:
            return labels
        if not self.words:
            return self.spread([], np.nan, np.float64)
        whole = whole_numbers(self.words)
        values = _exact_numbers(self.words, decimal) if whole is None else whole if _fit_floats(whole) else None
        return labels if values is None else self.spread(values, np.nan, np.float64)


@dataclass(frozen=True)
class WholeNumbers:
    """A column of whole numbers, each written as Python writes it: read at once, since most columns are such."""

    values: NDArray[np.int64]

    @property
    def filled(self) -> NDArray[np.bool_]:
        """Whether something is written: everywhere."""
        return np.ones(len(self.values), dtype=np.bool_)

    @property
    def is_unique(self) -> bool:
        """Whether no number comes twice."""
        return len(np.unique(self.values)) == len(self.values)

    def take(self, rows: NDArray[Any]) -> WholeNumbers:
        """Only some rows.

        Parameters
        ----------
        rows : array of int or bool
            Their positions, or whether each is taken.

        Returns
        -------
        WholeNumbers
        """
        return WholeNumbers(self.values[rows])

    def as_labels(self) -> pd.Series[Any]:
        """The numbers, which are the same as labels.

        Returns
        -------
        (n_rows,) Series of int
        """
        return pd.Series(self.values)

    def as_values(self, labels: pd.Series[Any], _: str) -> pd.Series[Any]:
        """The numbers, which are the same as values.

        Parameters
        ----------
        labels : Series
            What `as_labels` gives.

        Returns
        -------
        (n_rows,) Series of int
        """
        return labels


def _exact_numbers(words: list[str], decimal: str) -> list[float] | None:
    """The words as float, if different words stay different and no digit is lost."""
    if decimal_of(words, decimal) == ",":
        if not all(map(COMMA.fullmatch, words)):
            return None
        words = [word.replace(",", ".") for word in words]
    if _NOT_PLAIN.search("\n".join(words)):
        return None
    try:
        values = list(map(float, words))
    except ValueError:
        return None
    if len(set(values)) < len(values):
        return None
    long = [k for k, word in enumerate(words) if len(word) > _SURELY_EXACT]
    return values if all(Decimal(words[k]) == Decimal(repr(values[k])) for k in long) else None


def _fit_floats(numbers: list[int]) -> bool:
    return min(numbers) >= -_MOST_EXACT and max(numbers) <= _MOST_EXACT
