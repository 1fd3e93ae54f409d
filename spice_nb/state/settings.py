"""What a fit is configured with: the model, its candidate terms, and every parameter, as plain values."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import yaml
from traitlets import Dict

from spice._validation import check_parameters
from spice.discovery.samples import check_refinable
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError, SpiceError
from spice.precoded import MODELS
from spice_nb.state.candidates import Candidates
from spice_nb.state.declaration import Declaration
from spice_nb.state.model_choice import OWN, ModelChoice
from spice_nb.state.outline import MechanismOutline, outline
from spice_nb.state.parameters import OFFERED, PRESETS
from spice_nb.state.schemas.config_as_settings import config_as_settings
from spice_nb.state.schemas.config_file import parse_config
from spice_nb.state.schemas.settings import HEAD, VERSION, read_settings_file


class SettingsModel(ModelChoice):
    """State of a `ModelPanel`; see `ModelChoice` for its model.

    Attributes
    ----------
    values : dict
        Parameters that differ from their defaults.
    """

    values = Dict()

    def set_candidates(self, mechanism: str, candidates: Candidates) -> None:
        """Let a mechanism's equation be made of other terms; where that cannot be, `problem` says so.

        Parameters
        ----------
        mechanism : str
            One that the model learns.
        candidates : Candidates
        """
        changed = {k: v for k, v in self.candidates.items() if k != mechanism}
        if candidates != Candidates():
            changed[mechanism] = candidates
        self._take(self.values, changed)

    def mechanisms(self) -> list[MechanismOutline]:
        """What the model consists of, with the candidate terms of these settings; empty where there is a blocker.

        Returns
        -------
        list of MechanismOutline
            In the order in which they run.
        """
        if self.blocker:
            return []
        return outline(self.rnn_class(), int(self.value("spice_library_polynomial_degree")), self.candidates)

    def value(self, name: str) -> Any:
        """Value of a parameter.

        Parameters
        ----------
        name : str
            One of `OFFERED`.

        Returns
        -------
        object
            The default where nobody set another.
        """
        return self.values.get(name, OFFERED[name].default)

    def set(self, name: str, value: Any) -> None:
        """Give a parameter a value; where it cannot have it, `problem` says so and all stays as it was.

        Parameters
        ----------
        name : str
            One of `OFFERED`.
        value : object
        """
        values = {k: v for k, v in self.values.items() if k != name}
        if value != OFFERED[name].default:
            values[name] = value
        self._take(values, self.candidates)

    def use_preset(self, name: str) -> None:
        """Set all parameters but the seed to a preset.

        Parameters
        ----------
        name : str
            One of `PRESETS`.
        """
        seed = {key: value for key, value in self.values.items() if key == "random_state"}
        self._take(PRESETS[name] | seed, self.candidates)

    def _take(self, values: Mapping[str, Any], candidates: Mapping[str, Candidates]) -> None:
        try:
            self._check(values, candidates)
        except SpiceError as error:
            self.problem = str(error)
            return
        with self.hold_trait_notifications():
            self.values, self.candidates, self.problem = dict(values), dict(candidates), ""

    def check(self) -> None:
        """Check that something can be fitted with these settings.

        Raises
        ------
        ConfigError
            Names the parameter, or what is wrong with the model.
        """
        self._check(self.values, self.candidates)
        self.config()

    def _check(self, values: Mapping[str, Any], candidates: Mapping[str, Candidates]) -> None:
        estimator = SpiceEstimator(**values)
        check_parameters(estimator.get_params(deep=False))
        config = self._config(candidates) if candidates else None
        if config is not None and estimator.spice_refine:
            check_refinable(config)

    # To take away ----------------------------------------------------------------------------------------------

    def estimator(self) -> SpiceEstimator:
        """A new estimator with these settings.

        Returns
        -------
        SpiceEstimator

        Raises
        ------
        ConfigError
        """
        return SpiceEstimator(rnn_class=self.rnn_class(), spice_config=self.config(), **self.values)

    def python(self) -> str:
        """The lines of a script that fit the same; in words where there is a blocker.

        Returns
        -------
        str
        """
        if self.blocker:
            return f"# {self.blocker}\n"
        config = self.config()
        model, declared = self._model_python()
        given = {} if config is None else {"spice_config": config}
        lines = "".join(f"    {key}={value!r},\n" for key, value in (given | self.values).items())
        names = "SpiceEstimator" if config is None else "SpiceConfig, SpiceEstimator"
        return (
            f"from spice.estimator import {names}\n{declared}\n"
            "estimator = SpiceEstimator(\n"
            f"    rnn_class={model},\n    n_actions=dataset.n_actions,\n{lines})\n"
            "estimator.fit(dataset)\n"
            "print(estimator.equations_.canonical())\n"
        )

    def _model_python(self) -> tuple[str, str]:
        """The model as a script names it, and the lines that bring it there."""
        if self.model == OWN:
            assert self.own is not None
            return self.own.name, self.own.with_inputs(self.inputs).python() + "\n"
        name = MODELS[self.model].__name__
        imported = f"from spice.precoded import {name}\n"
        if not self.inputs:
            return name, imported
        return (
            f"with_inputs({name}, {list(self.inputs)!r})",
            imported + "from spice.model.with_inputs import with_inputs\n",
        )

    def to_json(self) -> str:
        """The settings as a settings file holds them.

        Returns
        -------
        str
        """
        plain = {
            HEAD: VERSION,
            "model": self.model,
            "own": None if self.own is None else self.own.to_plain(),
            "inputs": list(self.inputs),
            "candidates": {name: asdict(own) for name, own in self.candidates.items()},
            "values": self.values,
        }
        return json.dumps(plain, indent=2)

    def from_json(self, text: str) -> None:
        """Take the settings of a file, of the app or the command line.

        Where that cannot be, `problem` says so and all stays as it was.

        Parameters
        ----------
        text : str
            YAML or JSON.
        """
        try:
            read = read_settings(text)
            read.check()
        except SpiceError as error:
            self.problem = str(error)
            return
        with self.hold_trait_notifications():
            self.own = read.own
            self.model, self.inputs, self.candidates = read.model, read.inputs, read.candidates
            self.values, self.problem = read.values, ""


def read_settings(text: str) -> SettingsModel:
    """What a settings file says, or a config file of the command line.

    Parameters
    ----------
    text : str
        YAML or JSON.

    Returns
    -------
    SettingsModel
        Not checked yet: `SettingsModel.check` does that.

    Raises
    ------
    ConfigError
        No settings, or some that are unknown or of the wrong kind.
    """
    try:
        plain = parse_config(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ConfigError(
            "settings file", "one that was saved here", "another file", "The file holds no settings of spice-nb."
        ) from error
    is_config = isinstance(plain, dict) and HEAD not in plain and "model" in plain
    file = config_as_settings(plain) if is_config else read_settings_file(plain)
    return SettingsModel(
        own=None if file.own is None else Declaration.of_file(file.own),
        model=file.model,
        inputs=file.inputs,
        candidates=file.candidates,
        values=file.values,
    )
