import ipywidgets as widgets

from spice_nb.views.look import Look
from spice_nb.views.panel import Panel


def test_each_panel_brings_the_look_hidden() -> None:
    panel = Panel(widgets.HTML("inside"))
    look, inside = panel.children
    assert isinstance(look, Look)
    assert look.layout.display == "none"
    assert inside.value == "inside"
    assert "spice-panel" in panel._dom_classes


def test_style_and_script_are_those_of_the_files() -> None:
    look = Look()
    assert ".spice-panel" in look._css
    assert "render" in look._esm
