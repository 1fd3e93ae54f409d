"""The look of figures, and one that notebooks show without pyplot, whose figures are global state."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.figure import Figure

SCREEN_DPI = 100
PIXEL_RATIO = 2
"""Pixels drawn for each shown, so that lines are sharp on screens of high density."""

_RC: dict[Any, Any] = {
    "font.size": 8.0,
    "axes.titlesize": 9.5,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "text.color": "#333333",
    "axes.labelcolor": "#333333",
    "axes.edgecolor": "#999999",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": "white",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "figure.facecolor": "white",
    "grid.color": "#E8E8E8",
    "grid.linewidth": 0.6,
    "xtick.color": "#333333",
    "ytick.color": "#333333",
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}


class NotebookFigure(Figure):
    """A matplotlib figure that a notebook draws when it is the last value of a cell."""

    def render(self, file_format: str, **options: Any) -> bytes:
        """Draw the figure as the content of a file.

        Parameters
        ----------
        file_format : {"png", "svg", "pdf"}
        **options
            Passed on to `savefig`, such as `dpi`.

        Returns
        -------
        bytes
        """
        buffer = io.BytesIO()
        self.savefig(buffer, format=file_format, **options)
        return buffer.getvalue()

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, dict[str, int]]]:
        png = self.render("png", dpi=SCREEN_DPI * PIXEL_RATIO)
        width, height = (round(inches * SCREEN_DPI) for inches in self.get_size_inches())
        return (
            {"image/png": base64.b64encode(png).decode("ascii")},
            {"image/png": {"width": width, "height": height}},
        )


@contextmanager
def calm_style() -> Iterator[None]:
    """Two type sizes, a light grid, no boxes; matplotlib's defaults stay as they are outside.

    Yields
    ------
    None
    """
    with matplotlib.rc_context(_RC):
        yield
