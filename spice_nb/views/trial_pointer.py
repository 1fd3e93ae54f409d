"""What the pointer does over a column of charts: moving reads a trial, dragging zooms."""

from pathlib import Path

import anywidget
from traitlets import Float, Int, List


class TrialPointer(anywidget.AnyWidget):
    """Lies over the charts of the box it is in, which has the class "spice-charts"; it has "spice-pointer".

    Attributes
    ----------
    left, right : int
        Margins of every chart, in pixels.
    low, high : float
        Ends of their common scale of trials.
    trial : int
        Under the pointer, or marked by the kernel; 0 for none.
    dragged : list of float
        Both ends of the last drag; empty once it has been taken up.
    """

    _esm = Path(__file__).with_name("trial_pointer.js")
    left = Int(0).tag(sync=True)
    right = Int(0).tag(sync=True)
    low = Float(0.5).tag(sync=True)
    high = Float(1.5).tag(sync=True)
    trial = Int(0).tag(sync=True)
    dragged = List(Float()).tag(sync=True)
