"""Boxes whose content is drawn once they are seen."""

from collections.abc import Sequence
from pathlib import Path

import anywidget
import ipywidgets as widgets
from traitlets import Bool


class _Sight(anywidget.AnyWidget):
    """Nothing to look at, but knows when it has come into view."""

    _esm = Path(__file__).with_name("when_shown.js")
    seen = Bool(False).tag(sync=True)


class WhenShown(widgets.VBox):
    """A box that is empty until it has a size.

    A bqplot figure that is first drawn where it has none, as in a tab that is not open, logs errors and may come out
    squashed.

    Parameters
    ----------
    content : sequence of Widget
    """

    def __init__(self, content: Sequence[widgets.Widget] = ()) -> None:
        self.sight = _Sight()
        self._content = tuple(content)
        super().__init__([self.sight])
        self.sight.observe(lambda _: self._fill(), "seen")

    @property
    def content(self) -> tuple[widgets.Widget, ...]:
        """What is shown, or will be."""
        return self._content

    @content.setter
    def content(self, content: Sequence[widgets.Widget]) -> None:
        self._content = tuple(content)
        self._fill()

    def _fill(self) -> None:
        if self.sight.seen:
            self.children = (self.sight, *self._content)
