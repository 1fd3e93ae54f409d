"""A slider that says what it is: those of ipywidgets have no name for screen readers."""

from pathlib import Path
from typing import Any

import anywidget
from traitlets import Float, Unicode


class Slider(anywidget.AnyWidget):
    """The browser's own slider, with its label and its value beside it.

    Parameters
    ----------
    label : str
    value, low, high, step : float
        Steps of 1 and more have no decimals.
    **options
        Traits of a widget, such as `layout`.
    """

    _esm = Path(__file__).with_name("slider.js")
    label = Unicode().tag(sync=True)
    value = Float(0.0).tag(sync=True)
    low = Float(0.0).tag(sync=True)
    high = Float(1.0).tag(sync=True)
    step = Float(1.0).tag(sync=True)

    def __init__(self, label: str, value: float, low: float, high: float, step: float = 1.0, **options: Any) -> None:
        super().__init__(label=label, value=value, low=low, high=high, step=step, **options)
