"""Equations as plain JSON: what `*.spice.json` files and outputs of notebooks hold.

A number stands there with its name, the probability that it is anything, and its 95 % interval, as in
`SpiceEquations.to_frame`; what nobody has looked at is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spice.declaration.mechanisms import Mechanism
from spice.documents import document
from spice.equations import notation
from spice.equations.coefficients import Coefficients
from spice.equations.tables import POPULATION_ID, derived_frame, prevalence_frame

if TYPE_CHECKING:
    import pandas as pd

    from spice.equations.equations import SpiceEquations

UNKNOWN = ("probability", "low", "high")
Numbers = dict[tuple[str, str], list[dict[str, Any]]]


def equations_document(
    equations: SpiceEquations, most: int | None = None, config: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """All equations as plain JSON; see `SpiceEquations.to_document`.

    Parameters
    ----------
    equations : SpiceEquations
    most : int, optional
        Largest number of people to list.
    config : mapping, optional
        Settings that they were found with.

    Returns
    -------
    dict
    """
    everybody = () if equations.is_shared else equations.participants
    people = everybody[:most]
    form = "canonical form" if equations.is_canonical else "as fitted"
    count = f"{len(equations):,} participant{'' if len(equations) == 1 else 's'}"
    documents = _people_documents(equations, people)
    return document(
        "equations",
        f"Equations of {count}, {form}",
        mechanisms=mechanism_documents(equations.coefficients.mechanisms),
        population=documents[-1],
        prevalences=_rows(prevalence_frame(equations)),
        participants=documents[:-1],
        is_shared=equations.is_shared,
        left_out=len(everybody) - len(people),
        config=None if config is None else dict(config),
    )


def person_document(equations: SpiceEquations, participant: int | str) -> dict[str, Any]:
    """One participant's part of the document; see `SpiceEquations.person_document`.

    Parameters
    ----------
    equations : SpiceEquations
    participant : int or "population"

    Returns
    -------
    dict

    Raises
    ------
    ConfigError
        Where there is no such participant.
    """
    if isinstance(participant, str):
        return _people_documents(equations, ())[-1]
    return _people_documents(equations, (participant,))[0]


def mechanism_documents(mechanisms: Sequence[Mechanism]) -> list[dict[str, Any]]:
    """The mechanisms of a model as plain JSON.

    Parameters
    ----------
    mechanisms : sequence of Mechanism

    Returns
    -------
    list of dict
    """
    return [
        {
            "name": m.name,
            "state": m.state,
            "arms": notation.arms(m) or "all",
            "inputs": list(m.input_names),
            "given": _given(m),
        }
        for m in mechanisms
    ]


def _given(mechanism: Mechanism) -> str | None:
    if mechanism.equation is None:
        return None
    terms = notation.rename_own(mechanism, mechanism.equation)
    return notation.as_text(notation.Described.of(mechanism), terms, digits=2) if terms else "in code"


def _people_documents(equations: SpiceEquations, people: Sequence[int]) -> list[dict[str, Any]]:
    """Documents of some people and, as the last, the population's."""
    everybody: list[int | str] = [*people, "population"]
    rows = [equations.row(person) for person in everybody]
    some = replace(
        equations,
        coefficients=equations.coefficients.select(rows),
        participants=tuple(people),
        labels=tuple(equations.label(person) for person in people),
    )
    numbers, derived = _numbers(some.coefficients, _told(equations.coefficients)), _derived(some)
    return [_person(equations, person, numbers[k], derived) for k, person in enumerate(everybody)]


def _told(table: Coefficients) -> NDArray[np.bool_]:
    """Parameters (P,) that are told of everybody: coefficients that anybody has or may have, and all that are none."""
    told = (table.vectors() != 0).any(0) | np.array([kind != "values" for kind, _, _ in table.parameters])
    if table.draws is not None and table.probability is not None:
        told |= np.isfinite(table.standard_errors()).any(0) & (np.nan_to_num(table.probability).max(0) > 0)
    return np.asarray(told)


def _numbers(table: Coefficients, told: NDArray[np.bool_]) -> list[Numbers]:
    """Of each row what is told of it, by kind and name of what it stands in."""
    values, ends, is_known = table.vectors(), table.intervals(), np.isfinite(table.standard_errors())
    low, high = np.where(is_known, ends, np.nan)
    probability = np.full(values.shape, np.nan) if table.probability is None else table.probability
    parameters = [(k, parameter) for k, parameter in enumerate(table.parameters) if told[k]]
    rows: list[Numbers] = []
    for row in range(table.n_rows):
        found: Numbers = {}
        for k, (kind, name, term) in parameters:
            # Where nobody has asked who has it, a term of 0 is no part of the equation.
            if values[row, k] != 0 or kind != "values" or np.isfinite(probability[row, k]):
                number = {
                    "name": term if kind == "values" else name,
                    "value": float(values[row, k]),
                    "probability": _short(probability[row, k]),
                    "low": _short(low[row, k]),
                    "high": _short(high[row, k]),
                }
                found.setdefault((kind, name), []).append(number)
        rows.append(found)
    return rows


def _person(
    equations: SpiceEquations, participant: int | str, numbers: Numbers, derived: Mapping[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    index = POPULATION_ID if isinstance(participant, str) else int(participant)

    def of(kind: str, names: Iterable[str]) -> list[dict[str, Any]]:
        return [number for name in names for number in numbers.get((kind, name), ())]

    return {
        "index": index,
        "label": equations.label(participant),
        "equations": [
            {
                "mechanism": m.name,
                "arms": notation.arms(m) or "all",
                "text": notation.as_text(m, terms, digits=2),
                # Those of an equation that is given are no numbers that were found.
                "terms": of("values", [m.name])
                or [{"name": term, "value": float(v)} | dict.fromkeys(UNKNOWN) for term, v in terms.items()],
            }
            for m, terms in equations.shown_mechanisms(participant)
        ],
        "absent_states": list(equations.absent_states(participant)),
        "inverse_temperatures": of("betas", equations.coefficients.betas),
        "initial_values": of("initial", equations.initial_values(participant)),
        "observation": of("observed", equations.coefficients.observed),
        "derived": derived.get(index, []),
    }


def _derived(equations: SpiceEquations) -> dict[int, list[dict[str, Any]]]:
    """What is read off the equations of those who have a canonical form, and of the population (-1)."""
    without = {POPULATION_ID if isinstance(p, str) else p for p in equations.without_canonical_form()}
    found: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(derived_frame(equations)):
        index, _ = row.pop("participant"), row.pop("label")
        if index not in without and row["estimate"] is not None:
            found.setdefault(index, []).append(row)
    return found


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, as JSON holds them."""
    return [
        {str(name): _short(v) if isinstance(v, float) else v for name, v in row.items()}
        for row in frame.to_dict("records")
    ]


def _short(value: float) -> float | None:
    """Six digits, which is more than anybody knows of it; None for NaN, which JSON does not hold."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
