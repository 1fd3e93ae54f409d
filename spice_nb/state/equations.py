"""Equations to read: of one person, of two side by side, of everybody as a table, and by structure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from traitlets import Bool, Dict, Int, Tuple, Unicode, observe

from spice.diagnostics import Diagnostic, doubts, notes
from spice_nb.state.cells import markdown_cell, safe_cell, safe_csv
from spice_nb.state.shown_equations import ShownEquations

PAGE = 20


class EquationsModel(ShownEquations):
    """State of an `EquationsPanel`: who is looked at, and in what order; see `ShownEquations` for what there is.

    Attributes
    ----------
    config : dict, optional
        Settings that they were found with, for files; set before the equations.
    doubts, notes : tuple of str
        What speaks against believing them, and how they came about; set before the equations, by `tell`.
    participant : int
        Id of the person shown.
    other : int
        Id of the person beside; -1 for nobody.
    sort_by : str
        Column of the table; empty for the order of the data.
    descending : bool
    search : str
        Only people whose label holds this.
    group : str
        Only people with this structure; empty for all.
    page : int
    """

    config = Dict(allow_none=True, default_value=None)
    doubts = Tuple()
    notes = Tuple()
    participant = Int(0)
    other = Int(-1)
    sort_by = Unicode()
    descending = Bool(False)
    search = Unicode()
    group = Unicode()
    page = Int(0)

    @observe("equations")
    def _equations_changed(self, change: Mapping[str, Any]) -> None:
        # First: whoever hears of another participant asks for what is made of the new equations.
        super()._equations_changed(change)
        with self.hold_trait_notifications():
            self.sort_by, self.search, self.group, self.page, self.other = "", "", "", 0, -1
            self.participant = self.equations.participants[0] if self.equations and self.equations.participants else 0

    @observe("search", "group", "sort_by", "descending")
    def _selection_changed(self, _: Mapping[str, Any]) -> None:
        self.page = 0

    def tell(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Say of the equations that come next what was found about their fit.

        Parameters
        ----------
        diagnostics : sequence of Diagnostic
            As `SpiceEstimator.diagnostics_`.
        """
        self.doubts, self.notes = (tuple(map(str, some)) for some in (doubts(diagnostics), notes(diagnostics)))

    @observe("canonical")
    def _form_changed(self, _: Mapping[str, Any]) -> None:
        # Structures and columns of one form are none of the other.
        with self.hold_trait_notifications():
            self.group, self.sort_by = "", ""

    def of_structures(self, shown: int) -> str:
        """What can be done with the structures that are shown.

        Parameters
        ----------
        shown : int
            How many of them are, the most frequent first.

        Returns
        -------
        str
        """
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
        """The rows of this page.

        Parameters
        ----------
        size : int
            Rows of a page.

        Returns
        -------
        rows : DataFrame
            Part of `selection`.
        n : int
            Rows of all pages.
        """
        table = self.selection
        return table.iloc[self.page * size : (self.page + 1) * size], len(table)

    # To take away ----------------------------------------------------------------------------------------------

    def csv(self) -> str:
        """Everybody's coefficients, a row a term; no cell can start a formula in a spreadsheet.

        Returns
        -------
        str
        """
        return self._once("csv", lambda: safe_csv(self._frame, "label", "mechanism", "term"))

    def rates(self) -> str:
        """What is read off everybody's equations, a row a number, as CSV in the same way.

        Returns
        -------
        str
        """
        derived = self._canonical_form.derived
        return self._once("rates", lambda: safe_csv(derived(), "label", "mechanism"), is_of_form=False)

    def tsv(self) -> str:
        """The selection as a spreadsheet takes it from the clipboard: numbers in full, no cell a formula.

        Returns
        -------
        str
        """
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
        """Everybody's equations as a `*.spice.json` file.

        Returns
        -------
        str
        """
        return self._once("document", lambda: json.dumps(self.shown_form.to_document(config=self.config)))

    def latex(self) -> str:
        """The person's equations in LaTeX.

        Returns
        -------
        str
        """
        return self.shown_form.latex(self.participant) + "\n"

    def python(self) -> str:
        """The person's equations as Python functions.

        Returns
        -------
        str
        """
        return self.shown_form.python(self.participant)

    def markdown(self) -> str:
        """The selection as a Markdown table.

        Returns
        -------
        str
            Where a person lacks a term, its cell says "not there".
        """
        table = self.selection
        there = self.present.reindex(index=table.index, columns=table.columns, fill_value=True)
        table = table.astype(object).where(there, "not there")
        head = list(map(str, table.columns))
        lines = [head, ["---"] * len(head)]
        lines += [[markdown_cell(value) for value in row] for row in table.itertuples(index=False)]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
