"""How files are read: the sheet, the encoding and what names of files say, each shown where it is open."""

from typing import Any

import ipywidgets as widgets

from spice_nb.state.data import DataModel
from spice_nb.state.file_reading import ENCODINGS
from spice_nb.views.panel import form, paragraph


class Files(widgets.VBox):
    """What can be said about how files are read.

    Parameters
    ----------
    model : DataModel
    """

    def __init__(self, model: DataModel) -> None:
        self._model = model
        self.sheet = widgets.Dropdown(description="Sheet", layout={"width": "200px"})
        self.encoding = widgets.Dropdown(
            description="Encoding", layout={"width": "264px"}, tooltip="Try another where letters look wrong."
        )
        self.file_pattern = widgets.Text(
            description="Pattern of file names", continuous_update=False, layout={"width": "264px"},
            tooltip="Where the names of files say who, and what else: {participant}_{session}",
        )  # fmt: skip
        self.hint = widgets.HTML()
        super().__init__([form(self.sheet, self.encoding, self.file_pattern), self.hint])
        self._filling = False
        for name in ("sheet", "encoding", "file_pattern"):
            getattr(self, name).observe(lambda change, name=name: self._said(name, change["new"]), "value")
        model.observe(lambda _: self._show(), ["reading", "open_points"])
        self._show()

    def _said(self, name: str, value: Any) -> None:
        if not self._filling:
            self._model.read_as(**{name: value.strip()})

    def _show(self) -> None:
        reading, points = self._model.reading, self._model.open_points
        self._filling = True
        try:
            self.sheet.options = points.sheets
            self.sheet.value = reading.sheet if reading.sheet in points.sheets else None
            self.encoding.options = [
                (_recognised(points.encoding), ""),
                *((name, key) for key, name in ENCODINGS.items()),
            ]
            self.encoding.value = reading.encoding if reading.encoding in ENCODINGS else ""
            self.file_pattern.value = reading.file_pattern
            self.file_pattern.placeholder = "{participant}"
            self.hint.value = paragraph(_hint(points.file_name), "quiet")
        finally:
            self._filling = False
        shown = {self.sheet: points.sheets, self.encoding: points.encoding, self.file_pattern: points.file_name}
        for widget, is_open in shown.items():
            widget.layout.display = "" if is_open else "none"
        self.hint.layout.display = "" if points.file_name else "none"
        self.layout.display = "" if any(shown.values()) else "none"


def _recognised(encoding: str) -> str:
    return "Choose one …" if encoding == "?" else f"As recognised ({encoding})"


def _hint(file_name: str) -> str:
    return (
        f"The names of files, such as {file_name}, are taken for people. Where only a part of them says who, write "
        "{participant} for that part and the rest as it is, for example {participant}_task."
    )
