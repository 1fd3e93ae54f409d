"""`plot_session`, under its documented path; the code is in `spice.figures`."""

from spice.figures.session_figure import plot_session

__all__ = ["plot_session"]
