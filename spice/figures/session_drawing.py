"""How the six axes of `plot_session` are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from spice.data.recorded import Recorded

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from spice.figures.figure import NotebookFigure

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Style:
    """How the curves of one kind of agent look, everywhere."""

    label: str
    color: str
    dash: str
    width: float
    order: float


# The equations' thick line lies underneath, so that where curves agree all of them can still be seen.
STYLES = {
    "groundtruth": Style("Ground truth", "#0072B2", "-", 1.3, 3.0),
    "rnn": Style("Network", "#E69F00", "--", 1.3, 3.2),
    "spice": Style("Equations", "#CC79A7", "-", 2.8, 2.5),
    "benchmark": Style("Benchmark", "#7F7F7F", ":", 1.6, 3.1),
}
"""Colour, dash and name of each key of `plot_session`."""


@dataclass(frozen=True)
class Panel:
    """An axis: a state, or probabilities and logits."""

    title: str
    unit: str
    state: str = ""

    @classmethod
    def of(cls, state: str) -> Panel:
        """The panel of a state."""
        known = {panel.state: panel for panel in PANELS}
        return known.get(state, cls(f"{state}, times inverse temperature", "logit", state))


PROBABILITY = Panel("Probability of choosing arm {arm}", "probability")
Q_VALUE = Panel("Q value", "logit")
RATE = Panel("Learning rate, as of the last update", "rate", "x_learning_rate_reward")
PANELS = (
    PROBABILITY,
    Q_VALUE,
    Panel("Reward value, times inverse temperature", "logit", "x_value_reward"),
    RATE,
    Panel("Choice value, times inverse temperature", "logit", "x_value_choice"),
    Panel("Trial value, times inverse temperature", "logit", "x_value_trial"),
)

INK = "#333333"
TEXT_SIZE = 8.0
TICK_MARGIN, SHORT, LONG = 0.22, 0.05, 0.14
"""Space above and below the probabilities, and ticks of the lowest and the highest reward in it."""
MIN_SPAN = 0.2
"""Smallest range of a value axis: rounding noise of a flat curve must not fill it."""
PANEL_HEIGHT, ABSENT_HEIGHT = 1.35, 0.45  # inches


def draw_session(
    curves: Mapping[str, Mapping[Panel, Floats]],
    names: Mapping[str, str],
    recorded: Recorded,
    arm: int,
    panels: Sequence[Panel] = PANELS,
) -> NotebookFigure:
    """Figure of curves {agent: {panel: (n_trials,)}} over a recorded session; an axis a panel, ticks for choices.

    Probabilities are the first of the panels.
    """
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    from spice.figures.figure import NotebookFigure

    present = [any(panel in own for own in curves.values()) for panel in panels]
    heights = [PANEL_HEIGHT if here else ABSENT_HEIGHT for here in present]
    figure = NotebookFigure(figsize=(8.5, sum(heights) + 1.6), layout=ConstrainedLayoutEngine(h_pad=0.05, hspace=0.02))
    axes = figure.subplots(len(panels), 1, sharex=True, gridspec_kw={"height_ratios": heights})
    trials = np.arange(1, len(recorded.choices) + 1)
    for axis, panel, here in zip(axes, panels, present, strict=True):
        axis.set_title(panel.title.format(arm=arm))
        if not here:
            _say_absent(axis, panel)
            continue
        axis.set_ylabel(panel.unit)
        _draw_curves(axis, panel, trials, {key: own[panel] for key, own in curves.items() if panel in own})
        without = [names[key] for key, own in curves.items() if panel not in own]
        if without:
            _note(axis, f"not a state of: {', '.join(without)}")
        for trial in trials[recorded.choices < 0]:
            axis.axvspan(trial - 0.5, trial + 0.5, color="#EFEFEF", linewidth=0, zorder=0.5, gid="missed")
    _draw_ticks(axes[0], recorded, arm)
    figure.align_ylabels()
    axes[-1].set_xlabel("trial")
    axes[-1].set_xlim(0.5, len(trials) + 0.5)
    axes[-1].xaxis.get_major_locator().set_params(integer=True)
    handles = {line.get_gid(): line for line in axes[0].lines}
    figure.legend(
        [handles[key] for key in names],
        list(names.values()),
        loc="outside upper left",
        ncols=len(names),
        frameon=False,
        handlelength=2.6,
    )
    return figure


def _draw_curves(axis: Axes, panel: Panel, trials: NDArray[np.int_], curves: Mapping[str, Floats]) -> None:
    for key, curve in curves.items():
        style = STYLES[key]
        axis.plot(
            trials, curve, color=style.color, linestyle=style.dash, linewidth=style.width, zorder=style.order,
            gid=key, drawstyle="steps-mid" if panel is RATE else "default", solid_joinstyle="round",
            marker="o" if len(trials) == 1 else "",
        )  # fmt: skip
    if panel is PROBABILITY:
        axis.set_ylim(-TICK_MARGIN, 1 + TICK_MARGIN)
        axis.set_yticks([0, 0.5, 1])
        return
    axis.locator_params(axis="y", nbins=4)
    if all(np.isnan(curve).all() for curve in curves.values()):
        _say(axis, "This arm was never updated.")
    if panel is RATE and all(np.nanmin(c, initial=0) >= 0 and np.nanmax(c, initial=1) <= 1 for c in curves.values()):
        axis.set_ylim(-0.03, 1.03)
    else:
        low, high = axis.get_ylim()
        middle, half = (low + high) / 2, max(high - low, MIN_SPAN) / 2
        axis.set_ylim(middle - half, middle + half)


def _draw_ticks(axis: Axes, recorded: Recorded, arm: int) -> None:
    """Ticks of every choice; up or down by arm, long or short by the reward of the arm that was chosen."""
    made = recorded.choices >= 0
    trials, chosen = np.flatnonzero(made) + 1, recorded.choices[made]
    rewards = recorded.rewards[made, chosen]
    known = rewards[np.isfinite(rewards)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    share = np.nan_to_num((rewards - low) / (high - low if high > low else 1.0))
    length = SHORT + (LONG - SHORT) * share
    width = float(np.clip(300 / len(recorded.choices), 0.6, 1.5))
    for gid, here, edge, sign in (
        ("chosen", chosen == arm, 1 + TICK_MARGIN, -1),
        ("other", chosen != arm, -TICK_MARGIN, 1),
    ):
        ends = edge + sign * length[here]
        axis.vlines(trials[here], edge, ends, colors=INK, linewidth=width, zorder=2, gid=gid)
    missed = "" if made.all() else "; shaded: missed"
    _note(
        axis,
        f"ticks: arm {arm} chosen (top) or another (bottom), long for reward {high:g}, short for {low:g}{missed}",
    )


def _say_absent(axis: Axes, panel: Panel) -> None:
    axis.set_yticks([])
    axis.grid(visible=False)
    axis.spines["left"].set_visible(False)
    _say(axis, f"No agent has the state {panel.state}.")


def _say(axis: Axes, text: str) -> None:
    axis.text(0.5, 0.5, text, transform=axis.transAxes, color="#6B6B6B", ha="center", va="center")


def _note(axis: Axes, text: str) -> None:
    axis.set_title(text, loc="right", fontsize=TEXT_SIZE, color="#6B6B6B")
