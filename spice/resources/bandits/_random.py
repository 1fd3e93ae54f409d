"""Where agents and environments take their random numbers from."""

import copy
from typing import Any, Self, TypeAlias

import numpy as np

from spice.exceptions import ConfigError

RandomState: TypeAlias = int | np.integer[Any] | np.random.Generator | None


def as_generator(random_state: RandomState, stream: int = 0) -> np.random.Generator:
    """Make a generator of None (unpredictable), an integer seed, or a generator (used as it is).

    Parameters
    ----------
    random_state : None, int or numpy.random.Generator
        Seed or generator.
    stream : int, default 0
        Streams of the same integer seed are independent of each other.

    Raises
    ------
    ConfigError
        If `random_state` is anything else, or a negative integer.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if random_state is None:
        return np.random.default_rng()
    if isinstance(random_state, bool) or not isinstance(random_state, int | np.integer) or random_state < 0:
        raise ConfigError(
            "random_state",
            "None, an integer of at least 0 or a numpy Generator",
            repr(random_state),
            "Pass for example random_state=0.",
        )
    return np.random.default_rng([int(random_state), stream])


class RandomSource:
    """Base of everything that draws random numbers and can be seeded and copied."""

    # An agent and its environment are often given the same seed; with the same stream of numbers as well, the
    # draw that picks the arm could be the draw that decides its reward.
    _stream = 0

    def __init__(self, random_state: RandomState = None) -> None:
        self.seed(random_state)

    def seed(self, random_state: RandomState) -> None:
        """Start the random numbers anew.

        Parameters
        ----------
        random_state : None, int or numpy.random.Generator
            Seed or generator.
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
