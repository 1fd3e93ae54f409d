"""The figures of what comes back of simulated people."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from spice.figures.figure import NotebookFigure, calm_style

COLOURS = {"asymmetry": "#0072B2", "forgetting": "#E69F00", "perseveration": "#CC79A7"}
GREY, DOT, BAR = "#7F7F7F", "#0072B2", "#9CC3DE"
DPI = 130
RATES = ("learning rate", "asymmetry", "forgetting rate", "inverse temperature", "inverse temperature of the trace")
SHOWN = 150
"""People in a scatter plot; more hide each other."""
AIM = 0.92, 0.98


def draw_prevalence(found: pd.DataFrame, file: Path) -> None:
    """Prevalence found against the true share, with intervals, by mechanism."""
    with calm_style():
        figure = NotebookFigure(figsize=(3.6, 3.4), layout="constrained")
        axis = figure.subplots()
        axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
        for k, (name, own) in enumerate(found.groupby("mechanism", sort=False)):
            # Side by side where the true shares are the same.
            x = own.share + 0.012 * (k - 1) + 0.004 * (np.arange(len(own)) % 3 - 1)
            ends = np.abs(np.stack([own.prevalence - own.low, own.high - own.prevalence]))
            axis.errorbar(
                x, own.prevalence, ends, fmt="o", markersize=3, linewidth=0.6, color=COLOURS[name], label=name
            )
        axis.set(xlabel="true share", ylabel="prevalence found", xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
        axis.legend(frameon=False)
        _save(figure, file)


def draw_calibration(found: Mapping[str, pd.DataFrame], file: Path) -> None:
    """Share of people who have a mechanism against its mean probability, by fifths."""
    with calm_style():
        figure = NotebookFigure(figsize=(3.6, 3.4), layout="constrained")
        axis = figure.subplots()
        axis.fill_between([0, 1], [-0.1, 0.9], [0.1, 1.1], color="#EFEFEF", linewidth=0)
        axis.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle=":")
        for name, own in found.items():
            axis.plot(own.probability, own.share, "o-", markersize=4, linewidth=1, color=COLOURS[name], label=name)
        axis.set(xlabel="mean probability", ylabel="share who have it", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
        axis.legend(frameon=False)
        _save(figure, file)


def draw_coverage(found: pd.DataFrame, file: Path) -> None:
    """Coverage of each kind of number, a mark a number of choices."""
    known = found[found.inside.notna()]
    names = list(dict.fromkeys(known.kind + ", " + known.of))
    with calm_style():
        figure = NotebookFigure(figsize=(6.4, 0.8 + 0.24 * len(names)), layout="constrained")
        axis = figure.subplots()
        axis.axvspan(*AIM, color="#EFEFEF", linewidth=0)
        axis.axvline(0.95, color=GREY, linewidth=1, linestyle=":")
        sizes = sorted(known.choices.unique())
        for colour, size in zip(COLOURS.values(), sizes, strict=False):
            own = known[known.choices == size]
            at = [names.index(name) for name in own.kind + ", " + own.of]
            axis.plot(own.inside, at, "o", markersize=4, color=colour, label=f"{size} choices")
        axis.set_yticks(range(len(names)), names)
        axis.invert_yaxis()
        axis.set(xlabel="share of 95 % intervals that hold the truth", xlim=(min(0.5, known.inside.min() - 0.02), 1.01))
        figure.legend(frameon=False, loc="outside upper right", ncols=len(sizes))
        _save(figure, file)


def draw_rates(numbers: pd.DataFrame, file: Path) -> None:
    """Numbers of people against the truth, with intervals."""
    with calm_style():
        figure = NotebookFigure(figsize=(8.5, 2.2), layout="constrained")
        for axis, kind in zip(figure.subplots(1, len(RATES)), RATES, strict=True):
            own = numbers[(numbers.kind == kind) & numbers.estimate.notna()]
            own = own.iloc[np.linspace(0, len(own) - 1, min(SHOWN, len(own))).astype(int)]
            if own.empty:
                continue
            ends = np.stack([own.estimate - own.low, own.high - own.estimate]).clip(0)
            look = {"fmt": "o", "markersize": 1.8, "linewidth": 0.3, "color": DOT, "ecolor": BAR}
            axis.errorbar(own.true, own.estimate, np.nan_to_num(ends), **look)
            limits = np.quantile(np.concatenate([own.true, own.estimate]), [0, 1]) + np.array([-0.1, 0.1])
            axis.plot(limits, limits, color=GREY, linewidth=1, linestyle=":")
            axis.set(title=kind.replace(" of the", "\nof the"), xlabel="true", xlim=limits, ylim=limits)
        figure.axes[0].set_ylabel("found")
        _save(figure, file)


def _save(figure: NotebookFigure, file: Path) -> None:
    # No version in the file: the same figure is the same bytes.
    file.write_bytes(figure.render("png", dpi=DPI, metadata={"Software": None}))
