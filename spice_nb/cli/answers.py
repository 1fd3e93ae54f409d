"""Answers to questions about a table as the command line says them."""

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spice.exceptions import ConfigError
from spice_nb.cli.settings import COLUMN_OPTIONS, FitSettings, option_name

if TYPE_CHECKING:
    from spice.data.table.answers import Answers
    from spice.data.table.doubts import Doubt


def read_answers(settings: FitSettings) -> "Answers":
    """Read how the settings answer what is doubtful in a table.

    Parameters
    ----------
    settings : FitSettings

    Returns
    -------
    Answers

    Raises
    ------
    ConfigError
        A pair such as `win=1` or a range such as `0:100` is none.
    DataError
        A number is none.
    """
    from spice.data.table.answers import Answers

    words = _pairs("--reward-words", settings.reward_words, "win=1")
    return Answers.of(
        missed=settings.missed,
        order=settings.order,
        where=settings.where,
        relabel=_pairs("--relabel", settings.relabel, "Left=left"),
        reward_words={word: _number(value) for word, value in words.items()},
        reward_missing=[_number(value) for value in settings.reward_missing],
        reward_sum=settings.reward_sum,
        reward_range=None if settings.reward_range is None else _range(settings.reward_range),
        leave_out_copies=settings.leave_out_copies,
        keep=settings.keep,
    )


def doubt_with_options(doubt: "Doubt") -> str:
    """A doubt, and the options that answer it.

    Parameters
    ----------
    doubt : Doubt

    Returns
    -------
    str
        Such as "... No choice was made: --missed skip. Keep as it is: --keep missed."
    """
    said = [f"{answer.label}: {_options(answer.arguments)}." for answer in (*doubt.answers, doubt.keep)]
    return " ".join([doubt.sentence, *said])


def _options(arguments: Mapping[str, Any]) -> str:
    parts: list[str] = []
    for name, value in arguments.items():
        option = f"--{COLUMN_OPTIONS.get(name, option_name(name))}"
        if value is True:
            parts.append(option)
        elif value == [] and name == "missed":
            parts.append("--no-missed")
        elif value is None:
            parts.append(f"{option} none")
        else:
            parts += [f"{option} {shlex.quote(entry)}" for entry in _entries(value)]
    return " ".join(parts)


def _entries(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"{key}={entry:g}" if isinstance(entry, float) else f"{key}={entry}" for key, entry in value.items()]
    return [str(entry) for entry in value] if isinstance(value, list | tuple) else [str(value)]


def _pairs(option: str, given: Sequence[str], example: str) -> dict[str, str]:
    pairs = {}
    for entry in given:
        left, sign, right = entry.rpartition("=")
        if not (sign and left.strip() and right.strip()):
            raise ConfigError(option, f"two sides such as {example}", repr(entry), "Write it so, once for each.")
        pairs[left.strip()] = right.strip()
    return pairs


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text  # refused with a sentence by `Answers`


def _range(text: str) -> Any:
    low, sign, high = text.partition(":")
    if not sign:
        raise ConfigError("--reward-range", "two numbers such as 0:100", repr(text), "Write it so.")
    return _number(low), _number(high)
