"""Equations to read: of one person, of two side by side, of everybody as a table, and by structure."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import pandas as pd
from traitlets import Bool, Dict, HasTraits, Instance, Int, Tuple, Unicode, observe

from spice.diagnostics import Diagnostic, doubts, notes
from spice.equations.equations import SpiceEquations
from spice.equations.tables import PREFIXES
from spice_nb.state.cells import markdown_cell, safe_cell, safe_csv
from spice_nb.state.effects import Effect, effects
from spice_nb.state.presence import present
from spice_nb.state.readings import readings
from spice_nb.state.structures import Structure, structures, typeset

Kept = TypeVar("Kept")

PAGE = 20


class Number(NamedTuple):
    """A coefficient of one person.

    Attributes
    ----------
    mechanism, term : str
    value : float
    is_there : bool
        Whether it is part of the person's equations.
    probability : float
        Of that; NaN where nobody has asked.
    low, high : float
        The 95 % interval; NaN where it is not known.
    """

    mechanism: str
    term: str
    value: float
    is_there: bool
    probability: float
    low: float
    high: float


class EquationsModel(HasTraits):
    """State of an `EquationsPanel`.

    Attributes
    ----------
    equations : SpiceEquations, optional
    config : dict, optional
        Settings that they were found with, for files; set before the equations.
    doubts, notes : tuple of str
        What speaks against believing them, and how they came about; set before the equations, by `tell`.
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
    notes = Tuple()
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
        self._kept: dict[Any, Any] = {}
        with self.hold_trait_notifications():
            self.sort_by, self.search, self.group, self.page, self.other = "", "", "", 0, -1
            self.participant = self.equations.participants[0] if self.equations and self.equations.participants else 0

    @observe("search", "group", "sort_by", "descending")
    def _selection_changed(self, _: Mapping[str, Any]) -> None:
        self.page = 0

    def tell(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Say of the equations that come next what was found about their fit."""
        self.doubts, self.notes = (tuple(map(str, some)) for some in (doubts(diagnostics), notes(diagnostics)))

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
        return self._canonical_form if self.canonical else self.equations

    @property
    def _canonical_form(self) -> SpiceEquations:
        assert self.equations is not None
        return self._once("canonical", self.equations.canonical, is_of_form=False)

    def _once(self, what: str, make: Callable[[], Kept], is_of_form: bool = True) -> Kept:
        """What is made of the equations (in this form), once for many people and views."""
        key = what, is_of_form and self.canonical
        if key not in self._kept:
            self._kept[key] = make()
        kept: Kept = self._kept[key]
        return kept

    @property
    def _frame(self) -> pd.DataFrame:
        return self._once("frame", self.shown_form.to_frame)

    def label(self, participant: int) -> str:
        """What a participant is called in the data."""
        return next((label for label, person in self.people if person == participant), str(participant))

    def readings(self, participant: int) -> list[str]:
        """The equations of a participant in plain words."""
        assert self.equations is not None
        return readings(self.equations, participant)

    def coefficients(self, participant: int) -> list[Number]:
        """Everything that is known of a participant's coefficients, of those too that others have."""
        frame = self._frame[self._frame.participant == participant]
        there = self.present.loc[participant]
        columns = ["mechanism", "term", "coefficient", "probability", "low", "high"]
        return [
            Number(mechanism, term, value, bool(there[f"{mechanism}: {term}"]), *numbers)
            for mechanism, term, value, *numbers in frame[columns].itertuples(index=False)
        ]

    @property
    def effects(self) -> list[Effect]:
        """How many people have what; empty where nobody has asked, or all share their equations."""
        assert self.equations is not None
        return self._once("effects", lambda: effects(self.shown_form))

    # Everybody -------------------------------------------------------------------------------------------------

    @property
    def table(self) -> pd.DataFrame:
        """One row a participant, one column a term; `present` says what of it is part of the equations."""
        return self._once("table", self._make_table)

    def _make_table(self) -> pd.DataFrame:
        wide = self._wide("coefficient").fillna(0.0)
        wide.insert(0, "participant", [self.label(person) for person in wide.index])
        wide["structure"] = self._structures[1]
        return wide

    @property
    def present(self) -> pd.DataFrame:
        """Of the same columns: whether the term is part of a person's equations."""
        return self._once("present", self._make_present)

    def _make_present(self) -> pd.DataFrame:
        table = self.shown_form.coefficients
        columns = [f"{PREFIXES[kind]}{name}: {term}" for kind, name, term in table.parameters]
        people = self.shown_form.participants
        rows = [self.shown_form.row(person) for person in people]
        return pd.DataFrame(present(table)[rows], index=list(people), columns=columns)

    @property
    def probabilities(self) -> pd.DataFrame:
        """Of the same columns: how probable it is that a person has the term; NaN where nobody has asked."""
        return self._once("probabilities", lambda: self._wide("probability"))

    def _wide(self, values: str) -> pd.DataFrame:
        """A row a participant, in order of the data, and a column a term."""
        frame = self._frame[self._frame.participant >= 0]
        frame = frame.assign(column=frame.mechanism + ": " + frame.term)
        order = list(dict.fromkeys(frame.column))
        return frame.pivot(index="participant", columns="column", values=values).loc[
            list(self.shown_form.participants), order
        ]

    @observe("canonical")
    def _form_changed(self, _: Mapping[str, Any]) -> None:
        # Structures and columns of one form are none of the other.
        with self.hold_trait_notifications():
            self.group, self.sort_by = "", ""

    @property
    def _structures(self) -> tuple[list[Structure], list[str]]:
        return self._once("structures", lambda: structures(self.shown_form))

    @property
    def structures(self) -> list[Structure]:
        """All of them, the most frequent first."""
        return self._structures[0]

    def typeset(self, structure: Structure) -> str:
        """The equations of a structure in MathML, with letters for coefficients; one `math` element a mechanism."""
        return typeset(structure, self.shown_form)

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
        return self._once("csv", lambda: safe_csv(self._frame, "label", "mechanism", "term"))

    def rates(self) -> str:
        """What is read off everybody's equations, a row a number, as CSV in the same way."""
        derived = self._canonical_form.derived
        return self._once("rates", lambda: safe_csv(derived(), "label", "mechanism"), is_of_form=False)

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
        return self._once("document", lambda: json.dumps(self.shown_form.to_document(config=self.config)))

    def latex(self) -> str:
        """The person's equations in LaTeX."""
        return self.shown_form.latex(self.participant) + "\n"

    def python(self) -> str:
        """The person's equations as Python functions."""
        return self.shown_form.python(self.participant)

    def markdown(self) -> str:
        """The selection as a Markdown table."""
        table = self.selection
        there = self.present.reindex(index=table.index, columns=table.columns, fill_value=True)
        table = table.astype(object).where(there, "not there")
        head = list(map(str, table.columns))
        lines = [head, ["---"] * len(head)]
        lines += [[markdown_cell(value) for value in row] for row in table.itertuples(index=False)]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
