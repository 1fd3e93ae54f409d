"""`BaseRNN`, under its documented path; the code is in `spice.model`."""

from spice.model.base import BaseRNN

__all__ = ["BaseRNN"]
