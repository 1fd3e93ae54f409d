"""Structures: sets of people whose equations have the same terms."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from spice.equations.coefficients import Coefficients
from spice.equations.equations import SpiceEquations
from spice.equations.notation import Described, as_mathml, general_mathml
from spice.equations.state_notation import absence_as_mathml
from spice_nb.state.presence import present, unchanging


@dataclass(frozen=True)
class Structure:
    """People whose equations have the same terms.

    Attributes
    ----------
    name : str
        A letter, A for the most frequent: A, ..., Z, AA, AB.
    people : int
    terms : tuple of str
        Columns of the table, as "mechanism: term".
    unchanging : tuple of str
        Mechanisms that leave their state where it is.
    absent : tuple of str
        States that choices do not depend on.
    """

    name: str
    people: int
    terms: tuple[str, ...]
    unchanging: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def structures(equations: SpiceEquations) -> tuple[list[Structure], list[str]]:
    """All structures, the most frequent first.

    Parameters
    ----------
    equations : SpiceEquations

    Returns
    -------
    found : list of Structure
    letters : list of str
        The name of everybody's structure, in order of `equations.participants`.
    """
    of_rows = _of_rows(equations.coefficients)
    of_people = [of_rows[equations.row(person)] for person in equations.participants]
    counts = Counter(of_people).most_common()
    names = {one: _letters(k) for k, (one, _) in enumerate(counts)}
    return [Structure(names[one], people, *one) for one, people in counts], [names[one] for one in of_people]


def typeset(structure: Structure, equations: SpiceEquations) -> str:
    """The equations of a structure in MathML, with letters for coefficients; one `math` element a mechanism.

    A state that is absent has one element, in place of its mechanisms.

    Parameters
    ----------
    structure : Structure
    equations : SpiceEquations
        Those that it was found in.

    Returns
    -------
    str
    """
    terms: dict[str, list[str]] = {}
    for column in structure.terms:
        mechanism, _, term = column.partition(": ")
        terms.setdefault(mechanism, []).append(term)
    lines = [
        as_mathml(Described.of(m), {m.name: 1.0}, 2)
        if m.name in structure.unchanging
        else general_mathml(Described.of(m), terms.get(m.name, ()))
        for m in equations.coefficients.mechanisms
        if m.name in equations.coefficients.terms and m.state not in structure.absent
    ]
    return "\n".join([*lines, *map(absence_as_mathml, structure.absent)])


_Key = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _of_rows(table: Coefficients) -> list[_Key]:
    """Terms, mechanisms that change nothing, and states that are absent, of each row."""
    columns = np.array([f"{name}: {term}" for kind, name, term in table.parameters if kind == "values"])
    there = present(table)[:, : len(columns)]
    still = {name: unchanging(table, name) for name in table.terms}
    states = {m.name: m.state for m in table.mechanisms}
    found: list[_Key] = []
    for row in range(table.n_rows):
        absent = tuple(state for state, beta in table.betas.items() if beta[row] == 0)
        idle = tuple(name for name, rows in still.items() if rows[row] and states[name] not in absent)
        found.append((tuple(columns[there[row]].tolist()), idle, absent))
    return found


def _letters(k: int) -> str:
    name = ""
    k += 1
    while k:
        k, rest = divmod(k - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
