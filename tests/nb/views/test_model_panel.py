"""The model panel without a browser: building, ticking terms, explaining parameters."""

from collections.abc import Iterator

import ipywidgets as widgets

from spice_nb.views.model_panel import ModelPanel


def test_every_parameter_shows_its_help_and_bounds() -> None:
    panel = ModelPanel()
    shown = " ".join(part.value for part in _parts(panel) if isinstance(part, widgets.HTML))
    assert shown.count("Default: ") == len(panel.fields)
    assert "A whole number from 1 to 5. Default: 1." in shown


def _parts(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _parts(child)


def test_settings_follow_fields_and_fields_follow_settings() -> None:
    panel = ModelPanel()
    panel.fields["epochs"].value = "12"
    assert panel.model.values == {"epochs": 12}
    panel.fields["epochs"].value = "-2"
    assert "epochs" in panel.said.value
    assert panel.model.values == {"epochs": 12}
    panel.fields["epochs"].value = "many"
    assert "a number" in panel.said.value
    panel.preset.value = "Quick look"
    assert panel.fields["epochs"].value == "32"
    assert panel.said.value == ""
    assert "epochs=32" in panel.script.text.value
