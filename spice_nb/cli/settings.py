"""Everything that decides a fit from the command line. Light to import: the help shows its defaults."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from spice.datasets.info import DatasetInfo, list_datasets
from spice_nb.estimator_options import DEFAULT_MODEL, ESTIMATOR_OPTIONS, value_type

COLUMN_OPTIONS = {
    "df_participant_id": "participant",
    "df_block": "block",
    "df_experiment_id": "experiment",
    "df_choice": "choice",
    "df_reward": "reward",
    "df_options": "options",
    "additional_inputs": "input",
}
"""Options that name columns, by the argument of `convert_dataset` that they are."""


def _preset(info: DatasetInfo) -> dict[str, Any]:
    """Columns of a public data set by the options that name them."""
    several = ("reward", "options", "input")
    named = {COLUMN_OPTIONS[argument]: value for argument, value in info.columns.items()}
    return {
        option: ((value,) if isinstance(value, str) else tuple(value)) if option in several else value
        for option, value in named.items()
    }


PRESETS: dict[str, dict[str, Any]] = {info.name: _preset(info) for info in list_datasets()} | {
    # Made here, with no table in between.
    "simulated": {"block": None}
}
"""Columns of the built-in data sets."""

ANSWERS = (
    "leave_out", "leave_out_few", "leave_out_copies", "missed", "where", "order", "relabel", "reward_words",
    "reward_missing", "reward_sum", "reward_range", "keep",
)  # fmt: skip
"""Options with which questions about a table are answered; `convert_dataset` calls them so too."""


@dataclass(frozen=True)
class FitSettings:
    """What `spice-nb fit` was told; the names are those of the options, with underscores.

    Columns that are None are not used. `out` is the results folder, `data` files or a built-in data set.
    `estimator_options` has what was said of `ESTIMATOR_OPTIONS`; the others have their defaults. What is no option and
    only a file can say: `own`, a `Declaration`, is the model where `model` is "own"; `candidates`, of `Candidates` by
    mechanism, are terms other than the model declares; `parameters` are those of the estimator that are no options.
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
    model: str = DEFAULT_MODEL
    holdout: str = "last:0.33"
    out: str = ""
    participant_equations: str | None = None
    own: Any = None
    candidates: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    estimator_options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "FitSettings":
        """Make settings of what was said, where options of the estimator stand among the others.

        Parameters
        ----------
        said : mapping of str to object
            By the names of the options, with underscores.

        Returns
        -------
        FitSettings
        """
        options = {name: value for name, value in said.items() if name in ESTIMATOR_OPTIONS}
        return cls(**{n: v for n, v in said.items() if n not in options}, estimator_options=options)

    @staticmethod
    def kinds() -> dict[str, Any]:
        """The type of every option by its name, in the order of the config file.

        Returns
        -------
        dict of str to type
        """
        from_files = ("own", "candidates", "parameters", "estimator_options")
        own = {name: kind for name, kind in get_type_hints(FitSettings).items() if name not in from_files}
        return own | {name: value_type(parameter) for name, parameter in ESTIMATOR_OPTIONS.items()}

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
        """Name of the file, of the folder of several files, or of the data set."""
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
        return {p.name: self._option(option) for option, p in ESTIMATOR_OPTIONS.items()} | dict(self.parameters)

    def _option(self, name: str) -> Any:
        return self.estimator_options.get(name, ESTIMATOR_OPTIONS[name].on_command_line)

    def to_yaml(self, folder: Path, model: str | None = None) -> str:
        """All settings as a config file to be put into that folder, where a file may hold the model.

        Parameters
        ----------
        folder : Path
            Of the config file; paths in it are seen from there.
        model : str, optional
            What `model` is in the file; by default as it was told.

        Returns
        -------
        str
            YAML.
        """
        values = {
            name: self._option(name) if name in ESTIMATOR_OPTIONS else getattr(self, name) for name in self.kinds()
        }
        plain = {option_name(n): list(value) if isinstance(value, tuple) else value for n, value in values.items()}
        data = self.data if self.is_builtin else [relative_to(folder, name) for name in self.data]
        plain["data"] = data[0] if len(data) == 1 else data
        plain["model"] = model or self.model
        plain["out"] = "."
        if self.own is not None:
            plain["own"] = self.own.to_plain()
        if self.candidates:
            plain["candidates"] = {name: asdict(own) for name, own in self.candidates.items()}
        if self.parameters:
            plain["parameters"] = dict(self.parameters)
        import yaml

        head = (
            "# Repeat this fit with: spice-nb fit --config config.yaml\n"
            "# Paths are relative to this file. Written by spice-nb.\n"
        )
        return head + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)


def option_name(name: str) -> str:
    """`hidden_size` as people type it: `hidden-size`.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return name.replace("_", "-")


def relative_to(folder: Path, data: str) -> str:
    """A path as seen from the folder, so that both can move together.

    Parameters
    ----------
    folder : Path
    data : str
        The path.

    Returns
    -------
    str
        With forward slashes; absolute where it is on another drive.
    """
    target = Path(data).resolve()
    try:
        return Path(os.path.relpath(target, folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(target)
