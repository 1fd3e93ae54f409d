"""What may be given as `random_state`, and the generator it stands for."""

from typing import Any, TypeAlias

import numpy as np

from spice.exceptions import ConfigError

RandomState: TypeAlias = int | np.integer[Any] | np.random.Generator | np.random.RandomState | None


def as_generator(random_state: RandomState, stream: int = 0) -> np.random.Generator:
    """Make a generator of None (unpredictable), an integer seed, or what numpy draws from.

    Parameters
    ----------
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        A Generator is used as it is, a RandomState is asked for a seed: what draws from them next gets other numbers.
    stream : int, default 0
        Streams of the same integer seed are independent of each other.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    ConfigError
        If `random_state` is anything else, or a negative integer.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**32, size=4, dtype=np.uint32).tolist())
    if random_state is None:
        return np.random.default_rng()
    if isinstance(random_state, bool) or not isinstance(random_state, int | np.integer) or random_state < 0:
        raise ConfigError(
            "random_state",
            "None, an integer of at least 0, or a numpy Generator or RandomState",
            repr(random_state),
            "Pass for example random_state=0.",
        )
    return np.random.default_rng([int(random_state), stream])
