"""Where agents and environments take their random numbers from."""

import copy
from typing import Any, Self

import numpy as np

from spice.random_state import RandomState, as_generator


class RandomSource:
    """Base of everything that draws random numbers and can be seeded and copied.

    Parameters
    ----------
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed or generator; None for other numbers every time.
    """

    # An agent and its environment are often given the same seed; with the same stream of numbers as well, the
    # draw that picks the arm could be the draw that decides its reward.
    _stream = 0

    def __init__(self, random_state: RandomState = None) -> None:
        self.seed(random_state)

    def seed(self, random_state: RandomState) -> None:
        """Start the random numbers anew.

        Parameters
        ----------
        random_state : None, int, numpy.random.Generator or numpy.random.RandomState
            Seed or generator.

        Raises
        ------
        ConfigError
            If it is none of these.
        """
        self._seeded = random_state is not None
        self._rng = as_generator(random_state, self._stream)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        # The copy of a seeded object repeats its numbers; that of an unseeded one must not, or two data sets
        # simulated from it would be the same without anybody having asked for it.
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        for name, value in self.__dict__.items():
            fresh = name == "_rng" and not self._seeded
            setattr(twin, name, np.random.default_rng() if fresh else copy.deepcopy(value, memo))
        return twin
