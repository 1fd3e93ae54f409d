"""What a fit is configured with: the model and every parameter of the estimator, as plain values."""

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from traitlets import Dict, HasTraits, Unicode, validate

from spice._validation import check_parameters
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, SpiceError
from spice.precoded import MODELS
from spice.resources.sparse_regression import OPTIMIZER_TYPES
from spice_nb.models.outline import MechanismOutline, outline

VERSION = 1
"""Of the settings file."""

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
    default : Any
    """

    name: str
    label: str
    help: str
    default: Any

    def read(self, text: str) -> Any:
        """A value from what was typed; empty is None.

        Raises
        ------
        ConfigError
        """
        text = text.strip()
        if not text or text.lower() == "none":
            return None
        try:
            return json.loads(text.replace(",", ".") if re.fullmatch(r"-?\d+,\d+", text) else text)
        except ValueError:
            if isinstance(self.default, str):
                return text
            raise ConfigError(self.label, "a number", repr(text), "Type a number such as 0.05.") from None


@cache
def parameters() -> dict[str, Parameter]:
    """All parameters that a person may set, explained in the words of the estimator's own documentation."""
    helps = _helps(inspect.getdoc(SpiceEstimator) or "")
    defaults = {name: p.default for name, p in inspect.signature(SpiceEstimator).parameters.items()}
    names = (*BASIC, *(name for group in ADVANCED.values() for name in group))
    return {name: Parameter(name, LABELS[name], helps.get(name, ""), defaults[name]) for name in names}


class SettingsModel(HasTraits):
    """State of a `ModelPanel`.

    Attributes
    ----------
    model : str
        One of `spice.precoded.MODELS`.
    values : dict
        Parameters that differ from their defaults.
    problem : str
        What is wrong with them; empty where nothing is.
    """

    model = Unicode("participant-embedding")
    values = Dict()
    problem = Unicode()

    @validate("model")
    def _known_model(self, proposal: Mapping[str, Any]) -> str:
        name: str = proposal["value"]
        if name not in MODELS:
            raise ConfigError("model", f"one of {sorted(MODELS)}", repr(name), "Choose a model from the list.")
        return name

    def value(self, name: str) -> Any:
        """Value of a parameter."""
        return self.values.get(name, parameters()[name].default)

    def set(self, name: str, value: Any) -> None:
        """Give a parameter a value; where it cannot have it, `problem` says so and all stays as it was."""
        values = {k: v for k, v in self.values.items() if k != name}
        if value != parameters()[name].default:
            values[name] = value
        try:
            self._check(values)
        except SpiceError as error:
            self.problem = str(error)
            return
        with self.hold_trait_notifications():
            self.values, self.problem = values, ""

    def use_preset(self, name: str) -> None:
        """Set everything to a preset."""
        with self.hold_trait_notifications():
            self.values, self.problem = dict(PRESETS[name]), ""

    @staticmethod
    def _check(values: Mapping[str, Any]) -> None:
        estimator = SpiceEstimator(**values)
        check_parameters(estimator.get_params(deep=False))

    def sentence(self) -> str:
        """What the model says about people."""
        return (inspect.getdoc(MODELS[self.model]) or "").split("\n")[0]

    def mechanisms(self) -> list[MechanismOutline]:
        """What the model consists of, with the candidate terms of these settings."""
        return outline(MODELS[self.model], int(self.value("spice_library_polynomial_degree")))

    def estimator(self) -> SpiceEstimator:
        """A new estimator with these settings."""
        return SpiceEstimator(rnn_class=MODELS[self.model], **self.values)

    def python(self) -> str:
        """The lines of a script that fit the same."""
        name = MODELS[self.model].__name__
        lines = "".join(f"    {key}={value!r},\n" for key, value in self.values.items())
        return (
            "from spice.estimator import SpiceEstimator\n"
            f"from spice.precoded import {name}\n\n"
            "estimator = SpiceEstimator(\n"
            f"    rnn_class={name},\n    n_actions=dataset.n_actions,\n{lines})\n"
            "estimator.fit(dataset.xs, dataset.ys)\n"
            "print(estimator.equations_.canonical())\n"
        )

    def to_json(self) -> str:
        """As a settings file."""
        return json.dumps({"spice-nb settings": VERSION, "model": self.model, "values": self.values}, indent=2)

    def from_json(self, text: str) -> None:
        """Take the settings of a file; where that cannot be, `problem` says so and all stays as it was."""
        try:
            plain = json.loads(text)
            version = plain.get("spice-nb settings") if isinstance(plain, dict) else None
            if not isinstance(version, int):
                raise ConfigError("settings file", "one that was saved here", "another file", "Choose a settings file.")
            if version > VERSION:
                raise ConfigError(
                    "settings file", f"version {VERSION}", f"version {version}", "Update spice-nb to read it."
                )
            if plain["model"] not in MODELS:
                raise ConfigError("settings file", f"a model of {sorted(MODELS)}", repr(plain["model"]), "Choose one.")
            values = dict(plain["values"])
            unknown = sorted(set(values) - set(parameters()))
            if unknown:
                raise ConfigError("settings file", "known parameters", unknown, "Remove them from the file.")
            self._check(values)
            with self.hold_trait_notifications():
                self.model, self.values, self.problem = plain["model"], values, ""
        except (ValueError, KeyError, TypeError) as error:
            self.problem = str(error) if isinstance(error, SpiceError) else "The file holds no settings of spice-nb."


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
                helps[name] = f"{helps[name]} {line.strip()}".strip()
    return helps
