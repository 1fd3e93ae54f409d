"""The structures of people's equations, each with a button that shows only those who have it."""

from typing import Any

import ipywidgets as widgets

from spice_nb.state.equations import EquationsModel
from spice_nb.state.structures import Structure
from spice_nb.views.panel import paragraph

MOST = 8
"""Structures shown; where people are few and terms many, nearly everybody has one of their own."""


class StructureTable(widgets.VBox):
    """A row a structure: letter, people, typeset equations.

    Parameters
    ----------
    model : EquationsModel
    """

    def __init__(self, model: EquationsModel) -> None:
        self.model = model
        self.said = widgets.HTML()
        self.buttons: dict[str, widgets.ToggleButton] = {}
        super().__init__([self.said])
        self._filling = False
        model.observe(lambda _: self._press(), "group")

    def fill(self) -> None:
        """Show the structures of the equations that the model has now."""
        shown = self.model.structures[:MOST]
        self.said.value = paragraph(self.model.of_structures(MOST), "quiet")
        self.buttons = {}
        self.children = (self.said, *map(self._row, shown))
        self._press()

    def _row(self, structure: Structure) -> widgets.Box:
        people = f"{structure.people:,} {'person' if structure.people == 1 else 'people'}"
        button = widgets.ToggleButton(
            description=f"{structure.name}: {people}", tooltip="Show only these people", layout={"width": "144px"}
        )
        button.observe(lambda change: self._chosen(structure.name, change["new"]), "value")
        self.buttons[structure.name] = button
        equations = self.model.typeset(structure).replace("\n", " &emsp; ")
        row = widgets.Box([button, widgets.HTML(f"<div class='spice-scroll' tabindex='0'>{equations}</div>")])
        row.add_class("spice-row")
        return row

    def _chosen(self, name: str, pressed: Any) -> None:
        if not self._filling:
            self.model.group = name if pressed else ""

    def _press(self) -> None:
        self._filling = True
        try:
            for name, button in self.buttons.items():
                button.value = name == self.model.group
        finally:
            self._filling = False
