"""What both packages are measured with: the same arrays, the same settings, the same score.

Nothing here imports either package; both are imported under the name `spice`, each in its own environment.
"""

import json
import platform
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

N_ARMS = 2
ALIKE: dict[str, Any] = {
    "batch_size": -1,
    "n_steps_per_call": -1,
    "learning_rate": 1e-2,
    "dropout": 0.0,
    "spice_optimizer_type": "SR3_weighted_l1",
    "spice_optim_threshold": 0.05,
    "spice_optim_regularization": 1e-2,
    "spice_library_polynomial_degree": 1,
    "n_trials_off_policy": 1000,
    "n_sessions_off_policy": 1,
    "n_trials_same_action_off_policy": 5,
}
"""Settings of a comparison like for like: the peer's defaults, given to both."""


def arrays(path: Path, half: str = "") -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Conditions and targets of a file; `half` is "" for the trials to fit and "_test" for those held out.

    The last trial has no next choice and is left out: the peer would train on an invented one.
    """
    with np.load(path) as file:
        choices, rewards = file["choices" + half], file["rewards" + half]
    n_people, n_trials = choices.shape
    xs = np.zeros((n_people, n_trials - 1, 2 * N_ARMS + 3), dtype=np.float32)
    chosen = choices[..., None] == np.arange(N_ARMS)
    xs[..., :N_ARMS] = chosen[:, :-1]
    xs[..., N_ARMS : 2 * N_ARMS] = np.where(chosen, rewards[..., None], -1)[:, :-1]
    xs[..., -1] = np.arange(n_people)[:, None]
    return xs, chosen[:, 1:].astype(np.float32)


def negative_log_likelihood(probabilities: NDArray[Any], targets: NDArray[Any]) -> float:
    """Mean over trials 2 to n of -log p of the choice, nats."""
    return float(-np.log((probabilities * targets).sum(-1)).mean())


def score_both(predicted: tuple[NDArray[Any], NDArray[Any]], targets: NDArray[Any]) -> dict[str, float]:
    """The score of the network and of the equations."""
    return {
        "nll_network": negative_log_likelihood(predicted[0], targets),
        "nll_equations": negative_log_likelihood(predicted[1], targets),
    }


def score_of_truth(path: Path, half: str = "_test") -> float | None:
    """The score of the model that the file was simulated with, or None where nothing is held out."""
    with np.load(path) as file:
        if "choices" + half not in file:
            return None
        choices, rewards = file["choices" + half], file["rewards" + half]
        alpha, forget, beta = (file[name][:, None] for name in ("alpha", "forget", "beta"))
    chosen = choices[..., None] == np.arange(N_ARMS)
    value, total = np.full((len(choices), N_ARMS), 0.5), 0.0
    for t in range(choices.shape[1] - 1):
        learned = value + alpha * (rewards[:, t, None] - value)
        value = np.where(chosen[:, t], learned, value + forget * (0.5 - value))
        p = np.exp(beta * value)
        total += negative_log_likelihood(p / p.sum(-1, keepdims=True), chosen[:, t + 1])
    return total / (choices.shape[1] - 1)


@contextmanager
def quiet() -> Iterator[None]:
    """Send what is printed to stderr: stdout carries the result alone."""
    with redirect_stdout(sys.stderr):
        yield


def report(package: str, **values: float | int | None) -> None:
    """Write the result of this process as JSON, with its peak memory and what it ran on."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    versions = {name: _version(name) for name in (package, "torch", "numpy", "numba")}
    result = {"values": values | {"peak_mb": peak / 1e6}, "versions": {"python": platform.python_version()} | versions}
    sys.stdout.write(json.dumps(result) + "\n")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
