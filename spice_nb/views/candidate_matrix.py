"""Mechanisms by candidate terms: what each equation may be made of, with the equation beside."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from spice_nb.state.candidates import Candidates
from spice_nb.state.outline import MechanismOutline
from spice_nb.state.settings import SettingsModel
from spice_nb.views.panel import escaped


class CandidateMatrix(widgets.VBox):
    """A row a learned mechanism, a column an input.

    Parameters
    ----------
    model : SettingsModel
    """

    def __init__(self, model: SettingsModel) -> None:
        self.model = model
        self.rows: dict[str, _Row] = {}
        self._drawn: list[Any] = []
        self.grid = widgets.GridBox(layout={"grid_gap": "4px 16px", "align_items": "center", "width": "max-content"})
        frame = widgets.Box([self.grid])
        frame.add_class("spice-scroll")
        super().__init__([
            widgets.HTML(
                "<p class='spice-quiet'>A term is a candidate where all of its factors are ticked; products come in by "
                "the degree of terms. What choices do not support is dropped from an equation by itself.</p>"
            ),
            frame,
        ])  # fmt: skip
        self.model.observe(lambda _: self._show(), ["model", "own", "inputs", "candidates", "values", "problem"])
        self._show()

    def _show(self) -> None:
        learned = [mechanism for mechanism in self.model.mechanisms() if mechanism.is_learned]
        shape = [(m.name, m.inputs, self.model.signals()) for m in learned]
        if shape != self._drawn:
            self._drawn = shape
            self._draw(learned)
        for mechanism in learned:
            self.rows[mechanism.name].show(self.model.candidates_of(mechanism.name), mechanism.mathml)

    def _draw(self, learned: list[MechanismOutline]) -> None:
        columns = list(dict.fromkeys(entry for mechanism in learned for entry in mechanism.inputs))
        self.rows = {m.name: _Row(m, self.model.signals(), self._listener(m.name)) for m in learned}
        cells = [cell for row in self.rows.values() for cell in row.cells(columns)]
        self.grid.children = cells
        self.grid.layout.grid_template_columns = f"repeat({len(columns) + 5}, max-content)"

    def _listener(self, name: str) -> Callable[[Candidates], None]:
        return lambda candidates: self.model.set_candidates(name, candidates)


class _Row:
    """The fields of a mechanism."""

    def __init__(
        self, mechanism: MechanismOutline, signals: list[tuple[str, str]], changed: Callable[[Candidates], None]
    ) -> None:
        self.name = widgets.HTML(f"<b>{escaped(mechanism.name)}</b>")
        self.found = widgets.Checkbox(description="becomes an equation", indent=False, layout={"width": "auto"})
        self.inputs = {
            name: widgets.Checkbox(description=words, indent=False, layout={"width": "auto"})
            for name, words in mechanism.inputs
        }
        self.where = widgets.Dropdown(
            options=[("on all its trials", ""), *((f"only where {words} is", name) for name, words in signals)],
            layout={"width": "200px"},
        )
        self.value = widgets.FloatText(value=1.0, layout={"width": "64px"})
        for field, label in ((self.where, "Trials"), (self.value, "Value")):
            field.tooltip = f"{label} of {mechanism.name}"
            field.add_class("spice-field")
        self.equation = widgets.HTML()
        self._changed, self._filling = changed, False
        for field in (self.found, self.where, self.value, *self.inputs.values()):
            field.observe(lambda _: self._take(), "value")

    def cells(self, columns: list[tuple[str, str]]) -> list[widgets.Widget]:
        inputs = [self.inputs[name] if name in self.inputs else widgets.HTML() for name, _ in columns]
        return [self.name, self.found, *inputs, self.equation, self.where, self.value]

    def show(self, candidates: Candidates, mathml: str) -> None:
        self._filling = True
        try:
            self.found.value = candidates.is_found
            for name, box in self.inputs.items():
                box.value, box.disabled = name not in candidates.left_out, not candidates.is_found
            where, value = candidates.only_where or ("", self.value.value)
            self.where.value, self.value.value = where, value
            self.value.disabled = not where
            self.equation.value = mathml or "<span class='spice-quiet'>stays a network</span>"
        finally:
            self._filling = False

    def _take(self) -> None:
        if self._filling:
            return
        where = self.where.value
        self._changed(Candidates(
            left_out=tuple(name for name, box in self.inputs.items() if not box.value),
            only_where=(where, float(self.value.value)) if where else None,
            is_found=self.found.value,
        ))  # fmt: skip
