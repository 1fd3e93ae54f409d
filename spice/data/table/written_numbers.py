"""Numbers as people write them: marks of thousands, decimal commas, currencies, percentages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

COMMA = re.compile(r"-?[0-9]+(,[0-9]+)?")
"""A number, with a comma as decimal mark where it has any."""
_POINT = re.compile(r"-?([0-9]+|[1-9][0-9]{0,2}\.[0-9]{3})")


def whole_numbers(words: list[str]) -> list[int] | None:
    """The words as int, if each is written as Python writes it and fits into 64 bits.

    Parameters
    ----------
    words : list of str

    Returns
    -------
    list of int, or None
        None where one is written otherwise (`007`, `1.0`), and where there are no words.
    """
    try:
        numbers = list(map(int, words))
    except ValueError:
        return None
    is_written_so = bool(words) and list(map(str, numbers)) == words
    return numbers if is_written_so and min(numbers) >= -(2**63) and max(numbers) < 2**63 else None


# A number as people write it: sign, currency, digits in groups, currency or percent.
_CURRENCIES = "$€£¥₹₩₽₺"
_WRITTEN = re.compile(
    rf"(?P<sign>[-+]?)\s*(?P<before>[{_CURRENCIES}]|[A-Z]{{3}}\b|)\s*(?P<second>[-+]?)"
    rf"(?P<digits>[0-9.,][0-9.,'\u2019 ]*?)\s*(?P<after>[{_CURRENCIES}%]|\b[A-Z]{{3}}|)"
)
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-", "\uff0d": "-"})


def written_numbers(words: Sequence[str], decimal: str) -> NDArray[np.float64]:
    """Numbers as people write them: `1,200`, `$1.50`, `10 %`, `−3`; NaN for what is none.

    Words in another currency than most, and numbers other than 0 among percentages, are no numbers of this column.

    Parameters
    ----------
    words : sequence of str
    decimal : str
        "," where that is established to be the decimal mark of the table.

    Returns
    -------
    (n_words,) array of float
    """
    mark = decimal_of(words, decimal)
    values, units = np.full(len(words), np.nan), [""] * len(words)
    for k, word in enumerate(words):
        if mark == "." and word.isascii():
            values[k] = _float(word)
            if not np.isnan(values[k]):
                continue
        match = _WRITTEN.fullmatch(word.translate(_BLANKS).strip())
        if match is None:
            values[k] = _float(word.translate(_BLANKS)) if mark not in word else np.nan
            continue
        sign, before, second, digits, after = match.groups()
        units[k] = before or after
        if not (sign and second) and not (before and after):
            size = _float(_ungrouped(digits, mark)) / (100 if after == "%" else 1)
            values[k] = -size if "-" in (sign, second) else size
    counted = Counter(filter(None, units))
    if counted:
        usual = counted.most_common(1)[0][0]
        odd = [bool(unit) and unit != usual for unit in units]
        odd = [is_odd or (usual == "%" and not unit) for is_odd, unit in zip(odd, units, strict=True)]
        values[np.array(odd) & (values != 0)] = np.nan
    return values


def _ungrouped(digits: str, mark: str) -> str:
    """Digits without marks of thousands, and with a decimal point; nothing where the groups are not of three."""
    whole, point, rest = digits.partition(mark)
    for group in ("." if mark == "," else ",", " ", "'", "\u2019"):
        if group in whole and re.fullmatch(rf"[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+", whole):
            whole = whole.replace(group, "")
    return f"{whole}{'.' if point else ''}{rest}" if (whole + rest).isdigit() else ""


def _float(text: str) -> float:
    try:
        return float(text) if "_" not in text else np.nan
    except ValueError:
        return np.nan


def decimal_of(words: Sequence[str], decimal: str) -> str:
    """The decimal mark of a column: what its words say, otherwise that of the table.

    A comma with any number of digits behind it is a decimal mark only where the table has such.

    Parameters
    ----------
    words : sequence of str
    decimal : str
        That of the table.

    Returns
    -------
    str
        "." or ",".
    """
    if decimal == "." and "," not in "".join(words):
        return "."
    marks = {mark for word in words if "," in word or "." in word for mark in _mark(word)}
    strong = {mark[0] for mark in marks if len(mark) == 2}
    if len(strong) == 1:
        return strong.pop()
    if decimal == "," and {mark for mark in marks if len(mark) == 1} == {"."}:
        return "."
    return decimal


def _mark(word: str) -> tuple[str, ...]:
    """The decimal mark of one word, twice where both marks are there; nothing where it can be read both ways."""
    if word.find(",") >= 0 and word.find(".") >= 0:
        return (2 * max(",.", key=word.rfind),)
    mark = "," if "," in word else "."
    whole, _, rest = word.partition(mark)
    if mark in rest:
        return ()
    grouped = re.fullmatch(r"\D*[1-9][0-9]{0,2}", whole) and re.fullmatch(r"[0-9]{3}\D*", rest)
    return () if grouped or not re.search(r"^[0-9]", rest) else (mark,)


def has_decimal_commas(words: Sequence[str]) -> bool:
    """Whether this is a column of numbers with decimal commas, as far as one can see.

    Parameters
    ----------
    words : sequence of str

    Returns
    -------
    bool
        True where all are numbers, and some have a comma.
    """
    return any("," in word for word in words) and all(map(COMMA.fullmatch, words))


def has_doubtful_points(words: Sequence[str]) -> bool:
    """Whether these are whole numbers, some of which may have a point as a mark of thousands.

    Parameters
    ----------
    words : sequence of str

    Returns
    -------
    bool
        True for `1.200` beside `90`.
    """
    return any("." in word for word in words) and all(map(_POINT.fullmatch, words)) and not all("." in w for w in words)


def looks_like_thousands(words: Sequence[str]) -> bool:
    """Whether all commas of a column of numbers could be marks of thousands.

    Parameters
    ----------
    words : sequence of str

    Returns
    -------
    bool
        False as soon as one comma can only be a decimal mark, as in `0,5`.
    """
    return not any(_mark(word) for word in words if "," in word)
