"""From the bytes of a file to its text: UTF-8, UTF-16, or the encoding in which its words look like words.

Statistics of letters, as in charset-normalizer, need pages of text; a table has a handful of words that are not ASCII
(there, "Jürgen" in Windows-1252 is taken for cp850). So each encoding is asked whether these are words of its script.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from spice.exceptions import DataError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
_LOOKED_AT = 200_000
_MOST_WORDS = 500
_READ_AS = "The text was read as"
_RARE = 0.3
"""The share of characters outside the common part of a script that words of it may have."""
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1c-\x1f]")
_SIGNS = frozenset("€£¥§°µ±²³·«»“”—…®©™¿¡½¼¾ªº÷\u2018\u2019\u2013\u00d7\u00a0")
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ")
_CENTRAL = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžäôĺľŕőűöüßăâîşţđçë")
_CENTRAL |= frozenset(letter.upper() for letter in _CENTRAL - {"ß"})


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Read bytes as text.

    Parameters
    ----------
    content : bytes
    name : str
        Of the file, for errors.
    encoding : str, optional
        Where it is known.

    Returns
    -------
    text : str
    notes : tuple of str
        What it was taken for, if that is not UTF-8 or UTF-16.

    Raises
    ------
    DataError
        No text, not in the encoding named, or in one that cannot be told from others.
    """
    if encoding is not None:
        return _decode_as(content, name, encoding), ()
    unicode = next((known for mark, known in _MARKS.items() if content.startswith(mark)), None) or _wide(content)
    for known in (unicode, "utf-8"):
        try:
            text = content.decode(known) if known else ""
        except UnicodeDecodeError:
            continue
        if known and not _NO_TEXT.search(text[:_LOOKED_AT]):
            return text, ()
    if _NO_TEXT.search(content[:_LOOKED_AT].decode("latin-1")):
        raise ValueError("not text")
    return _decode_other(content, name)


def guessed_encoding(notes: Iterable[str]) -> str:
    """The encoding that notes of `decode` say was recognised; empty where none had to be.

    Parameters
    ----------
    notes : iterable of str

    Returns
    -------
    str
    """
    found = (re.search(rf"{_READ_AS} (\w+)", note) for note in notes)
    return next((match[1] for match in found if match), "")


def _decode_as(content: bytes, name: str, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except LookupError:
        raise DataError(
            "encoding", "the name of an encoding, such as 'utf-8', 'cp1252' or 'gb18030'", repr(encoding),
            "Correct the name, or leave it away to have it recognised.",
        ) from None  # fmt: skip
    except UnicodeError:
        raise DataError(
            "encoding", f"the encoding of {name}", f"{encoding!r}, in which it cannot be read",
            "Name another, or leave it away to have it recognised.",
        ) from None  # fmt: skip


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII characters is zero."""
    start = content[:_LOOKED_AT]
    odd, even = start[1::2].count(0), start[::2].count(0)
    if max(odd, even) < 0.2 * len(start):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decode_other(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    # A character of two bytes may be cut in two at the end of the part that is looked at; a line is not.
    part = content[: content.rfind(b"\n", 0, _LOOKED_AT) + 1] or content
    readings: dict[str, list[str]] = {}
    for encoding in _SCRIPTS:
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        readings[encoding] = _words(part.decode(encoding)) or _words(content.decode(encoding))
    likely = [encoding for encoding, words in readings.items() if _SCRIPTS[encoding](words)]
    if "cp1252" in likely:
        # Where words look western, other alphabets have the same few bytes; the note says what was read.
        likely = [encoding for encoding in likely if encoding not in _ALPHABETS]
    if len(likely) == 1:
        word = readings[likely[0]][0]
        note = f"{_READ_AS} {likely[0]}, for example {word!r}. If that is wrong, name another encoding."
        return content.decode(likely[0]), (note,)
    possible = likely or list(readings)
    shown = " or ".join(f"{encoding} ({', '.join(readings[encoding][:3])})" for encoding in possible)
    raise DataError(
        "encoding",
        "text in UTF-8, or in an encoding that can be recognised",
        f"{name}, which could be {shown or 'text in none of the usual encodings'}",
        f"Save it as UTF-8, or say encoding={(possible or ['...'])[0]!r}.",
    )


def _words(text: str) -> list[str]:
    """Different words that are not ASCII."""
    words = re.findall(r"[^\s,;|\"'()\[\]{}]*[^\x00-\x7f][^\s,;|\"'()\[\]{}]*", text)
    return list(dict.fromkeys(words))[:_MOST_WORDS]


def _of_letters(letters: Callable[[str], bool], mixed: bool) -> Callable[[list[str]], bool]:
    """Whether words are of these letters; `mixed` where most letters of the script are ASCII."""

    def are_words(words: list[str]) -> bool:
        return all(is_word(word) for word in words)

    def is_word(word: str) -> bool:
        foreign = [c for c in word if not c.isascii() and c not in _SIGNS]
        plain = sum(c.isascii() and c.isalpha() for c in word)
        if not all(map(letters, foreign)):
            return False
        if any(c in _SIGNS and before.isalpha() and c not in "\u2019·°ªº" for before, c in pairwise(word)):
            return False
        if any(c in "¥£" and after.isalpha() for c, after in pairwise(word)):
            return False
        # A capital behind a small letter is a sign of other letters.
        if any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairwise(word)):
            return False
        if mixed:
            return len(foreign) <= max(plain, 1)
        return plain == 0 or not foreign

    return are_words


def _of_pairs(codec: str, low: int, high: int, others: Callable[[str], bool]) -> Callable[[list[str]], bool]:
    """Whether words are of the common characters of a script with two bytes each: first bytes from `low` to `high`."""

    def are_words(words: list[str]) -> bool:
        characters = [c for word in words for c in word if not c.isascii()]
        rare = 0
        for c in characters:
            try:
                pair = c.encode(codec)
            except UnicodeEncodeError:
                return False
            rare += not (others(c) or (len(pair) == 2 and low <= pair[0] <= high))
        # One such character within a word of ASCII letters is a letter of another encoding.
        alone = any(re.search(r"[A-Za-z][^\x00-\x7f][a-z]", word) for word in words)
        return not alone and rare <= _RARE * len(characters)

    return are_words


def _is_kana(c: str) -> bool:
    return "\u3040" <= c <= "\u30ff"


def _is_punctuation(c: str) -> bool:
    return "\u3000" <= c <= "\u3011" or "\uff01" <= c <= "\uff5e"


_EUC_JP = _of_pairs("euc_jp", 0xB0, 0xCF, lambda c: _is_kana(c) or _is_punctuation(c))
_SCRIPTS: dict[str, Callable[[list[str]], bool]] = {
    "cp1252": _of_letters(_WESTERN.__contains__, mixed=True),
    "cp1250": _of_letters(_CENTRAL.__contains__, mixed=True),
    "gb18030": _of_pairs("gb2312", 0xB0, 0xD7, _is_punctuation),
    "big5": _of_pairs("big5", 0xA4, 0xC6, _is_punctuation),
    "cp932": _of_pairs("shift_jis", 0x88, 0x97, lambda c: _is_kana(c) or _is_punctuation(c)),
    # Nearly nobody writes it any more, and its kanji are Chinese words in gb18030.
    "euc_jp": lambda words: any(map(_is_kana, "".join(words))) and _EUC_JP(words),
    "cp949": _of_pairs("euc_kr", 0xB0, 0xC8, _is_punctuation),
    "cp1251": _of_letters(lambda c: "\u0410" <= c <= "\u044f" or c in "ёЁіІїЇєЄґҐ", mixed=False),
    "koi8_r": _of_letters(lambda c: "\u0410" <= c <= "\u044f" or c in "ёЁ", mixed=False),
    "cp1253": _of_letters(lambda c: "\u0386" <= c <= "\u03ce" and c not in "ΐΰ", mixed=False),
}
"""Encodings that may be recognised, and whether words are of their script."""
_ALPHABETS = ("cp1250", "cp1251", "koi8_r", "cp1253")
