"""Python that does what a panel does, folded away, with a button to copy it."""

from collections.abc import Callable

import ipywidgets as widgets

from spice_nb.views.copy_button import CopyButton
from spice_nb.views.panel import escaped


class Script(widgets.Accordion):
    """Lines of Python; it stays open while they change.

    Parameters
    ----------
    python : callable
        Gives them.
    """

    def __init__(self, python: Callable[[], str]) -> None:
        self._python = python
        self.text = widgets.HTML()
        super().__init__([widgets.VBox([self.text, CopyButton("Copy", python, "Script")])], selected_index=None)
        self.titles = ("As Python",)
        self.update()

    def update(self) -> None:
        """Bring the lines up to date."""
        self.text.value = f"<div class='spice-scroll' tabindex='0'><pre>{escaped(self._python())}</pre></div>"
