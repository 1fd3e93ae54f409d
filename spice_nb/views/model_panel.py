"""Choose a model or build one, and every setting of its fit; take them away as a file or as a script."""

import base64
from typing import Any

import ipywidgets as widgets

from spice.exceptions import SpiceError
from spice_nb.state.model_choice import OWN, offered_models
from spice_nb.state.outline import MechanismOutline
from spice_nb.state.parameters import ADVANCED, BASIC, OFFERED, PRESETS, explained, read_value
from spice_nb.state.settings import SettingsModel
from spice_nb.views.builder import Builder
from spice_nb.views.candidate_matrix import CandidateMatrix
from spice_nb.views.diagram import diagram
from spice_nb.views.panel import FIELD, Panel, as_record, escaped, form, paragraph, row
from spice_nb.views.script import Script

_WIDE = {"width": "320px", "max_width": "100%"}


class ModelPanel(Panel):
    """Model and settings of a fit.

    Parameters
    ----------
    model : SettingsModel, optional
    inputs : sequence of str, optional
        Additional inputs of the data, as `DatasetRNN.additional_inputs`.
    """

    title = "Model"

    def __init__(self, model: SettingsModel | None = None, inputs: tuple[str, ...] = ()) -> None:
        self.model = SettingsModel() if model is None else model
        if inputs:
            self.model.use_inputs(inputs)
        self.kind = widgets.Dropdown(options=offered_models(), description="Model", layout=_WIDE)
        self.change = widgets.Button(description="Change this model", layout={"width": "160px"})
        self.preset = widgets.Dropdown(
            options=[("Choose a preset …", ""), *((name, name) for name in PRESETS)],
            description="Preset",
            layout=_WIDE,
        )
        self.about, self.said = widgets.HTML(), widgets.HTML()
        self.builder, self.matrix = Builder(self.model), CandidateMatrix(self.model)
        self.fields = {name: self._field(name) for name in OFFERED}
        groups = {"Candidate terms": self.matrix} | {name: self._form(names) for name, names in ADVANCED.items()}
        advanced = widgets.Accordion(list(groups.values()), selected_index=None)
        advanced.titles = tuple(groups)
        self.load = widgets.FileUpload(
            accept=".json,.yaml,.yml", description="Load settings", layout={"width": "152px"}
        )
        self.files = widgets.HTML()
        self.script = Script(self.model.python)
        super().__init__(
            widgets.HTML("<h3>Model</h3>"),
            row(self.kind, self.change),
            self.about,
            self.builder,
            self.said,
            row(self.preset),
            self._form(BASIC),
            advanced,
            row(self.load, self.files),
            self.script,
        )
        self._filling = False
        self.kind.observe(lambda change: self._chosen(change["new"]), "value")
        self.change.on_click(lambda _: self.model.build())
        self.preset.observe(self._preset_chosen, "value")
        self.load.observe(self._loaded, "value")
        self.model.observe(lambda _: self._show(), ["model", "own", "candidates", "inputs", "values", "problem"])
        self._show()

    def _form(self, names: tuple[str, ...]) -> widgets.Box:
        return form(*(widgets.VBox([self.fields[name], _help(name)], layout=FIELD) for name in names))

    def _field(self, name: str) -> widgets.Widget:
        parameter = OFFERED[name]
        label = parameter.label
        if parameter.kind is bool:
            field: widgets.Widget = widgets.Checkbox(description=label, indent=False, layout=FIELD)
        elif parameter.choices:
            field = widgets.Dropdown(options=parameter.choices, description=label, layout=FIELD)
        else:
            field = widgets.Text(description=label, continuous_update=False, placeholder="none", layout=FIELD)
        field.add_class("spice-field")
        field.observe(lambda change: self._typed(name, change["new"]), "value")
        return field

    def _chosen(self, name: str) -> None:
        if not self._filling:
            self.model.choose(name)

    def _typed(self, name: str, value: Any) -> None:
        if self._filling:
            return
        try:
            is_typed = isinstance(self.fields[name], widgets.Text)
            self.model.set(name, read_value(OFFERED[name], value) if is_typed else value)
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
            self.kind.options = offered_models() + ([("A model of your own", OWN)] if model.own is not None else [])
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
        self.change.layout.display = "none" if model.model == OWN else ""
        mechanisms = model.mechanisms()
        self.about.value = paragraph(model.sentence()) + (
            diagram(mechanisms) + _mechanisms(mechanisms) if mechanisms else ""
        )
        self.said.value = paragraph(model.problem or model.blocker, "problem")
        settings = base64.b64encode(model.to_json().encode()).decode()
        self.files.value = (
            f"<a download='spice-settings.json' href='data:application/json;base64,{settings}'>Save settings</a>"
        )
        self.script.update()
        self.update_record()

    def record(self) -> dict[str, str]:
        """The settings, as text and as HTML.

        Returns
        -------
        dict of MIME type to str
        """
        text = self.model.python()
        return as_record(text, f"<pre>{escaped(text)}</pre>")


def _help(name: str) -> widgets.HTML:
    return widgets.HTML(f"<div class='spice-quiet spice-explained'>{escaped(explained(OFFERED[name]))}</div>")


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
