"""What later choices say of the state in which a window of trials ends.

In truncated windows a gradient ends where its window begins. A value that drifts a little further with every choice
costs nothing within sixteen trials and everything after a hundred: training prefers it, states leave the range that
networks can tell apart, and the loss grows with every epoch. So each window hands the gradient of its start back to
the window before it, which adds it to its own at the next pass over the sequence: one epoch late, and at no cost.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

FADING = 0.9
"""Share of it that is handed on from one window to the one before: the longer its way, the older are its weights."""
LARGEST = 100.0
"""Size to which the gradient of a value by the likelihood of all later choices is cut, in nats per unit."""


class CarriedGradient:
    """Gradient of each sequence's later choices by its states at the end of each window; zero before the first pass.

    Parameters
    ----------
    n_windows, n_states, n_sequences, n_actions : int

    Attributes
    ----------
    values : (n_windows, n_states, n_sequences, n_actions)
    """

    def __init__(self, n_windows: int, n_states: int, n_sequences: int, n_actions: int) -> None:
        self.values = np.zeros((n_windows, n_states, n_sequences, n_actions))

    def at_end(self, window: int, sequences: NDArray[np.int_]) -> Array:
        """Gradient (n_states, S, n_actions) by the states in which some sequences leave a window, nats."""
        found: Array = self.values[window][:, sequences]
        return found

    def keep(self, window: int, sequences: NDArray[np.int_], gradient: Array) -> None:
        """Hand the gradient by the states in which a window was entered to the one before it."""
        if window > 0:
            # What is not finite ends the training elsewhere; here it would stay.
            self.values[window - 1][:, sequences] = FADING * np.nan_to_num(gradient).clip(-LARGEST, LARGEST)
