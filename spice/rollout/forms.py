"""What a mechanism is at run time: something that is prepared for a window of trials and then stepped through it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from torch import Tensor

StepFunction = Callable[[int, Tensor, Sequence[Tensor | None]], Tensor]
"""(trial, value, state inputs) -> next value, all ([E,] S, A); inputs from data are None."""


class Form(Protocol):
    """A mechanism at run time."""

    def prepare(self, data: Sequence[Tensor | None]) -> StepFunction:
        """Fold in the inputs known beforehand.

        Parameters
        ----------
        data : sequence of (T, S, A) or None
            One an input; None is read from a state, a trial at a time.

        Returns
        -------
        StepFunction
        """
