"""How rows are read: in which order, which of them, and which labels mean that no choice was made."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from spice.exceptions import SpiceError
from spice_nb.state.data import DataModel
from spice_nb.state.row_filters import BETWEEN, RELATIONS, condition_of
from spice_nb.views.panel import form, paragraph, row

NONE = "(as they are)"
MOST_LABELS = 30


class Rows(widgets.Accordion):
    """Conditions on rows, their order, and labels of missed trials, folded away.

    Parameters
    ----------
    model : DataModel
    """

    def __init__(self, model: DataModel) -> None:
        self._model = model
        self.column = widgets.Dropdown(description="Only rows where", layout={"width": "184px"})
        self.relation = widgets.Dropdown(description="Relation", options=RELATIONS, layout={"width": "120px"})
        self.value, self.upper = (
            widgets.Text(description=label, layout={"width": "136px"}) for label in ("Value", "Upper end")
        )
        self.order = widgets.Dropdown(description="Sort by", layout={"width": "184px"})
        self.missed = widgets.SelectMultiple(
            description="No choice was made", rows=3, layout={"width": "184px"},
            tooltip="Labels in the column of choices that mean that none was made.",
        )  # fmt: skip
        self.add = widgets.Button(description="Add", layout={"width": "96px"})
        self.problem = widgets.HTML()
        self.active = widgets.VBox()
        fields = form(self.column, self.relation, self.value, self.upper)
        inside = widgets.VBox([fields, self.add, self.problem, self.active, form(self.order, self.missed)])
        inside.add_class("spice-filters")
        super().__init__([inside], selected_index=None)
        self.titles = ("Rows and missed trials",)
        self._lines: dict[str, widgets.Box] = {}
        self._filling = False
        self.relation.observe(lambda _: self._relation_chosen(), "value")
        self.add.on_click(lambda _: self._added())
        model.observe(lambda _: self._table_changed(), "table")
        self.order.observe(lambda change: self._chosen(model.sort_by, change["new"]), "value")
        self.missed.observe(lambda change: self._chosen(model.choose_missed, change["new"]), "value")
        model.observe(lambda _: self._show(), ["filters", "checks"])
        self._relation_chosen()
        self._table_changed()

    def _relation_chosen(self) -> None:
        self.upper.layout.display = "" if self.relation.value == BETWEEN else "none"

    def _added(self) -> None:
        table = self._model.table
        self.problem.value = ""
        if table is None:
            return
        try:
            condition = condition_of(table, self.column.value, self.relation.value, self.value.value, self.upper.value)
        except SpiceError as error:
            self.problem.value = paragraph(str(error), "problem")
            return
        self._model.filter_rows((*self._model.filters, condition))

    def _chosen(self, take: Callable[[Any], None], value: Any) -> None:
        if not self._filling:
            take(value)

    def _table_changed(self) -> None:
        frame = None if self._model.table is None else self._model.table.frame
        names = [] if frame is None else [name for name in frame.columns if isinstance(name, str)]
        self._filling = True
        try:
            self.column.options = names
            self.order.options = [(NONE, ""), *((name, name) for name in names)]
        finally:
            self._filling = False
        self.layout.display = "none" if frame is None else ""
        self._show()

    def _show(self) -> None:
        self._lines = {text: self._lines.get(text) or self._line(text) for text in self._model.filters}
        self.active.children = list(self._lines.values())
        labels = dict(list(self._model.choice_labels.items())[:MOST_LABELS])
        self._filling = True
        try:
            self.order.value = self._model.sorted_by
            self.missed.value = ()
            self.missed.options = list(labels)
            self.missed.value = tuple(label for label, is_missed in labels.items() if is_missed)
        finally:
            self._filling = False

    def _line(self, condition: str) -> widgets.Box:
        remove = widgets.Button(description="Remove", layout={"width": "96px"})
        remove.on_click(lambda _: self._model.filter_rows(c for c in self._model.filters if c != condition))
        return row(widgets.HTML(paragraph(condition)), remove)
