"""Read only some of the rows: conditions that are added and removed."""

import ipywidgets as widgets

from spice.exceptions import SpiceError
from spice_nb.models.data import DataModel
from spice_nb.models.row_filters import BETWEEN, RELATIONS, condition_of
from spice_nb.views.panel import form, paragraph, row


class RowFilters(widgets.Accordion):
    """Conditions on rows, folded away.

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
        self.add = widgets.Button(description="Add", layout={"width": "96px"})
        self.problem = widgets.HTML()
        self.active = widgets.VBox()
        fields = form(self.column, self.relation, self.value, self.upper)
        inside = widgets.VBox([fields, self.add, self.problem, self.active])
        inside.add_class("spice-filters")
        super().__init__([inside], selected_index=None)
        self.titles = ("Use only some rows",)
        self._lines: dict[str, widgets.Box] = {}
        self.relation.observe(lambda _: self._relation_chosen(), "value")
        self.add.on_click(lambda _: self._added())
        model.observe(lambda _: self._table_changed(), "table")
        model.observe(lambda _: self._show(), "filters")
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

    def _table_changed(self) -> None:
        frame = None if self._model.table is None else self._model.table.frame
        self.column.options = [] if frame is None else [name for name in frame.columns if isinstance(name, str)]
        self.layout.display = "none" if frame is None else ""
        self._show()

    def _show(self) -> None:
        self._lines = {text: self._lines.get(text) or self._line(text) for text in self._model.filters}
        self.active.children = list(self._lines.values())

    def _line(self, condition: str) -> widgets.Box:
        remove = widgets.Button(description="Remove", layout={"width": "96px"})
        remove.on_click(lambda _: self._model.filter_rows(c for c in self._model.filters if c != condition))
        return row(widgets.HTML(paragraph(condition)), remove)
