"""An estimator in a notebook: its model as a table of mechanisms, with the equations that they have become."""

import inspect
import math
from html import escape
from typing import Any

from spice.declaration.mechanisms import Mechanism
from spice.documents import bundle, document, table
from spice.equations.as_document import mechanism_documents
from spice.equations.equations import POPULATION
from spice.equations.notation import Described, arms, as_mathml, rename_own
from spice.model.config import SpiceConfig

_HEAD = ("Options", "Mechanism", "Changes", "Reads", "Next value")


def estimator_bundle(estimator: Any) -> dict[str, Any]:
    """Text, HTML and document of a `SpiceEstimator`.

    Parameters
    ----------
    estimator : SpiceEstimator
        Fitted or not; models with a `forward` of their own have no table.

    Returns
    -------
    dict of MIME type to content
    """
    model = estimator.rnn_class
    name, mechanisms = getattr(model, "__name__", repr(model)), getattr(model, "mechanisms", ())
    fitted = getattr(estimator, "spice_agent_", None)
    changed = {
        parameter: repr(value)
        for parameter, value in estimator.get_params(deep=False).items()
        if parameter not in ("rnn_class", "spice_config") and repr(value) != repr(_default(estimator, parameter))
    }
    state = "its network alone" if hasattr(estimator, "rnn_agent_") else "not fitted yet"
    if fitted is not None:
        people = len(fitted.equations)
        state = f"fitted to {people:,} participant{'' if people == 1 else 's'}"
    title = f"SpiceEstimator of {name}, {state}"
    equations = None if fitted is None else fitted.equations.canonical()
    found = {} if equations is None else equations.terms(POPULATION)
    rows = [_row(mechanism, found) for mechanism in mechanisms]
    content = document(
        "estimator",
        title,
        facts=changed,
        mechanisms=mechanism_documents(mechanisms),
        population=None if equations is None else equations.person_document(POPULATION),
        is_shared=equations is not None and equations.is_shared,
    )
    html = table(_HEAD, rows, raw=frozenset({4})) if rows else ""
    if changed:
        html += f"<p>{escape(', '.join(f'{name}={value}' for name, value in changed.items()))}</p>"
    return bundle(content, repr(estimator), html)


def plain_settings(estimator: Any) -> dict[str, Any]:
    """All settings of a `SpiceEstimator` as JSON holds them, as `*.spice.json` files name them.

    Parameters
    ----------
    estimator : SpiceEstimator

    Returns
    -------
    dict of parameter to value
    """
    model = estimator.rnn_class
    config = estimator.spice_config or SpiceConfig.from_model(model)
    plain = {name: _plain(value) for name, value in estimator.get_params(deep=False).items()}
    return plain | {"rnn_class": model.__name__, "spice_config": config.to_dict()}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    return value if value is None or isinstance(value, bool | int | str) else repr(value)


def _default(estimator: Any, name: str) -> Any:
    return inspect.signature(type(estimator)).parameters[name].default


def _row(mechanism: Mechanism, found: dict[str, dict[str, float]]) -> tuple[str, str, str, str, str]:
    described = Described.of(mechanism)
    if mechanism.name in found:
        becomes = as_mathml(described, found[mechanism.name], digits=2)
    elif mechanism.equation is not None:
        becomes = f"given: {as_mathml(described, rename_own(mechanism, mechanism.equation), digits=2)}"
    else:
        becomes = "a network, of which fit makes an equation" if not found else "a network"
    reads = ", ".join((mechanism.state, *mechanism.input_names))
    return arms(described) or "all", mechanism.name, mechanism.state, reads, becomes
