"""Choose a model and every setting of its fit; take them away as a file or as a script."""

import base64
from typing import Any

import ipywidgets as widgets

from spice.exceptions import SpiceError
from spice.precoded import MODELS
from spice_nb.models.outline import MechanismOutline
from spice_nb.models.settings import ADVANCED, BASIC, CHOICES, PRESETS, SettingsModel, parameters
from spice_nb.views.panel import Panel, as_record, escaped, paragraph, script

_FIELD = {"width": "232px", "max_width": "100%"}
_WIDE = {"width": "320px", "max_width": "100%"}


class ModelPanel(Panel):
    """Model and settings of a fit.

    Parameters
    ----------
    model : SettingsModel, optional
    """

    title = "Model"

    def __init__(self, model: SettingsModel | None = None) -> None:
        self.model = SettingsModel() if model is None else model
        self.kind = widgets.Dropdown(
            options=[(name.replace("-", " ").capitalize(), name) for name in MODELS], description="Model", layout=_WIDE
        )
        self.preset = widgets.Dropdown(
            options=[("Choose a preset …", ""), *((name, name) for name in PRESETS)],
            description="Preset",
            layout=_WIDE,
        )
        self.sentence = widgets.HTML()
        self.fields = {name: self._field(name) for name in parameters()}
        basic = self._form(BASIC)
        advanced = widgets.Accordion([self._form(names) for names in ADVANCED.values()], selected_index=None)
        advanced.titles = tuple(ADVANCED)
        self.said = widgets.HTML()
        self.load = widgets.FileUpload(accept=".json", description="Load settings", layout={"width": "152px"})
        self.files = widgets.HTML()
        self.script = widgets.HTML()
        top, bottom = widgets.Box([self.kind, self.preset]), widgets.Box([self.load, self.files])
        for row in (top, bottom):
            row.add_class("spice-row")
        super().__init__(
            widgets.HTML("<h3>Model</h3>"), top, self.sentence, basic, self.said, advanced, bottom, self.script
        )
        self._filling = False
        self.kind.observe(lambda change: self._chosen("model", change["new"]), "value")
        self.preset.observe(self._preset_chosen, "value")
        self.load.observe(self._loaded, "value")
        self.model.observe(lambda _: self._show(), ["model", "values", "problem"])
        self._show()

    def _form(self, names: tuple[str, ...]) -> widgets.Box:
        form = widgets.Box([self.fields[name] for name in names])
        form.add_class("spice-form")
        return form

    def _field(self, name: str) -> widgets.Widget:
        parameter = parameters()[name]
        if isinstance(parameter.default, bool):
            field: widgets.Widget = widgets.Checkbox(
                value=parameter.default,
                description=parameter.label,
                tooltip=parameter.help,
                indent=False,
                layout=_FIELD,
            )
        elif name in CHOICES:
            field = widgets.Dropdown(
                options=CHOICES[name], description=parameter.label, tooltip=parameter.help, layout=_FIELD
            )
        else:
            field = widgets.Text(
                description=parameter.label, tooltip=parameter.help, continuous_update=False, placeholder="none",
                layout=_FIELD,
            )  # fmt: skip
        field.add_class("spice-field")
        field.observe(lambda change: self._typed(name, change["new"]), "value")
        return field

    def _chosen(self, name: str, value: Any) -> None:
        if not self._filling:
            setattr(self.model, name, value)

    def _typed(self, name: str, value: Any) -> None:
        if self._filling:
            return
        try:
            self.model.set(
                name, parameters()[name].read(value) if isinstance(value, str) and name not in CHOICES else value
            )
        except SpiceError as error:
            self.model.problem = str(error)

    def _preset_chosen(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.model.use_preset(change["new"])

    def _loaded(self, change: dict[str, Any]) -> None:
        for file in change["new"]:
            self.model.from_json(bytes(file["content"]).decode(errors="replace"))

    def _show(self) -> None:
        model = self.model
        self._filling = True
        try:
            self.kind.value = model.model
            for name, field in self.fields.items():
                value = model.value(name)
                # What was typed and cannot be stays to be mended; the problem below says why.
                if isinstance(field, widgets.Text):
                    if not model.problem:
                        field.value = "" if value is None else str(value)
                else:
                    field.value = value
        finally:
            self._filling = False
        self.sentence.value = paragraph(model.sentence()) + _mechanisms(model.mechanisms())
        self.said.value = paragraph(model.problem, "problem")
        settings = base64.b64encode(model.to_json().encode()).decode()
        self.files.value = (
            f"<a download='spice-settings.json' href='data:application/json;base64,{settings}'>Save settings</a>"
        )
        self.script.value = script(model.python())
        self.update_record()

    def record(self) -> dict[str, str]:
        """The settings, as text and as HTML."""
        text = self.model.python()
        return as_record(text, f"<pre>{escaped(text)}</pre>")


def _mechanisms(mechanisms: list[MechanismOutline]) -> str:
    """A row for each mechanism, from what it reads to the equation it could become."""
    rows = "".join(
        f"<tr><td>{escaped(m.applies_to)}</td><td>{escaped(', '.join((m.changes, *m.reads)))}</td>"
        f"<td>{escaped(m.changes)}</td><td>{m.mathml}</td></tr>"
        for m in mechanisms
    )
    head = "".join(f"<th scope='col'>{name}</th>" for name in ("Options", "Reads", "Changes", "General equation"))
    return (
        "<div class='spice-scroll' tabindex='0' role='region' aria-label='Mechanisms of the model'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
