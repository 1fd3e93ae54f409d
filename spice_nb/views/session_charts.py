"""Curves of agents over the trials of a session, a chart a panel."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from spice_nb.state.session import BENCHMARK, CHANGED, EQUATIONS, NETWORK, TRUTH
from spice_nb.state.session_curves import PROBABILITY, Q_VALUE, STATES, Session, decimated, value_axis
from spice_nb.views.quiet_bqplot import bqplot
from spice_nb.views.trial_pointer import TrialPointer
from spice_nb.views.when_shown import WhenShown

# Lines that come later lie above: the thick one of the equations must hide no other.
STYLES = {
    EQUATIONS: ("#CC79A7", "solid", 3),
    TRUTH: ("#0072B2", "solid", 1.5),
    BENCHMARK: ("#7F7F7F", "dotted", 2),
    NETWORK: ("#E69F00", "dashed", 1.5),
    CHANGED: ("#009E73", "dotted", 2),
}
"""Colour, dash and width of each agent, everywhere."""
PANELS = (PROBABILITY, Q_VALUE, *STATES.values())
LEFT, RIGHT = 64, 16
MOST_TICKS = 2_000


class SessionCharts(WhenShown):
    """All charts of a session; they share their trials, what is read and the zoom."""

    def __init__(self) -> None:
        self.trials = bqplot.LinearScale(allow_padding=False)
        self.charts = {title: _Chart(title, self.trials) for title in PANELS}
        self.pointer = TrialPointer(left=LEFT, right=RIGHT)
        self.pointer.add_class("spice-pointer")
        super().__init__()
        self.add_class("spice-charts")

    def show(self, session: Session) -> None:
        """Draw a session; what no agent has gets no chart.

        Parameters
        ----------
        session : Session
        """
        for title, chart in self.charts.items():
            chart.show(session.curves.get(title, {}))
        self.content = (*(self.charts[title].figure for title in PANELS if title in session.curves), self.pointer)
        self.charts[PROBABILITY].show_choices(session)

    def zoom(self, first: int, last: int) -> None:
        """Show these trials, both ends included.

        Parameters
        ----------
        first, last : int
            From 1 on.
        """
        with self.trials.hold_sync():
            self.trials.min, self.trials.max = first - 0.5, last + 0.5
        with self.pointer.hold_sync():
            self.pointer.low, self.pointer.high = first - 0.5, last + 0.5


class _Chart:
    """The curves of one panel."""

    def __init__(self, title: str, trials: bqplot.LinearScale) -> None:
        self.title, self.scale = title, bqplot.LinearScale(allow_padding=False)
        scales = {"x": trials, "y": self.scale}
        self.lines = {
            name: bqplot.Lines(x=[], y=[], scales=scales, colors=[color], line_style=dash, stroke_width=width)
            for name, (color, dash, width) in STYLES.items()
        }
        self.ticks = bqplot.Scatter(
            x=[], y=[], scales=scales, colors=["#7F7F7F"], marker="rectangle", default_size=14, default_skew=0.95
        )
        across = bqplot.Axis(scale=trials, label="trial", grid_lines="none", tick_format="d", label_offset="32px")
        self.up = bqplot.Axis(scale=self.scale, side="left", label=title, label_offset="44px", tick_format="~r")
        self.figure = bqplot.Figure(
            marks=[*self.lines.values(), self.ticks], axes=[across, self.up],
            animation_duration=0, display_toolbar=False,
            fig_margin={"top": 8, "bottom": 44, "left": LEFT, "right": RIGHT},
            layout={"width": "100%", "height": "172px", "min_width": "280px"},
        )  # fmt: skip

    def show(self, curves: Mapping[str, Any]) -> None:
        for name, line in self.lines.items():
            values = curves.get(name)
            with line.hold_sync():
                kept = np.array([], dtype=int) if values is None else decimated(values)
                line.x, line.y = kept + 1, [] if values is None else np.asarray(values)[kept]
        low, high, round_numbers = value_axis(curves, self.title)
        with self.scale.hold_sync():
            self.scale.min, self.scale.max = low, high
        self.up.tick_values = round_numbers

    def show_choices(self, session: Session) -> None:
        kept = np.arange(len(session.chosen))[-MOST_TICKS:]
        with self.ticks.hold_sync():
            self.ticks.x, self.ticks.y = kept + 1, np.where(session.chosen, 1.09, -0.09)[kept]
            self.ticks.opacities = [0.3 + 0.7 * float(r) for r in np.nan_to_num(session.reward)[kept]]
