"""Build a model of one's own: a state and a mechanism at a time."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import ipywidgets as widgets

from spice_nb.state.builder import LEARNED, OTHERS, STARTS_AGAIN, TEMPERATURES, BuilderModel, Kind
from spice_nb.state.settings import SettingsModel
from spice_nb.views.panel import FIELD, form, row


class Builder(widgets.VBox):
    """Form for the model of one's own; hidden while another is chosen.

    Parameters
    ----------
    settings : SettingsModel
    """

    def __init__(self, settings: SettingsModel) -> None:
        self.model = BuilderModel(settings)
        self.name = _text("Name of the model")
        self.per_person = _check("Own equations for each person")
        self.state = widgets.Dropdown(description="State to change", layout=FIELD)
        self.states = {
            "name": _text("Name of the state"),
            "initial": widgets.Text(description="Starts at", continuous_update=False, layout=FIELD),
            "learned": _choice("Its start is", LEARNED),
            "inverse_temperature": _choice("Its inverse temperature is", TEMPERATURES),
            "resets": _choice("Starts again", STARTS_AGAIN),
            "readout": _check("Counts in choices"),
        }
        self.mechanism = widgets.Dropdown(description="Mechanism to change", layout=FIELD)
        self.mechanisms = {
            "name": _text("Name of the mechanism"),
            "state": widgets.Dropdown(description="Changes", layout=FIELD),
            "applies_to": widgets.Dropdown(description="Applies to", layout=FIELD),
            "others": _choice("Options it does not apply to", OTHERS),
            "kind": widgets.Dropdown(
                options=[(kind.value, kind) for kind in Kind], description="Its equation is", layout=FIELD
            ),
            "equation": _text("Equation, next value ="),
            "inputs": widgets.SelectMultiple(description="Reads, beside that value", rows=5, layout=FIELD),
        }
        self.add_state, self.remove_state = _button("Add a state"), _button("Remove this state")
        self.add_mechanism, self.remove_mechanism = _button("Add a mechanism"), _button("Remove this mechanism")
        self.earlier, self.later = _button("Run it earlier"), _button("Run it later")
        super().__init__([
            form(self.name, self.per_person),
            widgets.HTML("<h4>States</h4>"),
            form(self.state, *self.states.values()),
            row(self.add_state, self.remove_state),
            widgets.HTML("<h4>Mechanisms</h4>"),
            form(self.mechanism, *self.mechanisms.values()),
            row(self.add_mechanism, self.remove_mechanism, self.earlier, self.later),
        ])  # fmt: skip
        self.add_class("spice-part")
        self._filling = False
        self._link()
        self._show()

    def _link(self) -> None:
        model = self.model
        self._on(self.name, partial(model.set_model, "name"))
        self._on(self.per_person, partial(model.set_model, "per_person"))
        self._on(self.state, partial(setattr, model, "state"))
        self._on(self.mechanism, partial(setattr, model, "mechanism"))
        for name, field in self.states.items():
            self._on(field, partial(model.set_state, name))
        for name, field in self.mechanisms.items():
            self._on(field, partial(model.set_mechanism, name))
        for button, action in (
            (self.add_state, model.add_state),
            (self.remove_state, model.remove_state),
            (self.add_mechanism, model.add_mechanism),
            (self.remove_mechanism, model.remove_mechanism),
            (self.earlier, lambda: model.move(-1)),
            (self.later, lambda: model.move(1)),
        ):
            button.on_click(lambda _, action=action: action())
        model.settings.observe(lambda _: self._show(), ["model", "own", "inputs", "problem"])
        model.observe(lambda _: self._show(), ["state", "mechanism"])

    def _on(self, field: widgets.Widget, typed: Callable[[Any], None]) -> None:
        field.observe(lambda change: None if self._filling else typed(change["new"]), "value")

    def _show(self) -> None:
        model = self.model
        if not model.is_active:
            self.layout.display = "none"
        if not model.is_active or self._filling:
            return
        self._filling = True
        try:
            own = model.own
            _offer(self.state, [(name, name) for name in own.states], model.state)
            _offer(self.mechanism, [(m.name, k) for k, m in enumerate(own.mechanisms)], model.mechanism)
            self.mechanisms["state"].options = list(own.states)
            self.mechanisms["applies_to"].options = [(words, name) for name, words in model.options().items()]
            self.mechanisms["inputs"].options = model.inputs()
            self.per_person.value = own.per_person
            # What was typed and cannot be stays to be mended; the problem says why.
            if not model.settings.problem:
                self.name.value = own.name
                _fill(self.states, model.state_fields())
                _fill(self.mechanisms, model.mechanism_fields())
            mechanism = own.mechanisms[model.mechanism]
            self.mechanisms["equation"].layout.display = "none" if mechanism.is_learned else ""
            self.earlier.disabled, self.later.disabled = model.mechanism == 0, own.mechanisms[-1] is mechanism
        finally:
            self._filling = False
        # Only now: what is typed before the fields are filled would be lost.
        self.layout.display = ""


def _offer(chooser: widgets.Dropdown, options: Sequence[tuple[str, Any]], value: Any) -> None:
    if list(chooser.options) != list(options):
        chooser.options = options
    chooser.value = value


def _fill(fields: Mapping[str, widgets.Widget], values: Mapping[str, Any]) -> None:
    for name, field in fields.items():
        field.value = values[name]


def _text(label: str) -> widgets.Text:
    return widgets.Text(description=label, layout=FIELD)


def _check(label: str) -> widgets.Checkbox:
    return widgets.Checkbox(description=label, indent=False, layout=FIELD)


def _choice(label: str, words: Mapping[str, str]) -> widgets.Dropdown:
    return widgets.Dropdown(options=[(text, name) for name, text in words.items()], description=label, layout=FIELD)


def _button(label: str) -> widgets.Button:
    return widgets.Button(description=label, layout={"width": "auto"})
