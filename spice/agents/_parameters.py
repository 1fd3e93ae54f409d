"""Which parameters the Q-learning agent has, their bounds, and how those of a person are drawn."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.agents._checks import check_number
from spice.exceptions import ConfigError

BETAS = ("beta_reward", "beta_counterfactual", "beta_choice")
RATES = (
    "alpha_reward",
    "alpha_penalty",
    "alpha_counterfactual_reward",
    "alpha_counterfactual_penalty",
    "alpha_choice",
    "forget_rate",
)
AS_REWARD = -1.0
"""Value of alpha_penalty that ties it to alpha_reward."""
AS_MEAN = -1.0
"""Standard deviation that stands for the mean itself."""


def check_parameters(
    parameters: Mapping[str, ArrayLike], shape: tuple[int, ...] = ()
) -> dict[str, NDArray[np.float64]]:
    """Return the parameters as arrays of floats, leaving a tied `alpha_penalty` out.

    Parameters
    ----------
    parameters : mapping of str to float or array
        Values by name.
    shape : tuple of int
        (n_sessions,) for a batch of sessions; a value is one number or has this shape.

    Raises
    ------
    ConfigError
        An unknown name, a rate outside [0, 1], a beta that is not finite, a shape that does not fit.
    """
    checked = {}
    for name, value in parameters.items():
        if name in BETAS:
            number = check_number(name, value)
        elif name not in RATES:
            raise ConfigError(
                "parameters", f"one of {', '.join(BETAS + RATES)}", repr(name), "Name only parameters of AgentQ."
            )
        elif name == "alpha_penalty" and _is_code(value, AS_REWARD):
            continue
        else:
            number = check_number(name, value, 0.0, 1.0)
        if number.shape not in ((), shape):
            expected = f"one number or an array of shape {shape}" if shape else "one number"
            raise ConfigError(name, expected, f"shape {number.shape}", "Give one value for each session.")
        checked[name] = number
    return checked


def check_deviations(variance: float | Mapping[str, float], means: Mapping[str, Any]) -> dict[str, float]:
    """Return the standard deviation of each parameter that varies between people.

    One number holds for every parameter in use, which are those whose mean is not zero; a mapping says which
    parameters vary. -1 stands for the mean.

    Raises
    ------
    ConfigError
        An unknown name, or a standard deviation that is neither finite and at least 0 nor -1.
    """
    if isinstance(variance, Mapping):
        unknown = sorted(set(variance) - {*BETAS, *RATES})
        if unknown:
            valid = f"names among {', '.join(BETAS + RATES)}"
            raise ConfigError("parameter_variance", valid, ", ".join(unknown), "Correct the names.")
        wanted = dict(variance)
    else:
        wanted = {name: variance for name, mean in means.items() if mean != 0}
        check_deviation(variance)
    deviations = {}
    for name, value in wanted.items():
        mean = means.get(name, means["alpha_reward"])
        deviation = abs(float(mean)) if check_deviation(value) == AS_MEAN else float(value)
        if deviation > 0:
            deviations[name] = deviation
    return deviations


def check_deviation(value: float) -> float:
    """Return a standard deviation that is at least 0, or -1, or raise a ConfigError."""
    if _is_code(value, AS_MEAN):
        return AS_MEAN
    return check_number("parameter_variance", value, low=0.0, n_dims=0).item()


def draw_parameter(
    name: str, mean: float, deviation: float, shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw a parameter of each session from a normal distribution, clipped to what it may be.

    Rates are clipped to [0, 1]. A beta is clipped at 0 and so keeps the sign of its mean.
    """
    drawn = np.asarray(rng.normal(mean, deviation, shape))
    if name in RATES:
        return np.clip(drawn, 0.0, 1.0)
    return np.minimum(drawn, 0.0) if mean < 0 else np.maximum(drawn, 0.0)


def _is_code(value: Any, code: float) -> bool:
    """Whether this is the one number that stands for something else."""
    return (isinstance(value, Real) or getattr(value, "ndim", None) == 0) and bool(value == code)
