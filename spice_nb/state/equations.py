"""Equations to read: of one person, of two side by side, of everybody as a table, and by structure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from traitlets import Bool, Dict, HasTraits, Instance, Int, Tuple, Unicode, observe

from spice.equations.equations import SpiceEquations
from spice.equations.notation import Described, general_mathml
from spice_nb.state.readings import readings

PAGE = 20
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell of text that starts with one of these is a formula to a spreadsheet."""


@dataclass(frozen=True)
class Structure:
    """People whose equations have the same terms.

    Attributes
    ----------
    name : str
        A letter, A for the most frequent.
    people : int
    terms : tuple of str
        Columns of the table, as "mechanism: term".
    """

    name: str
    people: int
    terms: tuple[str, ...]


class EquationsModel(HasTraits):
    """State of an `EquationsPanel`.

    Attributes
    ----------
    equations : SpiceEquations, optional
    config : dict, optional
        Settings that they were found with, for files; set before the equations.
    doubts : tuple of str
        What speaks against believing them; set before the equations.
    participant : int
        Id of the person shown.
    other : int
        Id of the person beside; -1 for nobody.
    canonical : bool
        Whether the canonical form is shown.
    sort_by : str
        Column of the table; empty for the order of the data.
    descending : bool
    search : str
        Only people whose label holds this.
    group : str
        Only people with this structure; empty for all.
    page : int
    """

    equations = Instance(SpiceEquations, allow_none=True)
    config = Dict(allow_none=True, default_value=None)
    doubts = Tuple()
    participant = Int(0)
    other = Int(-1)
    canonical = Bool(True)
    sort_by = Unicode()
    descending = Bool(False)
    search = Unicode()
    group = Unicode()
    page = Int(0)

    @observe("equations")
    def _equations_changed(self, _: Mapping[str, Any]) -> None:
        self._table: pd.DataFrame | None = None
        with self.hold_trait_notifications():
            self.sort_by, self.search, self.group, self.page, self.other = "", "", "", 0, -1
            self.participant = self.equations.participants[0] if self.equations and self.equations.participants else 0

    @observe("search", "group", "sort_by", "descending")
    def _selection_changed(self, _: Mapping[str, Any]) -> None:
        self.page = 0

    @property
    def blocker(self) -> str:
        """What is still needed; empty where there are equations."""
        return "" if self.equations is not None else "Fit a model first."

    @property
    def shared(self) -> str:
        """What to say where all people have the same equations; empty where they differ."""
        if self.equations is None or not self.equations.is_shared or len(self.equations) == 1:
            return ""
        return f"All {len(self.equations):,} people have these equations."

    @property
    def people(self) -> list[tuple[str, int]]:
        """Label and id of everybody."""
        if self.equations is None:
            return []
        return list(zip(self.equations.labels, self.equations.participants, strict=True))

    @property
    def shown_form(self) -> SpiceEquations:
        """Canonical or raw equations."""
        assert self.equations is not None
        return self.equations.canonical() if self.canonical else self.equations

    def label(self, participant: int) -> str:
        """What a participant is called in the data."""
        return next((label for label, person in self.people if person == participant), str(participant))

    def readings(self, participant: int) -> list[str]:
        """The equations of a participant in plain words."""
        assert self.equations is not None
        return readings(self.equations, participant)

    def coefficients(self, participant: int) -> list[tuple[str, str, float, float, float]]:
        """Mechanism, term, coefficient and both ends of its 95 % interval (NaN where unknown)."""
        frame = self.shown_form.to_frame()
        frame = frame[frame.participant == participant]
        values, half = frame.coefficient.to_numpy(float), 1.96 * frame.standard_error.to_numpy(float)
        return list(zip(frame.mechanism, frame.term, values, values - half, values + half, strict=True))

    # Everybody -------------------------------------------------------------------------------------------------

    @property
    def table(self) -> pd.DataFrame:
        """One row a participant, one column a term; 0 where a term is not in the equation."""
        if self._table is None:
            frame = self.shown_form.to_frame()
            frame = frame[frame.participant >= 0]
            frame = frame.assign(column=frame.mechanism + ": " + frame.term)
            order = list(dict.fromkeys(frame.column))
            wide = frame.pivot(index="participant", columns="column", values="coefficient")[order].fillna(0.0)
            wide.insert(0, "participant", [self.label(person) for person in wide.index])
            wide["structure"] = self._letters(wide[self._term_columns(wide)])
            self._table = wide
        return self._table

    @staticmethod
    def _term_columns(table: pd.DataFrame) -> list[str]:
        return [c for c in table.columns if ": " in c and not c.startswith(("beta_", "initial_"))]

    @observe("canonical")
    def _form_changed(self, _: Mapping[str, Any]) -> None:
        # Structures and columns of one form are none of the other.
        self._table = None
        with self.hold_trait_notifications():
            self.group, self.sort_by = "", ""

    @staticmethod
    def _letters(terms: pd.DataFrame) -> list[str]:
        """A letter for each set of terms, A for the most frequent: A, ..., Z, AA, AB."""
        sets = [tuple(row) for row in (terms.to_numpy() != 0)]
        counts = pd.Series(sets).value_counts()
        names = {structure: _letters(k) for k, structure in enumerate(counts.index)}
        return [names[structure] for structure in sets]

    @property
    def structures(self) -> list[Structure]:
        """All of them, the most frequent first."""
        columns = self._term_columns(self.table)
        people = self.table.structure.value_counts()
        of_each = self.table.drop_duplicates("structure").set_index("structure")[columns] != 0
        found = [
            Structure(str(name), int(people[name]), tuple(np.array(columns)[there].tolist()))
            for name, there in zip(of_each.index, of_each.to_numpy(), strict=True)
        ]
        return sorted(found, key=lambda structure: (-structure.people, len(structure.name), structure.name))

    def typeset(self, structure: Structure) -> str:
        """The equations of a structure in MathML, with letters for coefficients; one `math` element a mechanism."""
        terms: dict[str, list[str]] = {}
        for column in structure.terms:
            mechanism, _, term = column.partition(": ")
            terms.setdefault(mechanism, []).append(term)
        return "\n".join(
            general_mathml(Described.of(m), terms.get(m.name, ()))
            for m in self.shown_form.coefficients.mechanisms
            if m.name in self.shown_form.coefficients.terms
        )

    def of_structures(self, shown: int) -> str:
        """What can be done with the structures that are shown."""
        structures = self.structures
        if len(structures) == 1:
            return "The equations of all have the same terms."
        said = f"{len(structures):,} sets of terms, the most frequent first. Choose one to see only these people."
        rest = structures[shown:]
        if rest:
            n = sum(structure.people for structure in rest)
            said += f" {len(rest):,} more, of {n:,} {'person' if n == 1 else 'people'}, are in the list below."
        return said

    @property
    def selection(self) -> pd.DataFrame:
        """The table as filtered and sorted, all pages."""
        table = self.table
        if self.search:
            table = table[table.participant.str.contains(self.search, case=False, regex=False)]
        if self.group:
            table = table[table.structure == self.group]
        if self.sort_by in table.columns:
            table = table.sort_values(self.sort_by, ascending=not self.descending, kind="stable")
        return table

    def rows(self, size: int = PAGE) -> tuple[pd.DataFrame, int]:
        """The rows of this page, and how many there are in all."""
        table = self.selection
        return table.iloc[self.page * size : (self.page + 1) * size], len(table)

    # To take away ----------------------------------------------------------------------------------------------

    def csv(self) -> str:
        """Everybody's coefficients, a row a term; no cell can start a formula in a spreadsheet."""
        frame = self.shown_form.to_frame()
        for name in ("label", "mechanism", "term"):
            frame[name] = [safe_cell(value) for value in frame[name]]
        return frame.to_csv(index=False)

    def tsv(self) -> str:
        """The selection as a spreadsheet takes it from the clipboard: numbers in full, no cell a formula."""
        table = self.selection.rename(columns=safe_cell)
        for name in ("participant", "structure"):
            table[name] = [safe_cell(value) for value in table[name]]
        return table.to_csv(sep="\t", index=False, lineterminator="\n")

    @property
    def selected(self) -> str:
        """How many rows the selection has."""
        n = len(self.selection)
        return f"{n:,} {'row' if n == 1 else 'rows'}"

    def document(self) -> str:
        """Everybody's equations as a `*.spice.json` file."""
        return json.dumps(self.shown_form.to_document(config=self.config))

    def latex(self) -> str:
        """The person's equations in LaTeX."""
        return self.shown_form.latex(self.participant) + "\n"

    def python(self) -> str:
        """The person's equations as Python functions."""
        return self.shown_form.python(self.participant)

    def markdown(self) -> str:
        """The selection as a Markdown table."""
        table = self.selection
        head = list(map(str, table.columns))
        lines = [head, ["---"] * len(head)]
        lines += [[_markdown_cell(value) for value in row] for row in table.itertuples(index=False)]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def safe_cell(value: Any) -> Any:
    """Text that a spreadsheet takes for text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def _markdown_cell(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.3f}"
    return str(value).replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _letters(k: int) -> str:
    name = ""
    k += 1
    while k:
        k, rest = divmod(k - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
