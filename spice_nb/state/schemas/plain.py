"""Plain data against a schema: what is wrong becomes one of our errors, which names the field."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from spice.exceptions import ConfigError, SpiceError


class Schema(BaseModel):
    """Base of all schemas. Nothing is converted: a number in quotation marks is text."""

    model_config = ConfigDict(strict=True, frozen=True)


Read = TypeVar("Read", bound=BaseModel)
_EXPECTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "finite": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "dict": "names with values",
    "mapping": "names with values",
    "model": "names with values",
    "dataclass": "names with values",
    "datetime": "a date with a time",
}
"""What was expected, by the first word of what pydantic calls an error."""
_EXTRA = ("extra_forbidden", "unexpected_keyword_argument")


def read_plain(schema: type[Read], plain: object, file: str, remedy: str) -> Read:
    """Read plain data.

    Parameters
    ----------
    schema : type
        Subclass of `Schema`.
    plain : object
        As JSON or YAML has it.
    file : str
        What holds it, such as "a settings file"; empty where that is plain.
    remedy : str
        See `SpiceError`.

    Returns
    -------
    BaseModel
        With the fields of `schema`.

    Raises
    ------
    ConfigError
        It names the first field that is wrong.
    """
    # JSON has no tuples; only in reading JSON does a strict schema take a list for one.
    text = json.dumps(plain, default=str)
    try:
        return schema.model_validate_json(text)
    except ValidationError as error:
        raise _in_our_words(error, json.loads(text), file, remedy) from error


def _in_our_words(error: ValidationError, plain: object, file: str, remedy: str) -> SpiceError:
    errors = error.errors(include_url=False)
    for entry in errors:
        # What our own classes say of their fields is a sentence already.
        own = entry.get("ctx", {}).get("error")
        if isinstance(own, SpiceError):
            return own
    found = [(*_place(entry, plain), _expected(entry)) for entry in errors]
    # Where a field may be of several kinds, each says that it is not that; the one that is nearly right says most.
    first = found[0][0]
    words, got, _ = max((f for f in found if f[0][: len(first)] == first), key=lambda f: len(f[0]))
    expected = " or ".join(dict.fromkeys(e for place, _, e in found if place == words))
    return ConfigError(", ".join(words) or file, f"{expected} in {file}" if file else expected, got, remedy)


def _expected(entry: Mapping[str, Any]) -> str:
    kind = entry["type"]
    if kind == "literal_error":
        return f"one of {entry['ctx']['expected']}"
    if kind in _EXTRA:
        return "only names that are known"
    if kind == "missing":
        return "a value"
    if kind == "greater_than_equal":
        return f"a number of {entry['ctx']['ge']} or more"
    return _EXPECTED.get(kind.split("_")[0], str(entry["msg"]))


def _place(entry: Mapping[str, Any], plain: object) -> tuple[tuple[str, ...], str]:
    """Where in the data, in words, and what is there; kinds that pydantic tells apart are no place."""
    words, here, got = [], plain, None
    *_, last = entry["loc"] or (None,)
    for part in entry["loc"]:
        if entry["type"] in _EXTRA and part == last:
            got = repr(part)
        elif isinstance(here, dict) and part in here:
            here = here[part]
            words.append(str(part))
        elif isinstance(part, int) and isinstance(here, list) and part < len(here):
            here = here[part]
            words.append(f"entry {part + 1}")
        elif entry["type"] == "missing" and part == last:
            words.append(f"entry {part + 1}" if isinstance(part, int) else part)
            got = "nothing"
    got = repr(here) if got is None else got
    return tuple(words), got if len(got) <= 80 else got[:77] + "..."
