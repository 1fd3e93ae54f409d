"""Checks of numbers and arrays that people pass in."""

from collections.abc import Iterable, Mapping
from numbers import Integral, Real
from os import PathLike
from typing import Any

import numpy as np

from spice.exceptions import ConfigError, DataError, SpiceError
from spice.parameters import PARAMETERS, Parameter

DRAWN_FROM = (np.random.Generator, np.random.RandomState)
"""What `random_state` may be beside a number."""
# What `fit_spice` and `optimize_for_participant` call otherwise.
_OTHER_NAMES = {"polynomial_degree": "spice_library_polynomial_degree", "n_trials_optuna": "optuna_n_trials"}
_NUMBERS = {int: Integral, float: Real}


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Check parameters of an estimator, or of the functions that share them.

    Parameters
    ----------
    parameters : mapping of str to object
        Values by name; those that `spice.parameters` does not know are passed over.

    Raises
    ------
    ConfigError
        One of them is not what the table of parameters allows.
    """
    for name, value in parameters.items():
        parameter = PARAMETERS.get(_OTHER_NAMES.get(name, name))
        if parameter is not None:
            _check(name, parameter, value)
    if "device" in parameters:
        check_device(parameters["device"])
    ratio = parameters.get("train_test_ratio", 1.0)
    if isinstance(ratio, bool) or not isinstance(ratio, Real | list | tuple):
        raise ConfigError("train_test_ratio", "a share or a list of positions", repr(ratio), "Use e.g. 0.8 or [3].")


def _check(name: str, parameter: Parameter, value: Any) -> None:
    if parameter.choices and value not in parameter.choices:
        raise ConfigError(name, parameter.allowed, repr(value), f"Set {name} to one of these.")
    kind, low, high = _NUMBERS.get(parameter.kind), parameter.low, parameter.high
    if kind is None or low is None:
        return
    if parameter.unlimited and (value is None or (_is(kind, value) and value == -1)):
        return
    if (value is None and parameter.optional) or (name == "random_state" and isinstance(value, DRAWN_FROM)):
        return
    if parameter.unlimited and _is(kind, value) and value == 0:
        raise ConfigError(name, parameter.allowed, "0", "Use None for no limit.")
    if not _is(kind, value) or not value >= low or (high is not None and value > high) or value == float("inf"):
        raise ConfigError(name, parameter.allowed, repr(value), f"Set {name} within its bounds.")


def _is(kind: type, value: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def kind_of(value: Any) -> str:
    """What something is, in a few words, for errors.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Such as "None", "a str" or "an ndarray".
    """
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'AEIOaeio' else 'a'} {name}"


def check_kind(
    argument: str, value: Any, kind: type | tuple[type, ...] | tuple[str, ...], expected: str, remedy: str,
    error: type[SpiceError] = ConfigError,
) -> None:  # fmt: skip
    """Raise an error where an argument is of the wrong kind altogether.

    Parameters
    ----------
    argument : str
        Its name.
    value : object
    kind : type, or tuple of types or of names
        What it must be an instance of; or attributes that it must have, where anything with them will do.
    expected, remedy : str
        See `SpiceError`. Where a data set is expected and a table is there, the remedy is to convert it.
    error : type
    """
    if isinstance(kind, tuple) and any(isinstance(name, str) for name in kind):
        is_right = not isinstance(value, type) and all(hasattr(value, str(name)) for name in kind)
    else:
        is_right = isinstance(value, kind)  # type: ignore[arg-type]
    if not is_right:
        raise error(argument, expected, kind_of(value), remedy)


def check_data_set(argument: str, value: Any, kind: type) -> None:
    """Check that an argument is a data set; one that is a table is told how to become one.

    Parameters
    ----------
    argument : str
        What it is called.
    value : object
    kind : type
        Class of data sets.

    Raises
    ------
    DataError
        It is of another class.
    """
    table = hasattr(value, "columns") and not isinstance(value, kind)
    remedy = "Make a data set of it by convert_dataset." if table else "Pass what convert_dataset or DatasetRNN gives."
    check_kind(argument, value, kind, "a DatasetRNN", remedy, DataError)


def check_names(argument: str, value: Any) -> None:
    """Check that an argument is a list of names, not one name.

    Parameters
    ----------
    argument : str
        What it is called.
    value : object

    Raises
    ------
    ConfigError
        It is a string, or nothing that can be iterated over.
    """
    if isinstance(value, str):
        raise ConfigError(argument, "a list of names", repr(value), f"Write [{value!r}].")
    check_kind(argument, value, Iterable, "a list of names", f'Write {argument}=["..."].')


def check_path(argument: str, value: Any) -> None:
    """Check that an argument is a path, or None.

    Parameters
    ----------
    argument : str
        What it is called.
    value : object

    Raises
    ------
    ConfigError
        It is neither.
    """
    if value is not None:
        check_kind(argument, value, (str, PathLike), "a path", f'Pass {argument}="my_fit.pkl", say.')


def check_device(device: Any) -> None:
    """Check that torch has a device here.

    Parameters
    ----------
    device : str or torch.device

    Raises
    ------
    ConfigError
        It has none of that name.
    """
    import torch

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ConfigError("device", "a device that torch has here", repr(device), 'Use "cpu".') from error


def check_real_and_dense(argument: str, values: Any) -> None:
    """Check that an argument is there, has real numbers, and is no sparse array.

    Parameters
    ----------
    argument : str
        What it is called.
    values : array, Tensor or nested lists
        Lists that make no array pass: who makes an array of them says so.

    Raises
    ------
    DataError
        None, complex numbers, or a sparse format.
    """
    import torch
    from scipy.sparse import issparse

    if values is None:
        raise DataError(argument, "an array of numbers", "None", f"Pass {argument}.")
    is_tensor = isinstance(values, torch.Tensor)
    if issparse(values) or (is_tensor and values.layout is not torch.strided):
        raise DataError(argument, "a dense array", f"a sparse one ({type(values).__name__})", "Pass its dense form.")
    try:
        is_complex = values.is_complex() if is_tensor else np.iscomplexobj(values)
    except (TypeError, ValueError):
        # Lists that make no array are for who makes one of them.
        return
    if is_complex:
        raise DataError(argument, "real numbers", "complex ones", "Pass choices, rewards and ids as real numbers.")
