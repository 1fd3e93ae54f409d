"""The whole way, from data to equations, in one place."""

import os
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from urllib.parse import parse_qs

import ipywidgets as widgets
import pandas as pd

from spice.equations.equations import SpiceEquations
from spice.estimator import SpiceEstimator
from spice.exceptions import SpiceError
from spice.figures.estimator import plain_settings
from spice.mechanism_search import Candidate
from spice.model.with_inputs import input_names
from spice.resources.rnn_utils import DatasetRNN
from spice_nb.run_store import RunStore, SavedRun
from spice_nb.state.training import RunState
from spice_nb.views.copy_button import CopyButton
from spice_nb.views.data_panel import DataPanel
from spice_nb.views.discover_panel import DiscoverPanel
from spice_nb.views.equations_panel import EquationsPanel
from spice_nb.views.model_panel import ModelPanel
from spice_nb.views.panel import Panel, escaped, paragraph, row
from spice_nb.views.session_panel import SessionPanel
from spice_nb.views.training_panel import TrainingPanel


@dataclass(frozen=True)
class _Fit:
    """A fit, and what it is of: settings, data, their name, true parameters."""

    estimator: SpiceEstimator
    of: tuple[str, DatasetRNN, str, pd.DataFrame | None]


class SpiceApp(Panel):
    """Data, model, fit, equations and sessions as steps; each says what it still needs.

    Every run is kept on disk and can be gone back to, also after the kernel has ended: by the list of earlier runs, by
    `resume`, or in the address of an app that is served, as `?run=ID`. Where others use the app too (`Hosting`), nobody
    sees the runs of others, and runs are kept for who asks for it.

    Parameters
    ----------
    store : RunStore, optional
        Where runs are kept.
    """

    title = "SPICE"
    latest: ClassVar["SpiceApp | None"] = None
    """The one that was opened last."""

    def __init__(self, store: RunStore | None = None) -> None:
        self.store = RunStore() if store is None else store
        self.run: SavedRun | None = None
        self._fit: _Fit | None = None
        self._found: _Fit | None = None
        self._kept: list[SavedRun] = []
        self._goes_on = self._is_stale = False
        self.data, self.settings = DataPanel(), ModelPanel()
        self.discover = DiscoverPanel(self.data.dataset, self._use_found)
        # The same data and settings give the same numbers, here and in the script.
        self.settings.model.set("random_state", 0)
        self.training = TrainingPanel(self.settings.model.estimator(), self.data.dataset, self._done, self._begins)
        self.equations, self.sessions = EquationsPanel(), SessionPanel()
        self._panels = (self.data, self.settings, self.training, self.equations, self.sessions)
        search = widgets.Accordion([self.discover], selected_index=None, titles=("Find the model in the data",))
        steps = {panel: panel for panel in self._panels} | {self.settings: widgets.VBox([search, self.settings])}
        self.steps = widgets.Tab(list(steps.values()))
        self.steps.titles = tuple(f"{k}  {panel.title}" for k, panel in enumerate(self._panels, 1))
        self.summary = widgets.HTML()
        # The buttons of the third step stand where they can be seen from all steps.
        self.training.buttons.layout.display = "none"
        top = row(self.training.button, self.training.finish, self.summary)
        self.earlier = widgets.Dropdown(description="Earlier runs", layout={"width": "400px", "max_width": "100%"})
        self.keep = widgets.Checkbox(
            description="Keep my data and runs on this server", indent=False, value=not self._is_hosted,
            layout={"width": "auto"},
        )  # fmt: skip
        self.kept = widgets.HTML()
        self.copy = CopyButton("Copy as Python", self.python, "Script")
        runs = row(self.keep if self._is_hosted else self.earlier, self.kept)
        super().__init__(top, self.steps, runs, self.copy)
        self.training.button.on_click(lambda _: self._show_fit())
        self.data.model.observe(lambda _: self._changed(), ["dataset", "checks"])
        self.settings.model.observe(lambda _: self._changed(), ["model", "own", "candidates", "inputs", "values"])
        self.training.model.observe(lambda _: self._show(), ["state", "blocker", "reminder", "stages"])
        self.training.model.observe(self._ended, "state")
        self.earlier.observe(lambda change: self.resume(change["new"]) if change["new"] else None, "value")
        self.keep.observe(lambda change: self._keep_all() if change["new"] else self._delete_all(), "value")
        self._changed()
        self._list_runs()
        if self._is_hosted:
            self._show_kept()
        SpiceApp.latest = self
        asked_for = parse_qs(os.environ.get("QUERY_STRING", "")).get("run")
        if asked_for:
            self.resume(asked_for[0])

    @property
    def _is_hosted(self) -> bool:
        return self.store.hosting.is_hosted

    def _show_fit(self) -> None:
        self.steps.selected_index = self._panels.index(self.training)

    def _changed(self) -> None:
        # What is changed while a fit runs counts once it has ended.
        self._is_stale = self.training.model.state.is_active
        dataset, settings = self.data.dataset, self.settings.model
        if self.discover.dataset is not dataset:
            self.discover.dataset = dataset
        if dataset is not None and settings.inputs != input_names(dataset.additional_inputs):
            # Comes back here with the inputs of the data.
            settings.use_inputs(dataset.additional_inputs)
        elif not self._is_stale:
            self.training.dataset, self._truth = dataset, self.data.model.truth
            self.training.model.blocker = self.data.model.blocker or settings.blocker
            self.training.model.reminder = self.data.model.reminder
            if not settings.blocker:
                self.training.estimator = settings.estimator()
        self._show()

    def _use_found(self, found: Candidate) -> None:
        """Fit the model that a search found."""
        self.settings.model.use_found(found.rnn_class)
        self.settings.model.set("spice_library_polynomial_degree", found.degree)

    # Runs ------------------------------------------------------------------------------------------------------

    def resume(self, run_id: str) -> None:
        """Go back to a run: show what it found, or go on with it where it was interrupted.

        Parameters
        ----------
        run_id : str
            As the page and `%spice_runs` show it. Where there is no such run, the page says so.
        """
        if self.training.model.state.is_active:
            self.kept.value = paragraph("Cancel the fit that is running first.", "problem")
            return
        try:
            run = self.store.open(run_id)
            dataset, truth = run.data()
            # The data first: settings follow the additional inputs of the data that are there.
            self.data.model.use_dataset(dataset, truth, run.facts.name, run)
            self.settings.model.from_json(run.settings)
            if run.is_done:
                self._show_fit()
                self._fill(run.load(self.training.estimator))
                self._found = _Fit(self.training.estimator, (run.settings, dataset, run.facts.name, truth))
        except SpiceError as error:
            self.kept.value = paragraph(str(error), "problem")
            return
        self.run = run
        self._kept.append(run)
        self.keep.value = True
        self.kept.value = paragraph(f"This is run {run.id}.", "quiet")
        if run.is_done:
            self.training.model.has_result = True
        else:
            self._goes_on = True
            self._show_fit()
            self.training.fit()

    def _begins(self, estimator: SpiceEstimator) -> None:
        """Keep a run that is about to start; where that cannot or shall not be, it starts all the same."""
        data = self.data.model
        assert data.dataset is not None
        self._fit = _Fit(estimator, (self.settings.model.to_json(), data.dataset, data.name, data.truth))
        if not self._goes_on:
            self.run = None
        # What is kept while a fit runs, or is not, was said before.
        self.keep.disabled, self._goes_on = True, False
        estimator.set_checkpoints(None)
        try:
            if self.keep.value:
                self.run = self.run or self._new_run(self._fit)
                self.run.keep_training(estimator)
            self._show_kept()
        except SpiceError as error:
            self.run = None
            self.kept.value = paragraph(f"This run is not kept: {error}", "problem")

    def _new_run(self, fit: "_Fit") -> SavedRun:
        run = self.store.begin(*fit.of)
        self._kept.append(run)
        return run

    def _show_kept(self) -> None:
        if self.run is None:
            said = "kept from the next fit on" if self.keep.value else "deleted when you leave this page"
            self.kept.value = paragraph(f"They are {said}.", "quiet")
        elif self._is_hosted:
            link = f"<a href='?run={escaped(self.run.id)}'>{escaped(self.run.id)}</a>"
            said = f"Kept as run {link}. Save this link: whoever has it can open and delete the run, and nobody else."
            self.kept.value = f"<p class='spice-quiet'>{said}</p>"
        else:
            self.kept.value = paragraph(f"Kept as run {self.run.id}.", "quiet")

    def _keep_all(self) -> None:
        """Keep what was found on this page, and what will be."""
        try:
            if self._found is None or self.run is not None:
                self._show_kept()
                return
            self.run = self._new_run(self._found)
            self.run = self.run.end(RunState.DONE, self._found.estimator)
            self._show_kept()
        except SpiceError as error:
            self.kept.value = paragraph(f"This run is not kept: {error}", "problem")

    def _delete_all(self) -> None:
        """Delete what was kept on this page, or opened by its id."""
        if not self._kept:
            self._show_kept()
            return
        try:
            for run in tuple(self._kept):
                run.delete()
                self._kept.remove(run)
        except SpiceError as error:
            self.kept.value = paragraph(str(error), "problem")
            return
        self.run = None
        self.kept.value = paragraph(
            "Deleted from this server. What you see here goes when you leave this page.", "quiet"
        )

    def _done(self, estimator: SpiceEstimator) -> None:
        """Keep what was found, then show it: who sees it may load the page again."""
        self._found = self._fit
        self._write_end(RunState.DONE)
        self._fill(estimator)

    def _ended(self, change: dict[str, Any]) -> None:
        """Write how a run ended where nothing was found, and take up what was changed meanwhile."""
        if not change["old"].is_active or change["new"].is_active:
            return
        self.keep.disabled = False
        if change["new"] is not RunState.DONE:
            self._write_end(change["new"])
        if self._is_stale:
            self._changed()

    def _write_end(self, state: RunState) -> None:
        if self.run is not None:
            try:
                self.run = self.run.end(state, self.training.estimator)
            except SpiceError as error:
                self.kept.value = paragraph(f"The results are not kept: {error}", "problem")
            self._list_runs()

    def _list_runs(self) -> None:
        if self._is_hosted:
            return
        self.earlier.options = [("Choose a run …", ""), *((run.title, run.id) for run in self.store.runs()[:50])]
        self.earlier.value = ""

    def _fill(self, estimator: SpiceEstimator) -> None:
        self.equations.model.config = plain_settings(estimator)
        self.equations.model.tell(estimator.diagnostics_)
        self.equations.equations = named(estimator, self.training.dataset.participants)
        self.sessions.show(estimator, self.training.dataset, self._truth)
        # Who has gone elsewhere meanwhile stays there.
        if self.steps.selected_index == self._panels.index(self.training):
            self.steps.selected_index = self._panels.index(self.equations)

    def _show(self) -> None:
        model, summary = self.training.model, self.data.model.summary
        said = model.headline if summary is None else f"{summary.sentence}. {model.headline}"
        self.summary.value = paragraph(said, "quiet")

    def python(self) -> str:
        """A script that does the same, from the data to the equations.

        Returns
        -------
        str
        """
        return f"{self.data.model.python()}\n{self.settings.model.python()}"

    def record(self) -> dict[str, str]:
        """All steps, one after the other, as text and as HTML.

        Returns
        -------
        dict of MIME type to str
        """
        parts: list[dict[str, str]] = [p.record() for p in self._panels]
        return {kind: "\n\n".join(part[kind] for part in parts) for kind in ("text/plain", "text/html")}


def named(estimator: SpiceEstimator, labels: Sequence[Hashable] | None) -> SpiceEquations:
    """The equations with people called as in their table; an array has only numbers for them.

    Parameters
    ----------
    estimator : SpiceEstimator
        Fitted.
    labels : sequence, optional
        What each id, from 0, is called.

    Returns
    -------
    SpiceEquations
    """
    equations = estimator.equations_
    if labels is None:
        return equations
    return replace(equations, labels=tuple(str(labels[person]) for person in equations.participants))


def resume(run_id: str) -> SpiceApp:
    """Open the app at a run of before.

    Parameters
    ----------
    run_id : str

    Returns
    -------
    SpiceApp
    """
    app = SpiceApp()
    app.resume(run_id)
    return app
