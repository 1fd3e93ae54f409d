"""A session alive: what network and equations held before each trial, and what if an equation were another."""

import base64
import io
from collections.abc import Mapping
from typing import Any

import bqplot
import ipywidgets as widgets
import numpy as np

from spice.estimator import SpiceEstimator
from spice_nb.models.session import (
    CHANGED,
    EQUATIONS,
    NETWORK,
    PROBABILITY,
    Q_VALUE,
    STATES,
    STEP,
    TRUTH,
    Session,
    SessionModel,
    decimated,
)
from spice_nb.views.panel import Panel, as_record, escaped, paragraph, table

# Lines that come later lie above: the thick one of the equations must hide no other.
STYLES = {
    EQUATIONS: ("#CC79A7", "solid", 3),
    TRUTH: ("#0072B2", "solid", 1.5),
    NETWORK: ("#E69F00", "dashed", 1.5),
    CHANGED: ("#009E73", "dotted", 2),
}
"""Colour, dash and width of each agent, everywhere."""
PANELS = (PROBABILITY, Q_VALUE, *STATES.values())
ROWS = 200
"""Trials in the table behind the charts."""


class _Chart:
    """The curves of one panel; all charts share their trials."""

    def __init__(self, title: str, trials: bqplot.LinearScale) -> None:
        self.title, self.trials = title, trials
        self.scale = bqplot.LinearScale(min=-0.15, max=1.15) if title == PROBABILITY else bqplot.LinearScale()
        self.lines = {
            name: bqplot.Lines(
                x=[], y=[], scales={"x": trials, "y": self.scale}, colors=[color], line_style=dash, stroke_width=width
            )
            for name, (color, dash, width) in STYLES.items()
        }
        self.ticks = bqplot.Scatter(
            x=[], y=[], scales={"x": trials, "y": self.scale}, colors=["#7F7F7F"], marker="rectangle", default_size=14,
            default_skew=0.95,
        )  # fmt: skip
        across = bqplot.Axis(scale=trials, label="trial", grid_lines="none", tick_format="d", label_offset="32px")
        up = bqplot.Axis(
            scale=self.scale, side="left", label=title, label_offset="44px", tick_format=".1f", num_ticks=4
        )
        if title == PROBABILITY:
            up.tick_values = [0.0, 0.5, 1.0]
        self.figure = bqplot.Figure(
            marks=[*self.lines.values(), self.ticks], axes=[across, up], animation_duration=0,
            fig_margin={"top": 8, "bottom": 44, "left": 64, "right": 16},
            layout={"width": "100%", "height": "172px", "min_width": "280px"},
        )  # fmt: skip

    def show(self, curves: Mapping[str, Any], hidden: set[str]) -> None:
        for name, line in self.lines.items():
            values = curves.get(name)
            with line.hold_sync():
                kept = np.array([], dtype=int) if values is None or name in hidden else decimated(values)
                line.x, line.y = kept + 1, [] if values is None else np.asarray(values)[kept]
        self.figure.layout.display = "" if curves else "none"


class SessionPanel(Panel):
    """Sessions of a fitted estimator's data.

    Parameters
    ----------
    estimator : SpiceEstimator, optional
    dataset : DatasetRNN, optional
        Both may come later, by `show`.
    """

    title = "Sessions"

    def __init__(self, estimator: SpiceEstimator | None = None, dataset: Any = None) -> None:
        self.model = SessionModel()
        self.shown: Session | None = None
        wide = {"width": "240px", "max_width": "100%"}
        self.session = widgets.Dropdown(description="Session", layout=wide)
        self.arm = widgets.Dropdown(description="Option", layout=wide)
        self.agents = {
            name: widgets.Checkbox(value=True, description=name, indent=False, layout={"width": "112px"})
            for name in (TRUTH, NETWORK, EQUATIONS)
        }
        self.said, self.empty = widgets.HTML(), widgets.HTML()
        self.trials = bqplot.LinearScale()
        self.charts = {title: _Chart(title, self.trials) for title in PANELS}
        self.whole = widgets.Button(description="All trials", tooltip="Zoom out again", layout={"width": "112px"})
        brush = bqplot.interacts.BrushIntervalSelector(scale=self.trials, color="#0072B2")
        self.charts[PROBABILITY].figure.interaction = brush
        brush.observe(self._brushed, "selected")
        self.sliders = widgets.VBox([])
        self.reset = widgets.Button(description="As found", layout={"width": "112px"})
        what_if = widgets.Accordion([widgets.VBox([self.sliders, self.reset])], selected_index=None)
        what_if.titles = ("What if a coefficient were another?",)
        self.behind = widgets.HTML()
        self.picture = widgets.Button(
            description="Make a figure", tooltip="PNG and SVG to download", layout={"width": "136px"}
        )
        self.pictures = widgets.HTML()
        choose = widgets.Box([self.session, self.arm, *self.agents.values(), self.whole])
        files = widgets.Box([self.picture, self.pictures])
        for row in (choose, files):
            row.add_class("spice-row")
        self.body = widgets.VBox(
            [choose, self.said, *(c.figure for c in self.charts.values()), what_if, self.behind, files],
            layout={"overflow": "visible"},
        )
        super().__init__(widgets.HTML("<h3>Sessions</h3>"), self.empty, self.body)
        self._filling = False
        self.session.observe(lambda change: self._chosen("sequence", change["new"]), "value")
        self.arm.observe(lambda change: self._chosen("arm", change["new"]), "value")
        for box in self.agents.values():
            box.observe(lambda _: self._draw(), "value")
        self.whole.on_click(lambda _: self._zoom(None))
        self.reset.on_click(lambda _: self._as_found())
        self.picture.on_click(lambda _: self._make_pictures())
        self.model.observe(lambda _: self._new(), ["estimator", "dataset"])
        self.model.observe(lambda _: self._other_session(), ["sequence"])
        self.model.observe(lambda _: self._draw(), ["arm", "changes"])
        self._new()
        if estimator is not None:
            self.show(estimator, dataset)

    def show(self, estimator: SpiceEstimator | None, dataset: Any, truth: Any = None) -> None:
        """Show another estimator's sessions; `truth` holds the parameters of simulated people, a row each."""
        with self.model.hold_trait_notifications():
            self.model.estimator, self.model.dataset, self.model.truth = estimator, dataset, truth
        self._new()

    def _chosen(self, name: str, value: Any) -> None:
        if not self._filling and value is not None:
            setattr(self.model, name, value)

    def _brushed(self, change: dict[str, Any]) -> None:
        selected = change["new"]
        if selected is not None and len(selected) == 2 and selected[1] - selected[0] >= 2:
            self._zoom((float(selected[0]), float(selected[1])))

    def _zoom(self, trials: tuple[float, float] | None) -> None:
        self.trials.min, self.trials.max = (None, None) if trials is None else trials

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
            self.agents[TRUTH].layout.display = "none" if model.truth is None else ""
        finally:
            self._filling = False
        self._other_session()

    def _other_session(self) -> None:
        if not self.model.blocker:
            self._zoom(None)
            self._fill_sliders()
            self._draw()

    def _fill_sliders(self) -> None:
        sliders = []
        for mechanism, term, value in self.model.coefficients:
            reach = max(1.0, 2 * abs(value))
            slider = widgets.FloatSlider(
                value=value, min=-reach, max=reach, step=STEP, description=f"{mechanism}: {term}", readout_format=".2f",
                style={"description_width": "280px"}, layout={"width": "100%", "max_width": "640px"},
            )  # fmt: skip
            slider.observe(lambda change, m=mechanism, t=term: self.model.change(m, t, float(change["new"])), "value")
            sliders.append(slider)
        self.sliders.children = tuple(sliders)

    def _draw(self) -> None:
        if self.model.blocker:
            return
        session = self.shown = self.model.session()
        hidden = {name for name, box in self.agents.items() if not box.value}
        for title, chart in self.charts.items():
            chart.show(session.curves.get(title, {}), hidden)
        ticks = self.charts[PROBABILITY].ticks
        kept = np.arange(len(session.chosen))[-2_000:]
        with ticks.hold_sync():
            ticks.x, ticks.y = kept + 1, np.where(session.chosen, 1.09, -0.09)[kept]
            ticks.opacities = [0.3 + 0.7 * float(r) for r in np.nan_to_num(session.reward)[kept]]
        self.said.value = self._legend(session)
        self.behind.value = _table_behind(session)
        self.pictures.value = ""
        self.update_record()

    @staticmethod
    def _legend(session: Session) -> str:
        parts = [
            f"<span><span style='display:inline-block;width:28px;border-top:{STYLES[name][2]}px {STYLES[name][1]} "
            f"{STYLES[name][0]};vertical-align:middle'></span> {escaped(name)}: {nll:.3f} nats per choice</span>"
            for name, nll in session.nll.items()
        ]
        marks = "Marks above: this option was chosen; below: another; darker: more reward."
        return f"<p>{' &nbsp; '.join(parts)}</p>" + paragraph(marks, "quiet")

    def _make_pictures(self) -> None:
        from spice.utils.plotting import plot_session

        assert self.model.estimator is not None
        assert self.model.dataset is not None
        agents = {"rnn": self.model.estimator.rnn_agent_, "spice": self.model.estimator.spice_agent_}
        figure, _ = plot_session(agents, self.model.dataset.xs[self.model.sequence], arm=self.model.arm)
        links = []
        for kind, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, dpi=200)
            content = base64.b64encode(buffer.getvalue()).decode()
            links.append(f"<a download='session.{kind}' href='data:{mime};base64,{content}'>{kind.upper()}</a>")
        self.pictures.value = " &nbsp; ".join(links)

    def record(self) -> dict[str, str]:
        """The likelihoods of the session that is shown."""
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
