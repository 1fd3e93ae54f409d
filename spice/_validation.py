"""Checks of numbers that people pass in."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

from spice.exceptions import ConfigError

# name: (type, smallest, largest (exclusive where None is no bound), whether None is allowed)
_BOUNDS: dict[str, tuple[type, float, float | None, bool]] = {
    "hidden_size": (Integral, 1, None, False),
    "dropout": (Real, 0, 0.99, False),
    "n_actions": (Integral, 2, None, False),
    "n_participants": (Integral, 0, None, False),
    "n_experiments": (Integral, 0, None, False),
    "epochs": (Integral, 0, None, False),
    "learning_rate": (Real, 1e-12, None, False),
    "batch_size": (Integral, -1, None, True),
    "n_steps_per_call": (Integral, -1, None, True),
    "sequence_length": (Integral, -1, None, True),
    "convergence_threshold": (Real, 0, None, False),
    "l2_weight_decay": (Real, 0, None, False),
    "spice_library_polynomial_degree": (Integral, 1, 5, False),
    "spice_participant_id": (Integral, 0, None, True),
    "n_trials_off_policy": (Integral, 10, None, False),
    "n_sessions_off_policy": (Integral, 1, None, False),
    "n_trials_same_action_off_policy": (Integral, 1, None, False),
    "optuna_threshold": (Real, 0, None, False),
    "optuna_n_trials": (Integral, 1, None, False),
    "random_state": (Integral, 0, None, True),
}
# What `fit_spice` and `optimize_for_participant` call the same.
_BOUNDS["polynomial_degree"] = _BOUNDS["spice_library_polynomial_degree"]
_BOUNDS["n_trials_optuna"] = _BOUNDS["optuna_n_trials"]


def allowed(name: str) -> str:
    """What a parameter may be, in words; empty where it is no bounded number."""
    if name not in _BOUNDS:
        return ""
    kind, low, high, optional = _BOUNDS[name]
    words = "a whole number" if kind is Integral else "a number"
    if low == -1:
        return f"{words} above 0, or none for no limit"
    bound = f"from {low:g} to {high:g}" if high is not None else "above 0" if 0 < low < 1 else f"of {low:g} or more"
    return f"{words} {bound}" + (", or none" if optional else "")


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Raise `ConfigError` where one of these parameters is not a number within its bounds."""
    for name, (kind, low, high, optional) in _BOUNDS.items():
        if name not in parameters:
            continue
        value = parameters[name]
        if value is None and optional:
            continue
        right_type = isinstance(value, kind) and not isinstance(value, bool)
        if not right_type or not value >= low or (high is not None and value > high) or value == float("inf"):
            raise ConfigError(name, allowed(name), repr(value), f"Set {name} within its bounds.")
        if value == 0 and low == -1:
            raise ConfigError(name, allowed(name), "0", "Use None for no limit.")
    if "device" in parameters:
        check_device(parameters["device"])
    ratio = parameters.get("train_test_ratio", 1.0)
    if isinstance(ratio, bool) or not isinstance(ratio, Real | list | tuple):
        raise ConfigError("train_test_ratio", "a share or a list of positions", repr(ratio), "Use e.g. 0.8 or [3].")


def check_device(device: Any) -> None:
    """Raise `ConfigError` where torch has no such device here."""
    import torch

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ConfigError("device", "a device that torch has here", repr(device), 'Use "cpu".') from error
