"""Parts of a declaration as calls in a script."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from spice.declaration.mechanisms import Input


def python_call(kind: Callable[..., Any], value: Any) -> str:
    """A call that makes the value, without what has its default; the first argument goes without its name.

    Parameters
    ----------
    kind : type
        `State`, `Mechanism` or `Input`.
    value : State, Mechanism or Input
        Of that kind.

    Returns
    -------
    str
    """
    defaults = {name: parameter.default for name, parameter in inspect.signature(kind).parameters.items()}
    arguments = []
    for k, field in enumerate(fields(value)):
        given = getattr(value, field.name)
        if k == 0:
            arguments.append(repr(given))
        elif field.name == "inputs":
            entries = [repr(e.signal) if e == Input(e.signal) else python_call(Input, e) for e in given]
            if entries:
                arguments.append(f"inputs=({', '.join(entries)},)")
        elif given != defaults[field.name] or defaults[field.name] is inspect.Parameter.empty:
            arguments.append(f"{field.name}={given!r}")
    return f"{kind.__name__}({', '.join(arguments)})"
