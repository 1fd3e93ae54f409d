"""Checks of what users hand to agents and environments."""

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice._validation import kind_of
from spice.exceptions import ConfigError, DataError

NO_NUMBERS = TypeError, ValueError, RuntimeError
"""What numpy raises of a thing that makes no array of numbers; the last where tensors are inside, as in a data set."""


def check_count(argument: str, value: int, minimum: int = 1) -> int:
    """Check a whole number.

    Parameters
    ----------
    argument : str
        What it is called.
    value : int
    minimum : int
        The smallest that is allowed.

    Returns
    -------
    int

    Raises
    ------
    ConfigError
        It is smaller, or no whole number.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < minimum:
        raise ConfigError(argument, f"a whole number of at least {minimum}", repr(value), "Change the number.")
    return int(value)


def check_number(
    argument: str, value: ArrayLike, low: float = -np.inf, high: float = np.inf, n_dims: int = 1
) -> NDArray[np.float64]:
    """Check a number, or one for each session.

    Parameters
    ----------
    argument : str
        What it is called.
    value : float or array
    low, high : float
        Bounds, both allowed.
    n_dims : int
        Most axes that it may have; 0 is a single number.

    Returns
    -------
    array of float64

    Raises
    ------
    ConfigError
        It is no finite number within the bounds, or has more axes.
    """
    try:
        number = np.asarray(value, dtype=np.float64)
    except NO_NUMBERS:
        number = np.asarray(np.nan)
    if number.ndim > n_dims or not np.all(np.isfinite(number) & (number >= low) & (number <= high)):
        is_short = value is None or np.isscalar(value) or isinstance(value, list | tuple | np.ndarray)
        finite = np.isfinite([low, high])
        expected = {
            (True, True): f"a number from {low:g} to {high:g}",
            (True, False): f"a finite number of at least {low:g}",
        }.get((bool(finite[0]), bool(finite[1])), "a finite number")
        found = repr(value) if is_short else kind_of(value)
        raise ConfigError(argument, expected, found, f"Give {argument} a value in that range.")
    return number


def check_choice(choice: Any, n_actions: int, shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Check the choice of each session.

    Parameters
    ----------
    choice : int or array of int
        Arm chosen, from 0; -1 for a missed trial.
    n_actions : int
        Arms.
    shape : tuple of int
        That of the sessions; () where there is one.

    Returns
    -------
    array of int64
        Of that shape.

    Raises
    ------
    DataError
        It is of another shape, or names no arm.
    """
    if type(choice) is int and shape == () and -1 <= choice < n_actions:
        # What one session asks at every trial, in a tenth of the time.
        return np.asarray(choice)
    expected = f"one choice per session, shape {shape}" if shape else "one whole number"
    try:
        chosen = np.asarray(choice)
    except NO_NUMBERS as error:
        raise DataError("choice", expected, kind_of(choice), "Pass the index of the chosen arm, from 0.") from error
    if chosen.shape != shape:
        raise DataError("choice", expected, f"{kind_of(choice)} of shape {chosen.shape}", "Call new_sess first.")
    if not np.issubdtype(chosen.dtype, np.integer) or np.any((chosen < -1) | (chosen >= n_actions)):
        raise DataError(
            "choice",
            f"the index of an arm, 0 to {n_actions - 1}, or -1 for a missed trial",
            repr(choice),
            "Number the arms from 0.",
        )
    return chosen.astype(np.int64, copy=False)


def check_reward(reward: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the reward per arm as floats of the given shape, or raise a DataError."""
    try:
        rewards, found = np.asarray(reward, dtype=np.float64), ""
    except NO_NUMBERS:
        rewards, found = np.empty(0), kind_of(reward)
    if rewards.shape != shape or found:
        raise DataError(
            "reward",
            f"one reward per arm, shape {shape}",
            found or f"{kind_of(reward)} of shape {rewards.shape}",
            "Mark the reward of an arm that was not shown with -1 or NaN.",
        )
    return rewards


def check_ids(argument: str, ids: Sequence[int] | None, n: int) -> tuple[int, ...]:
    """Return ids in the data as a tuple, 0 to n - 1 where none are given, or raise a ConfigError."""
    if ids is None:
        return tuple(range(max(n, 1)))
    is_list = isinstance(ids, Iterable)
    if not is_list or not all(isinstance(i, Integral) for i in ids):
        found = "labels" if is_list else kind_of(ids)
        raise ConfigError(
            argument, "whole numbers, the ids in the data", found, "Pass estimator.participant_ids_, say."
        )
    return tuple(ids)
