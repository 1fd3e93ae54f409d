"""Equations to read, compare and take away."""

import base64
from typing import Any

import ipywidgets as widgets

from spice.equations.equations import SpiceEquations
from spice.estimator import SpiceEstimator
from spice.figures.estimator import plain_settings
from spice_nb.state.certainty import as_interval, as_probability
from spice_nb.state.equations import PAGE, EquationsModel
from spice_nb.views.coefficient_table import coefficient_table
from spice_nb.views.copy_button import CopyButton
from spice_nb.views.panel import Panel, as_record, escaped, paragraph, row, table
from spice_nb.views.prevalences import prevalences
from spice_nb.views.structure_table import StructureTable


class EquationsPanel(Panel):
    """Equations of a fitted estimator.

    Parameters
    ----------
    source : SpiceEstimator or SpiceEquations, optional
        May come later, by `equations`.
    """

    title = "Equations"

    def __init__(self, source: SpiceEstimator | SpiceEquations | None = None) -> None:
        self.model = EquationsModel()
        wide = {"width": "240px", "max_width": "100%"}
        self.person = widgets.Dropdown(description="Participant", layout=wide)
        self.other = widgets.Dropdown(description="Beside", layout=wide)
        self.canonical = widgets.Checkbox(
            value=True, description="Canonical form", indent=False, layout={"width": "160px"}
        )
        self.equations_of = widgets.HTML()
        self.search = widgets.Text(description="Find", placeholder="name", layout=wide)
        self.sort = widgets.Dropdown(description="Sort by", layout=wide)
        self.descending = widgets.Checkbox(
            value=False, description="Largest first", indent=False, layout={"width": "136px"}
        )
        self.group = widgets.Dropdown(description="Structure", layout=wide)
        self.structures = StructureTable(self.model)
        self.prevalences = widgets.HTML()
        self.everybody = widgets.HTML()
        self.earlier, self.later = (
            widgets.Button(description=text, layout={"width": "96px"}) for text in ("Earlier", "Later")
        )
        self.shown = widgets.HTML()
        self.copy = CopyButton("Copy table", self.model.tsv, lambda: self.model.selected)
        self.downloads = widgets.HTML()
        self.empty, self.doubts, self.notes = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.shared = widgets.HTML()
        self.differing = widgets.VBox([
            self.prevalences,
            self.structures,
            row(self.search, self.sort, self.descending, self.group),
            self.everybody,
            row(self.earlier, self.later, self.shown, self.copy),
        ])  # fmt: skip
        self.body = widgets.VBox(
            [
                row(self.person, self.other, self.canonical),
                self.equations_of,
                widgets.HTML("<h3>Everybody</h3>"),
                self.shared,
                self.differing,
                self.downloads,
            ],
            layout={"overflow": "visible"},
        )
        super().__init__(widgets.HTML("<h3>Equations</h3>"), self.empty, self.doubts, self.notes, self.body)
        self._filling = False
        for widget, name in (
            (self.person, "participant"), (self.other, "other"), (self.canonical, "canonical"), (self.search, "search"),
            (self.sort, "sort_by"), (self.descending, "descending"), (self.group, "group"),
        ):  # fmt: skip
            widget.observe(lambda change, name=name: self._chosen(name, change["new"]), "value")
        self.earlier.on_click(lambda _: self._turn(-1))
        self.later.on_click(lambda _: self._turn(1))
        self.model.observe(lambda _: self._new(), "equations")
        self.model.observe(lambda _: self._show_person(), ["participant", "other", "canonical"])
        self.model.observe(lambda _: self._new_form(), "canonical")
        self.model.observe(lambda change: setattr(self.group, "value", change["new"]), "group")
        self.model.observe(lambda _: self._show_everybody(), ["search", "sort_by", "descending", "group", "page"])
        self._new()
        if isinstance(source, SpiceEstimator):
            self.model.tell(source.diagnostics_)
            self.model.config, source = plain_settings(source), source.equations_
        if source is not None:
            self.equations = source

    @property
    def equations(self) -> SpiceEquations | None:
        """What is shown."""
        return self.model.equations

    @equations.setter
    def equations(self, equations: SpiceEquations | None) -> None:
        self.model.equations = equations

    def _chosen(self, name: str, value: Any) -> None:
        if not self._filling and value is not None:
            setattr(self.model, name, value)

    def _turn(self, pages: int) -> None:
        self.model.page += pages

    def _new(self) -> None:
        """Other equations: everything that can be chosen changes."""
        model = self.model
        there = model.equations is not None
        self.empty.value = paragraph(model.blocker, "quiet")
        self.empty.layout.display = "" if model.blocker else "none"
        self.doubts.value = _callout(model.doubts)
        self.doubts.layout.display = "" if there and model.doubts else "none"
        self.notes.value = _folded("How this result came about", model.notes)
        self.notes.layout.display = "" if there and model.notes else "none"
        self.body.layout.display = "" if there else "none"
        if not there:
            return
        # A table whose rows are all the same would say nothing.
        self.shared.value = paragraph(model.shared)
        self.differing.layout.display = "none" if model.shared else ""
        self._filling = True
        try:
            self.person.options, self.person.value = model.people, model.participant
            self.other.options, self.other.value = [("nobody", -1), *model.people], model.other
            self.search.value = ""
        finally:
            self._filling = False
        self._show_person()
        self._new_form()
        self.update_record()

    def _new_form(self) -> None:
        """Other columns and structures."""
        model = self.model
        if model.equations is None:
            return
        self._filling = True
        try:
            self.sort.options, self.sort.value = [("order of the data", ""), *((c, c) for c in model.table.columns)], ""
            groups = [(f"{s.name}: {_people(s.people)}, {len(s.terms)} terms", s.name) for s in model.structures]
            self.group.options, self.group.value = [("all", ""), *groups], ""
            self.structures.fill()
            self.prevalences.value = prevalences(model.effects)
        finally:
            self._filling = False
        self._show_everybody()

    def _show_person(self) -> None:
        model = self.model
        if model.equations is None:
            return
        people = [model.participant] + ([model.other] if model.other >= 0 else [])
        self.equations_of.value = (
            "<div style='display:flex;flex-wrap:wrap;gap:16px 48px'>" + "".join(map(self._person, people)) + "</div>"
        )
        self._show_downloads()

    def _person(self, participant: int) -> str:
        model = self.model
        typeset = "".join(f"<p>{line}</p>" for line in model.shown_form.mathml(participant).split("\n"))
        readings = model.readings(participant)
        said = "".join(map(paragraph, readings))
        if any(" to " in sentence for sentence in readings):
            said += paragraph("In brackets: 95 % intervals.", "quiet")
        rows = [
            [
                number.mechanism,
                number.term,
                as_probability(number.probability),
                f"{number.value:.3f}" if number.is_there else "not there",
                as_interval(number.low, number.high),
            ]
            for number in model.coefficients(participant)
        ]
        head = ["Mechanism", "Term", "Probability", "Coefficient", "95 % interval"]
        numbers = table(head, rows, frozenset({2, 3, 4}))
        return (
            f"<section style='max-width:100%'><p><b>{escaped(model.label(participant))}</b></p>{typeset}{said}"
            f"<details><summary>Coefficients</summary>{numbers}</details></section>"
        )

    def _show_everybody(self) -> None:
        model = self.model
        if model.equations is None:
            return
        rows, n = model.rows()
        last = max(n - 1, 0) // PAGE
        if model.page != min(max(model.page, 0), last):
            model.page = min(max(model.page, 0), last)
            return
        self.everybody.value = coefficient_table(rows, model.table, model.present, model.probabilities)
        first = model.page * PAGE
        of_all = "" if n == len(model.table) else f" (of {len(model.table):,} in all)"
        said = f"People {first + 1:,} to {first + len(rows):,} of {n:,}{of_all}" if n else "Nobody fits."
        self.shown.value = paragraph(said, "quiet")
        self.earlier.disabled, self.later.disabled = model.page == 0, model.page == last
        self._show_downloads()

    def _show_downloads(self) -> None:
        files = {
            "equations.csv": ("All as CSV", self.model.csv()),
            "derived.csv": ("Rates as CSV", self.model.rates()),
            "equations.spice.json": ("All as JSON", self.model.document()),
            "equations.md": ("Table as Markdown", self.model.markdown()),
            "equations.tex": ("Equations as LaTeX", self.model.latex()),
            "equations.py": ("Equations as Python", self.model.python()),
        }
        links = " &nbsp; ".join(
            f"<a download='{name}' href='data:text/plain;charset=utf-8;base64,"
            f"{base64.b64encode(text.encode()).decode()}'>{label}</a>"
            for name, (label, text) in files.items()
        )
        self.downloads.value = f"<p>{links}</p>"

    def record(self) -> dict[str, str]:
        """The first people's equations, as text and as HTML, and how many there are.

        Returns
        -------
        dict of MIME type to str
        """
        equations = self.model.equations
        if equations is None:
            return as_record(self.model.blocker)
        shown = equations.participants[:5]
        head = f"Equations of {_people(len(equations))}" + (
            f", the first {len(shown)}:" if len(shown) < len(equations) else ":"
        )
        text, body = [*self.model.doubts, head], [self.doubts.value, paragraph(head)]
        for participant in shown:
            label = self.model.label(participant)
            text += [f"{label}", self.model.shown_form.text(participant)]
            body += [f"<p><b>{escaped(label)}</b></p>", self.model.shown_form.mathml(participant).replace("\n", "<br>")]
        return as_record("\n".join(text), "".join(body))


def _callout(doubts: tuple[str, ...]) -> str:
    """What speaks against a result, louder than a problem among others."""
    said = "".join(map(paragraph, doubts))
    return f"<div class='spice-callout' role='alert'><h4>Do not believe this result yet</h4>{said}</div>"


def _folded(summary: str, sentences: tuple[str, ...]) -> str:
    return f"<details><summary>{escaped(summary)}</summary>{''.join(map(paragraph, sentences))}</details>"


def _people(n: int) -> str:
    return f"{n:,} {'person' if n == 1 else 'people'}"
