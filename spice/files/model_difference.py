"""How a saved model differs from a class: in structure, as names of classes are no difference."""

import json
from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """A value as it comes back from JSON, where tuples are lists."""
    return json.loads(json.dumps(value))


def difference(own: Mapping[str, Any], saved: Mapping[str, Any]) -> str | None:
    """What a saved declaration has that a class has not, or the other way round; None where they are the same.

    In old files, starts that equations fit are said to be fixed: these two are the same.

    Parameters
    ----------
    own, saved : mapping
        As `BaseRNN.declaration` gives it.
    """
    first, second = plain(own), plain(saved)
    for state in (*first["states"].values(), *second["states"].values()):
        if state["learned"] == "equations":
            state["learned"] = "fixed"
    if first == second:
        return None
    mechanisms = [{m["name"]: m for m in declaration["mechanisms"]} for declaration in (first, second)]
    found = _of_parts("state", first["states"], second["states"]) or _of_parts("mechanism", *mechanisms)
    if found is not None:
        return found
    if list(mechanisms[0]) != list(mechanisms[1]):
        return f"mechanisms in the order {list(mechanisms[1])}, not {list(mechanisms[0])}"
    observations = [declaration.get("observation", "softmax") for declaration in (second, first)]
    if observations[0] != observations[1]:
        return f"the observation {observations[0]!r}, not {observations[1]!r}"
    return f"additional inputs {second['additional_inputs']}, not {first['additional_inputs']}"


def difference_of_shapes(own: Mapping[str, tuple[int, ...]], saved: Mapping[str, tuple[int, ...]]) -> str | None:
    """What differs in the weights of two networks, by their names and shapes; None where nothing does."""
    for name in (*own, *saved):
        if own.get(name) != saved.get(name):
            return f"weights {name!r} of shape {saved.get(name, 'none')}, not {own.get(name, 'none')}"
    return None


def _of_parts(kind: str, own: Mapping[str, Any], saved: Mapping[str, Any]) -> str | None:
    for name in saved:
        if name not in own:
            return f"a {kind} {name!r} that the class has not"
    for name in own:
        if name not in saved:
            return f"no {kind} {name!r}, which the class has"
    for name, parts in own.items():
        for part, value in parts.items():
            if saved[name].get(part) != value:
                return f"{kind} {name!r} with {part} {_short(saved[name].get(part))}, not {_short(value)}"
    return None


def _short(value: Any) -> Any:
    """Inputs by their signals."""
    if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        return [" ".join(str(v) for v in entry.values()) for entry in value]
    return repr(value)
