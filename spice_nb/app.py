"""The whole way, from data to equations, in one place."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import ipywidgets as widgets

from spice.estimator import SpiceEstimator
from spice.resources.equations import SpiceEquations
from spice_nb.views.data_panel import DataPanel
from spice_nb.views.equations_panel import EquationsPanel
from spice_nb.views.model_panel import ModelPanel
from spice_nb.views.panel import Panel, paragraph
from spice_nb.views.session_panel import SessionPanel
from spice_nb.views.training_panel import TrainingPanel


class SpiceApp(Panel):
    """Data, model, fit and equations as steps; each says what it still needs."""

    title = "SPICE"

    def __init__(self) -> None:
        self.data, self.settings = DataPanel(), ModelPanel()
        self.training = TrainingPanel(self.settings.model.estimator(), self.data.dataset, self._fitted)
        self.equations, self.sessions = EquationsPanel(), SessionPanel()
        self._panels = (self.data, self.settings, self.training, self.equations, self.sessions)
        self.steps = widgets.Tab(list(self._panels))
        self.steps.titles = tuple(f"{k}  {panel.title}" for k, panel in enumerate(self._panels, 1))
        self.summary = widgets.HTML()
        # The buttons of the third step stand where they can be seen from all steps.
        self.training.buttons.layout.display = "none"
        top = widgets.Box([self.training.button, self.training.finish, self.summary])
        top.add_class("spice-row")
        super().__init__(top, self.steps)
        self.training.button.on_click(lambda _: self._show_fit())
        self.data.model.observe(lambda _: self._changed(), "dataset")
        self.settings.model.observe(lambda _: self._changed(), ["model", "values"])
        self.training.model.observe(lambda _: self._show(), ["state", "blocker", "stages"])
        self._changed()

    def _show_fit(self) -> None:
        self.steps.selected_index = self._panels.index(self.training)

    def _changed(self) -> None:
        if not self.training.model.state.is_active:
            self.training.estimator = self.settings.model.estimator()
            self.training.dataset, self._truth = self.data.dataset, self.data.model.truth
        self._show()

    def _fitted(self, estimator: SpiceEstimator) -> None:
        self.equations.equations = named(estimator, self.training.dataset.participants)
        self.sessions.show(estimator, self.training.dataset, self._truth)
        self.steps.selected_index = self._panels.index(self.equations)

    def _show(self) -> None:
        model, summary = self.training.model, self.data.model.summary
        said = model.headline if summary is None else f"{summary.sentence}. {model.headline}"
        self.summary.value = paragraph(said, "quiet")

    def record(self) -> dict[str, str]:
        """All steps, one after the other."""
        parts: list[dict[str, str]] = [p.record() for p in self._panels]
        return {kind: "\n\n".join(part[kind] for part in parts) for kind in ("text/plain", "text/html")}


def named(estimator: SpiceEstimator, labels: Sequence[Hashable] | None) -> SpiceEquations:
    """The equations with people called as in their table; an array has only numbers for them."""
    equations = estimator.equations_
    if labels is None:
        return equations
    ids = estimator.participant_ids_
    return replace(equations, labels=tuple(str(labels[ids[index]]) for index in equations.participants))
