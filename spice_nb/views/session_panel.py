"""A session alive: what network and equations held before each trial, and what if an equation were another."""

import base64
import io
from typing import Any

import ipywidgets as widgets

from spice.estimator import SpiceEstimator
from spice.resources.bandits import Agent
from spice_nb.state.session import BENCHMARK, EQUATIONS, NETWORK, STEP, TRUTH, SessionModel
from spice_nb.state.session_curves import Session
from spice_nb.views.panel import Panel, as_record, paragraph, table
from spice_nb.views.session_charts import SessionCharts
from spice_nb.views.session_reading import reading
from spice_nb.views.slider import Slider

ROWS = 200
"""Trials in the table behind the charts."""


class SessionPanel(Panel):
    """Sessions of a fitted estimator's data.

    Parameters
    ----------
    estimator : SpiceEstimator, optional
    dataset : DatasetRNN, optional
        Both may come later, by `show`.
    benchmark : Agent, optional
        Whose curves are compared with, as by `plot_session`; without one the model of Rescorla and Wagner can be shown,
        fitted to each person.
    """

    title = "Sessions"

    def __init__(
        self, estimator: SpiceEstimator | None = None, dataset: Any = None, benchmark: Agent | None = None
    ) -> None:
        self.model = SessionModel(benchmark=benchmark)
        self.shown: Session | None = None
        wide = {"width": "240px", "max_width": "100%"}
        self.session = widgets.Dropdown(description="Session", layout=wide)
        self.arm = widgets.Dropdown(description="Option", layout=wide)
        self.agents = {
            name: widgets.Checkbox(indent=False, layout={"width": "auto"})
            for name in (TRUTH, NETWORK, EQUATIONS, BENCHMARK)
        }
        self.said, self.empty = widgets.HTML(), widgets.HTML()
        self.reading = widgets.HTML()
        self.charts = SessionCharts()
        self.trial = Slider("Trial", 1, 1, 1, layout={"width": "320px", "max_width": "100%", "margin": "0 16px 0 0"})
        self.first, self.last = (
            widgets.BoundedIntText(value=1, min=1, max=1, description=text, layout={"width": "auto"})
            for text in ("Show trials", "to")
        )
        self.whole = widgets.Button(description="All trials", tooltip="Zoom out again", layout={"width": "112px"})
        self.sliders = widgets.VBox([])
        self.sliders.add_class("spice-coefficients")
        self.reset = widgets.Button(description="As found", layout={"width": "112px"})
        what_if = widgets.Accordion([widgets.VBox([self.sliders, self.reset])], selected_index=None)
        what_if.titles = ("What if a coefficient were different?",)
        self.behind = widgets.HTML()
        self.picture = widgets.Button(
            description="Make a figure", tooltip="PNG and SVG to download", layout={"width": "136px"}
        )
        self.pictures = widgets.HTML()
        rows = [
            widgets.Box([self.session, self.arm]),
            widgets.Box(list(self.agents.values())),
            widgets.Box([self.trial, self.first, self.last, self.whole]),
            widgets.Box([self.picture, self.pictures]),
        ]
        for row in rows:
            row.add_class("spice-row")
        self.body = widgets.VBox(
            [rows[0], rows[1], self.reading, self.charts, rows[2], self.said, what_if, self.behind, rows[3]],
            layout={"overflow": "visible"},
        )
        super().__init__(widgets.HTML("<h3>Sessions</h3>"), self.empty, self.body)
        self._filling = False
        self._link()
        self._new()
        if estimator is not None:
            self.show(estimator, dataset)

    def _link(self) -> None:
        for widget, name in ((self.session, "sequence"), (self.arm, "arm")):
            widget.observe(lambda change, name=name: self._chosen(name, change["new"]), "value")
        self.trial.observe(lambda change: self._chosen("trial", round(change["new"])), "value")
        for field in (self.first, self.last):
            field.observe(lambda _: self._typed(), "value")
            field.add_class("spice-field")
        for name, box in self.agents.items():
            box.observe(lambda change, name=name: self._picked(name, change["new"]), "value")
        self.charts.pointer.observe(lambda change: self._chosen("trial", change["new"]), "trial")
        self.charts.pointer.observe(lambda change: self.model.zoom_to(change["new"]), "dragged")
        self.whole.on_click(lambda _: self._chosen("zoom", ()))
        self.reset.on_click(lambda _: self._as_found())
        self.picture.on_click(lambda _: self._make_pictures())
        self.model.observe(lambda _: self._new(), ["estimator", "dataset"])
        self.model.observe(lambda _: self._other_session(), ["sequence"])
        self.model.observe(lambda _: self._draw(), ["arm", "changes", "hidden"])
        self.model.observe(lambda _: self._read(), "trial")
        self.model.observe(lambda _: self._zoom(), "zoom")

    def show(
        self, estimator: SpiceEstimator | None, dataset: Any, truth: Any = None, benchmark: Agent | None = None
    ) -> None:
        """Show another estimator's sessions.

        Parameters
        ----------
        estimator : SpiceEstimator or None
            Fitted; None shows nothing.
        dataset : DatasetRNN
            That it was fitted to.
        truth : DataFrame, optional
            Parameters of simulated people, a row each.
        benchmark : Agent, optional
            By default that of before.
        """
        with self.model.hold_trait_notifications():
            self.model.estimator, self.model.dataset, self.model.truth = estimator, dataset, truth
            self.model.benchmark = self.model.benchmark if benchmark is None else benchmark
        self._new()

    def _chosen(self, name: str, value: Any) -> None:
        if not self._filling and value is not None:
            setattr(self.model, name, value)

    def _picked(self, name: str, shown: bool) -> None:
        if not self._filling:
            self.model.show_agent(name, shown)

    def _typed(self) -> None:
        if not self._filling:
            self.model.zoom_to((self.first.value, self.last.value))
            # What cannot be zoomed to is put back.
            self._zoom()

    def _as_found(self) -> None:
        self.model.changes = {}
        self._fill_sliders()

    def _new(self) -> None:
        model = self.model
        self.empty.value = paragraph(model.blocker, "quiet")
        self.empty.layout.display = "" if model.blocker else "none"
        self.body.layout.display = "none" if model.blocker else ""
        if model.blocker:
            self.shown = None
            return
        self._filling = True
        try:
            self.session.options, self.session.value = model.sequences, model.sequence
            self.arm.options, self.arm.value = model.arms, model.arm
            labels = dict(model.agents)
            for name, box in self.agents.items():
                box.layout.display = "" if name in labels else "none"
                box.description, box.value = labels.get(name, name), name not in model.hidden
        finally:
            self._filling = False
        self._other_session()

    def _other_session(self) -> None:
        if not self.model.blocker:
            self._fill_sliders()
            self._draw()
            self._fit_to_trials()

    def _fit_to_trials(self) -> None:
        """Sliders of trials end where the session does."""
        n = self.model.n_trials
        self._filling = True
        try:
            self.trial.high = self.first.max = self.last.max = n
        finally:
            self._filling = False
        self._zoom()
        self._read()

    def _fill_sliders(self) -> None:
        sliders = []
        for mechanism, term, value in self.model.coefficients:
            reach = max(1.0, 2 * abs(value))
            slider = Slider(
                self.model.words(mechanism, term), value, -reach, reach, STEP, layout={"max_width": "640px"}
            )
            slider.observe(lambda change, m=mechanism, t=term: self.model.change(m, t, float(change["new"])), "value")
            sliders.append(slider)
        self.sliders.children = tuple(sliders)

    def _draw(self) -> None:
        if self.model.blocker:
            return
        session = self.shown = self.model.session()
        self.charts.show(session)
        marks = (
            "Marks above: this option was chosen; below: another; darker: more reward. Values count relative to the "
            "mean of all options, times their inverse temperature: what is added to all alike changes no choice. "
            "Drag in a chart to zoom."
        )
        self.said.value = paragraph(marks, "quiet") + paragraph(self.model.of_benchmark, "quiet")
        self.behind.value = _table_behind(session)
        self.pictures.value = ""
        self._read()
        self.update_record()

    def _read(self) -> None:
        if self.shown is None:
            return
        self._filling = True
        try:
            self.trial.value = self.charts.pointer.trial = self.model.trial
        finally:
            self._filling = False
        self.reading.value = reading(self.model.read(self.shown), self.shown, self.model.trial)

    def _zoom(self) -> None:
        first, last = self.model.window
        self._filling = True
        try:
            self.first.value, self.last.value = first, last
            self.charts.pointer.dragged = []
        finally:
            self._filling = False
        self.charts.zoom(first, last)

    def _make_pictures(self) -> None:
        from spice.figures.session_figure import plot_session

        assert self.model.dataset is not None
        agents = self.model.plotted
        if not agents:
            self.pictures.value = paragraph("Nothing is shown. Show an agent first.", "problem")
            return
        figure, _ = plot_session(agents, self.model.dataset.xs[self.model.sequence], arm=self.model.arm)
        links = []
        for kind, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, dpi=200)
            content = base64.b64encode(buffer.getvalue()).decode()
            links.append(f"<a download='session.{kind}' href='data:{mime};base64,{content}'>{kind.upper()}</a>")
        self.pictures.value = " &nbsp; ".join(links)

    def record(self) -> dict[str, str]:
        """The likelihoods of the session that is shown.

        Returns
        -------
        dict of MIME type to str
        """
        if self.shown is None:
            text = self.model.blocker
        else:
            name = {row: label for label, row in self.model.sequences}[self.model.sequence]
            nll = ", ".join(f"{agent} {value:.3f}" for agent, value in self.shown.nll.items())
            text = f"Session of {name}: {nll} nats per choice."
        return as_record(text)


def _table_behind(session: Session) -> str:
    columns = [(f"{panel}, {name}", values) for panel, of in session.curves.items() for name, values in of.items()]
    n = len(session.chosen)
    rows = [
        [f"{t + 1:,}", "yes" if session.chosen[t] else "no", f"{session.reward[t]:.2f}"]
        + [f"{values[t]:.3f}" for _, values in columns]
        for t in range(min(n, ROWS))
    ]
    caption = f"Trials 1 to {min(n, ROWS):,} of {n:,}"
    head = ["Trial", "Chosen", "Reward", *(name for name, _ in columns)]
    numbers = frozenset({0, *range(2, len(head))})
    return f"<details><summary>The numbers</summary>{table(head, rows, numbers, caption)}</details>"
