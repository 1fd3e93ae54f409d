"""How panels look, and what ipywidgets leaves out for the keyboard; a hidden part of each panel."""

from pathlib import Path

import anywidget

_HERE = Path(__file__).parent


class Look(anywidget.AnyWidget):
    """Style of all panels; it has nothing to show of its own."""

    _esm = _HERE / "look.js"
    _css = _HERE / "style.css"
