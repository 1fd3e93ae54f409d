"""Columns that name the options shown in a trial, where all options are taken to be on offer."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from spice.data.table.answers import Answers, label_text
from spice.data.table.choices import read_choices
from spice.data.table.doubts.doubt import Answer, Doubt, free_columns, named
from spice.data.table.options import Offers, read_offers
from spice.data.table.table import Table
from spice.data.table.trial_columns import TrialColumns
from spice.exceptions import DataError

_PLACES = frozenset(
    [
        "left",
        "right",
        "l",
        "r",
        "up",
        "down",
        "top",
        "bottom",
        "upper",
        "lower",
        "middle",
        "center",
        "centre",
        "first",
        "second",
        "third",
        "arrowleft",
        "arrowright",
        "links",
        "rechts",
        "gauche",
        "droite",
    ]
)
_MOST_COLUMNS, _MOST_SHOWN, _MOST_OPTIONS = 12, 4, 24
"""More columns than this are not tried in groups; nor are more options shown, or more of them in all, usual."""


def offer_doubts(table: Table, columns: TrialColumns, answers: Answers) -> list[Doubt]:
    """Ask about free columns that, alone or together, always hold the option chosen, and not all others."""
    if columns.options:
        return []
    choice, arms = read_choices(table, columns, answers)
    candidates = [name for name in free_columns(table, columns) if _could_name_options(table, name)][:_MOST_COLUMNS]
    groups: list[tuple[str, ...]] = [(name,) for name in candidates]
    groups += [group for n in range(2, _MOST_SHOWN + 1) for group in combinations(candidates, n)]
    for names in groups:
        try:
            offers = read_offers(table, names, choice, arms)
        except DataError:
            continue
        if _tells_something(offers, names) and _share_labels(table, names, offers):
            return [_doubt(names, offers)]
    return []


def _could_name_options(table: Table, name: str) -> bool:
    column = table.column("df_options", name)
    return bool(column.notna().mean() > 0.9 and 2 <= column.nunique() <= _MOST_OPTIONS**2)


def _tells_something(offers: Offers, names: tuple[str, ...]) -> bool:
    """Whether always some, and not always the same, options are shown beside the one chosen."""
    made = offers.choice >= 0
    shown = offers.offered[made].sum(1)
    if len(offers.arms) < 3 or len(offers.arms) > _MOST_OPTIONS or not made.any() or np.median(shown) < 2:
        return False
    return bool(shown.max() < len(offers.arms) and (len(names) == 1 or shown.min() == len(names)))


def _share_labels(table: Table, names: tuple[str, ...], offers: Offers) -> bool:
    """Whether each column alone holds most of the options, and choices that are places are called so."""
    if offers.places and not set(map(str.casefold, offers.places)) <= _PLACES:
        return False
    texts = {label_text(arm) for arm in offers.arms}
    held = [{label_text(label) for label in table.column("df_options", name).dropna().unique()} for name in names]
    return len(names) == 1 or all(labels <= texts and 2 * len(labels) > len(texts) for labels in held)


def _doubt(names: tuple[str, ...], offers: Offers) -> Doubt:
    shown = int(np.median(offers.offered[offers.choice >= 0].sum(1)))
    said = named([repr(name) for name in names])
    verb = "names" if len(names) == 1 else "name"
    if offers.places:
        where = named([f"{place} is what {column!r} says" for place, column in offers.places.items()])
        sentence = (
            f"{said} {verb} {shown} of {len(offers.arms)} options in each trial, and the choices are places. Is what "
            f"was chosen the option in that place ({where})?"
        )
        keep = "Choices are what they say"
    else:
        sentence = (
            f"{said} {verb} {shown} of {len(offers.arms)} options in each trial, the one chosen among them. Were only "
            "these on offer?"
        )
        keep = "All were on offer"
    answer = Answer(f"Only the options in {named(list(names))}", {"df_options": list(names)})
    return Doubt("options", names[0], (), sentence, (answer,), keep)
