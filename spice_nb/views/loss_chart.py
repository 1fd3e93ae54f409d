"""The losses of a training, epoch by epoch."""

from collections.abc import Sequence

import ipywidgets as widgets
import numpy as np

from spice_nb.state.losses import said_above, shown_range
from spice_nb.views.panel import paragraph
from spice_nb.views.quiet_bqplot import bqplot
from spice_nb.views.when_shown import WhenShown

NETWORK, HELD_OUT = "#E69F00", "#0072B2"
MOST_POINTS = 1_000
"""Points of a line at most: each line is an SVG path that the browser draws anew."""
_STYLES = {"loss": ("training", NETWORK, "solid"), "validation_loss": ("held out", HELD_OUT, "dashed")}


class LossChart(widgets.VBox):
    """Loss over epochs, with a switch for a logarithmic scale."""

    def __init__(self) -> None:
        self.epochs, self.linear, self.logarithmic = (
            bqplot.LinearScale(min=1.0),
            bqplot.LinearScale(),
            bqplot.LogScale(),
        )
        self.lines = {
            name: bqplot.Lines(
                x=[], y=[], scales={"x": self.epochs, "y": self.linear}, colors=[color], line_style=dash,
                stroke_width=2, labels=[label], display_legend=False,
            )
            for name, (label, color, dash) in _STYLES.items()
        }  # fmt: skip
        self.across = bqplot.Axis(
            scale=self.epochs, label="epoch", grid_lines="none", tick_format="d", label_offset="32px"
        )
        self.up = bqplot.Axis(
            scale=self.linear, side="left", label="loss, nats per choice", grid_lines="solid",
            tick_format=".3f", label_offset="52px",
        )  # fmt: skip
        self.figure = bqplot.Figure(
            marks=list(self.lines.values()), axes=[self.across, self.up], animation_duration=0, display_toolbar=False,
            fig_margin={"top": 12, "bottom": 44, "left": 64, "right": 16},
            layout={"width": "100%", "max_width": "640px", "height": "240px", "min_width": "280px"},
        )  # fmt: skip
        self.scale = widgets.Checkbox(
            value=False, description="Logarithmic loss", indent=False, layout={"width": "180px"}
        )
        self.scale.observe(lambda change: self._rescale(change["new"]), "value")
        self.legend, self.above = widgets.HTML(), widgets.HTML()
        super().__init__([WhenShown([self.figure]), self.legend, self.scale, self.above], layout={"display": "none"})

    def show(self, losses: Sequence[tuple[str, Sequence[float]]]) -> None:
        """Draw the losses so far.

        Parameters
        ----------
        losses : sequence of (str, sequence of float)
            As in `TrainingModel.losses`.
        """
        drawn = [name for name, values in losses if name in self.lines and len(values)]
        for name, values in losses:
            if name in self.lines:
                line, kept = self.lines[name], thinned(len(values), MOST_POINTS)
                with line.hold_sync():
                    line.x, line.y = kept + 1, np.asarray(values)[kept]
        between = shown_range(losses)
        for scale in (self.linear, self.logarithmic):
            scale.min, scale.max = between or (None, None)
        self.layout.display = "" if drawn else "none"
        self.above.value = paragraph(said_above(losses, between[1]) if between else "", "quiet")
        self.legend.value = " &nbsp; ".join(
            f"<span><span style='display:inline-block;width:24px;border-top:2px {_STYLES[name][2]} {_STYLES[name][1]};"
            f"vertical-align:middle'></span> {_STYLES[name][0]}: {dict(losses)[name][-1]:.3f}</span>"
            for name in drawn
        )

    def clear(self) -> None:
        """Forget what was drawn."""
        for line in self.lines.values():
            with line.hold_sync():
                line.x, line.y = [], []
        self.layout.display, self.legend.value = "none", ""

    def _rescale(self, log: bool) -> None:
        scale = self.logarithmic if log else self.linear
        for line in self.lines.values():
            line.scales = {"x": self.epochs, "y": scale}
        self.up.scale = scale


def thinned(n: int, most: int) -> "np.ndarray[tuple[int], np.dtype[np.int_]]":
    """Positions to draw among n: at most so many, the last one always among them.

    Parameters
    ----------
    n, most : int

    Returns
    -------
    (N,) int
        Indices, ascending and evenly spaced.
    """
    step = -(-n // most) if n else 1
    return np.arange(n - 1, -1, -step)[::-1]
