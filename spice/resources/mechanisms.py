"""What declares a model, under its documented path; the code is in `spice.declaration`."""

from spice.declaration.mechanisms import ALL, CHOSEN, NOT_CHOSEN, Input, Mechanism, State

__all__ = ["ALL", "CHOSEN", "NOT_CHOSEN", "Input", "Mechanism", "State"]
