"""Doubts about a table: each kind is found by a file of its own."""

from __future__ import annotations

from contextlib import suppress

from spice.data.reading.read_table import TableSource, read_table
from spice.data.table.answers import Answers
from spice.data.table.arrange import arrange
from spice.data.table.doubts.blocks import block_doubts
from spice.data.table.doubts.doubt import Answer, Doubt, Finder
from spice.data.table.doubts.missed import missed_doubts
from spice.data.table.doubts.offers import offer_doubts
from spice.data.table.doubts.order import order_doubts
from spice.data.table.doubts.phases import phase_doubts, screen_doubts
from spice.data.table.doubts.reward_columns import reward_column_doubts
from spice.data.table.doubts.reward_values import reward_value_doubts
from spice.data.table.doubts.reward_words import reward_word_doubts
from spice.data.table.doubts.spelling import people_doubts, rare_doubts, spelling_doubts
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import DataError

__all__ = ["CODES", "Answer", "Doubt", "find_doubts"]

_FINDERS: tuple[Finder, ...] = (
    people_doubts, phase_doubts, block_doubts, order_doubts, missed_doubts, spelling_doubts, rare_doubts,
    offer_doubts, reward_column_doubts, reward_word_doubts, reward_value_doubts,
)  # fmt: skip

CODES = (
    "screens", "people", "phase", "block", "interleaved", "order", "missed", "spelling", "rare", "options",
    "gain-and-loss", "reward-words", "reward-code",
)  # fmt: skip
"""All kinds, in the order in which they are asked about."""


def find_doubts(file: TableSource, columns: TrialColumns, answers: Answers | None = None) -> tuple[Doubt, ...]:
    """Find all that can be read in more than one way, and was not answered.

    Parameters
    ----------
    file : path, buffer, DataFrame or Table
    columns : TrialColumns
    answers : Answers, optional

    Returns
    -------
    tuple of Doubt

    Raises
    ------
    DataError
        The file cannot be read, or answers name what is not there.
    """
    answers = answers or Answers()
    table = read_table(file)
    arranged = arrange(table, columns, answers)
    found = screen_doubts(table, columns, answers)
    for finder in _FINDERS:
        # What cannot be read at all is said where it is read.
        with suppress(DataError):
            found += finder(arranged, columns, answers)
    open_ = [doubt for doubt in found if not {doubt.key, doubt.code} & set(answers.keep)]
    # First which rows are trials, then their order, then their blocks: each answer decides what there is to ask next.
    columns_asked = {doubt.column for doubt in open_ if doubt.code == "phase"}
    is_unsorted = any(doubt.code == "order" for doubt in open_)

    def waits(doubt: Doubt) -> bool:
        of_blocks = doubt.code in ("block", "interleaved")
        return (of_blocks and doubt.column in columns_asked) or (doubt.code == "interleaved" and is_unsorted)

    return tuple(doubt for doubt in open_ if not waits(doubt))
