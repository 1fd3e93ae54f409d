"""The parameters of the estimator, grouped, named and explained for people."""

import inspect
import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from spice._validation import allowed
from spice.discovery.sparse_regression import OPTIMIZER_TYPES
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError

BASIC = ("epochs", "learning_rate", "spice_optim_threshold", "spice_library_polynomial_degree", "random_state")
ADVANCED = {
    "Network": ("hidden_size", "dropout", "l2_weight_decay"),
    "Training": (
        "batch_size", "n_steps_per_call", "sequence_length", "convergence_threshold", "scheduler", "bagging",
        "train_test_ratio", "device",
    ),
    "Equations": (
        "spice_optimizer_type", "spice_optim_regularization", "spice_participant_id", "spice_refine",
        "n_trials_off_policy", "n_sessions_off_policy", "n_trials_same_action_off_policy", "use_optuna",
        "optuna_threshold", "optuna_n_trials",
    ),
}  # fmt: skip
"""Parameters by group; the number of options and of people follows the data."""

PRESETS: dict[str, dict[str, Any]] = {
    "Defaults": {},
    "Quick look": {"epochs": 32},
    "Thorough": {"epochs": 512, "scheduler": True, "use_optuna": True},
    "Not refined on the choices": {"spice_refine": False},
}

LABELS = {
    "epochs": "Epochs",
    "learning_rate": "Learning rate of the network",
    "spice_optim_threshold": "Threshold of terms",
    "spice_library_polynomial_degree": "Degree of terms",
    "random_state": "Random seed",
    "hidden_size": "Hidden units",
    "dropout": "Dropout",
    "l2_weight_decay": "Weight decay",
    "batch_size": "Sequences in a mini-batch",
    "n_steps_per_call": "Trials in a window",
    "sequence_length": "Cut sequences at",
    "convergence_threshold": "Converged below",
    "scheduler": "Let the learning rate fall",
    "bagging": "Draw with replacement",
    "train_test_ratio": "Share to train on",
    "device": "Device",
    "spice_optimizer_type": "Optimizer",
    "spice_optim_regularization": "Regularization",
    "spice_participant_id": "One participant only",
    "spice_refine": "Refine on the choices",
    "n_trials_off_policy": "Trials off policy",
    "n_sessions_off_policy": "Sessions off policy",
    "n_trials_same_action_off_policy": "Repeats of a choice",
    "use_optuna": "Search settings with Optuna",
    "optuna_threshold": "Search where worse by",
    "optuna_n_trials": "Trials of the search",
}
CHOICES: dict[str, tuple[str, ...]] = {"spice_optimizer_type": tuple(OPTIMIZER_TYPES)}


@dataclass(frozen=True)
class Parameter:
    """A parameter of the estimator.

    Attributes
    ----------
    name, label, help : str
    allowed : str
        What it may be, in words; empty where its help says that.
    default : Any
    """

    name: str
    label: str
    help: str
    allowed: str
    default: Any

    @property
    def explained(self) -> str:
        """Its help, what it may be, and its default."""
        switch = "on" if self.default else "off"
        default = switch if isinstance(self.default, bool) else "none" if self.default is None else self.default
        allowed = f" {self.allowed[:1].upper()}{self.allowed[1:]}." if self.allowed else ""
        return f"{self.help}{allowed} Default: {default}."

    def read(self, text: str) -> Any:
        """A value from what was typed; empty is None.

        Raises
        ------
        ConfigError
        """
        text = text.strip()
        if not text or text.lower() == "none":
            return None
        if isinstance(self.default, str):
            return text
        try:
            return json.loads(text) if text.startswith("[") else read_number(self.label, text)
        except ValueError as error:
            if isinstance(error, ConfigError):
                raise
            raise ConfigError(self.label, "numbers such as [2, 3]", repr(text), "Write them so.") from error


def read_number(label: str, text: str) -> float:
    """A number as people write it, whole where it is; with a decimal comma too.

    Raises
    ------
    ConfigError
    """
    text = text.strip()
    try:
        number: float = json.loads(text.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", text) else text)
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            return number
    except ValueError:
        pass
    raise ConfigError(label, "a number", repr(text), "Type a number such as 0.05.")


@cache
def parameters() -> dict[str, Parameter]:
    """All parameters that a person may set, explained in the words of the estimator's own documentation."""
    helps = _helps(inspect.getdoc(SpiceEstimator) or "")
    defaults = {name: p.default for name, p in inspect.signature(SpiceEstimator).parameters.items()}
    names = (*BASIC, *(name for group in ADVANCED.values() for name in group))
    return {name: Parameter(name, LABELS[name], helps.get(name, ""), allowed(name), defaults[name]) for name in names}


def _helps(docstring: str) -> dict[str, str]:
    """The description of each parameter in a docstring of numpy's style."""
    section = docstring.split("Parameters\n----------\n")[1].split("\nAttributes\n")[0]
    helps: dict[str, str] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.split(":")[0].split(",")]
            helps |= dict.fromkeys(names, "")
        elif line.strip():
            for name in names:
                helps[name] = f"{helps[name]} {line.strip()}".strip().replace("`", "")
    return helps
