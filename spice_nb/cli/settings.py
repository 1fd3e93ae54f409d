"""Everything that decides a fit from the command line. Light to import: the help shows its defaults."""

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

PRESETS: dict[str, dict[str, Any]] = {
    "dezfouli2019": {"participant": "participant", "block": "block", "choice": "choice", "reward": ("reward",)},
    # Each person played one game, in which what was learned carries over from block to block.
    "zorowitz2023": {"participant": "participant", "block": None, "choice": "choice", "reward": ("reward",)},
    "fontanesi2019": {
        "participant": "participant",
        "block": "block",
        "choice": "choice",
        "reward": ("reward_1", "reward_2", "reward_3", "reward_4"),
        "options": ("pair",),
    },
    "simulated": {"participant": "participant", "block": None, "choice": "choice", "reward": ("reward",)},
}
"""Columns of the built-in data sets."""

ESTIMATOR_PARAMETERS = {
    "degree": "spice_library_polynomial_degree",
    "epochs": "epochs",
    "hidden_size": "hidden_size",
    "learning_rate": "learning_rate",
    "dropout": "dropout",
    "batch_size": "batch_size",
    "n_steps_per_call": "n_steps_per_call",
    "weight_decay": "l2_weight_decay",
    "optimizer": "spice_optimizer_type",
    "threshold": "spice_optim_threshold",
    "regularization": "spice_optim_regularization",
    "refine": "spice_refine",
    "n_trials_off_policy": "n_trials_off_policy",
    "optuna": "use_optuna",
    "optuna_threshold": "optuna_threshold",
    "optuna_trials": "optuna_n_trials",
    "seed": "random_state",
}
"""Options that are handed on to `SpiceEstimator`, and what they are called there."""

ANSWERS = (
    "leave_out", "leave_out_few", "leave_out_copies", "missed", "where", "order", "relabel", "reward_words",
    "reward_missing", "reward_sum", "reward_range", "keep",
)  # fmt: skip
"""Options with which questions about a table are answered; `convert_dataset` calls them so too."""


@dataclass(frozen=True)
class FitSettings:
    """What `spice-nb fit` was told; the names are those of the options, with underscores.

    Columns that are None are not used. `out` is the results folder, `data` files or a built-in data set.
    """

    data: tuple[str, ...] = ()
    participant: str = "participant"
    block: str | None = "block"
    experiment: str | None = "experiment"
    choice: str = "choice"
    reward: tuple[str, ...] = ("reward",)
    input: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    sheet: str | None = None
    encoding: str | None = None
    file_pattern: str | None = None
    leave_out: tuple[str, ...] = ()
    leave_out_few: bool = False
    missed: tuple[str, ...] | None = None
    where: tuple[str, ...] = ()
    order: str | None = None
    relabel: tuple[str, ...] = ()
    reward_words: tuple[str, ...] = ()
    reward_missing: tuple[str, ...] = ()
    reward_sum: bool = False
    reward_range: str | None = None
    leave_out_copies: bool = False
    keep: tuple[str, ...] = ()
    model: str = "forgetting"
    holdout: str = "last:0.33"
    out: str = ""
    participant_equations: str | None = None
    degree: int = 1
    epochs: int = 128
    hidden_size: int = 8
    learning_rate: float = 5e-3
    dropout: float = 0.25
    batch_size: int | None = 256
    n_steps_per_call: int | None = 16
    weight_decay: float = 0.0
    optimizer: str = "SR3_weighted_l1"
    threshold: float = 0.03
    regularization: float = 0.1
    refine: bool = True
    n_trials_off_policy: int = 1000
    optuna: bool = False
    optuna_threshold: float = 0.1
    optuna_trials: int = 50
    seed: int = 0

    @property
    def is_builtin(self) -> bool:
        """Whether `data` names a built-in data set."""
        return len(self.data) == 1 and self.data[0] in PRESETS

    @property
    def source(self) -> str | tuple[str, ...]:
        """The only file or data set, or all files."""
        return self.data[0] if len(self.data) == 1 else self.data

    @property
    def name(self) -> str:
        """Of the file, the folder of several files, or the data set."""
        path = Path(self.data[0].replace("\\", "/"))
        several = len(self.data) > 1 or ("*" in path.name or "?" in path.name)
        return (path.parent if several else path).absolute().name

    @property
    def folder(self) -> Path:
        """Where results go."""
        return Path(self.out) if self.out else Path("spice-results") / self.name.split(".")[0]

    @property
    def estimator_parameters(self) -> dict[str, Any]:
        """Keyword parameters of `SpiceEstimator`, without the model."""
        return {parameter: getattr(self, option) for option, parameter in ESTIMATOR_PARAMETERS.items()}

    def to_yaml(self, folder: Path) -> str:
        """All settings as a config file to be put into that folder."""
        plain = {option_name(f.name): getattr(self, f.name) for f in fields(self)}
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
        data = self.data if self.is_builtin else [_relative(name, folder) for name in self.data]
        plain["data"] = data[0] if len(data) == 1 else data
        plain["out"] = "."
        import yaml

        head = (
            "# Repeat this fit with: spice-nb fit --config config.yaml\n"
            "# Paths are relative to this file. Written by spice-nb.\n"
        )
        return head + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)


def option_name(name: str) -> str:
    """`hidden_size` as people type it: `hidden-size`."""
    return name.replace("_", "-")


def _relative(data: str, folder: Path) -> str:
    """A path as seen from the folder, so that both can move together."""
    target = Path(data).resolve()
    try:
        return Path(os.path.relpath(target, folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(target)
