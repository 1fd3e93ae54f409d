"""What a fit is configured with: the model, its candidate terms, and every parameter, as plain values."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import yaml
from traitlets import Dict, HasTraits, Instance, Tuple, Unicode, validate

from spice._validation import check_parameters
from spice.declaration.mechanisms import REWARD
from spice.discovery.samples import check_refinable
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import ConfigError, SpiceError
from spice.model.base import BaseRNN
from spice.model.registry import find_model, registered_models
from spice.model.with_inputs import input_names, with_inputs
from spice.precoded import MODELS
from spice_nb.state.candidates import Candidates, configured, still_fitting
from spice_nb.state.declaration import Declaration
from spice_nb.state.outline import MechanismOutline, outline, word
from spice_nb.state.parameters import OFFERED, PRESETS
from spice_nb.state.schemas.config_as_settings import config_as_settings
from spice_nb.state.schemas.config_file import parse_config
from spice_nb.state.schemas.settings import HEAD, VERSION, read_settings_file

OWN = "own"
"""Name of a model of one's own among the precoded ones."""


class SettingsModel(HasTraits):
    """State of a `ModelPanel`.

    Attributes
    ----------
    model : str
        One of `spice.precoded.MODELS`, or `OWN`.
    own : Declaration, optional
        The model of one's own, kept while another is chosen.
    candidates : dict of mechanism to Candidates
        Where equations may be made of other terms than the model declares.
    inputs : tuple of str
        Additional inputs of the data; precoded models take each in every learned mechanism.
    values : dict
        Parameters that differ from their defaults.
    problem : str
        What was asked for last and cannot be; empty where nothing was.
    """

    model = Unicode("participant-embedding")
    own = Instance(Declaration, allow_none=True)
    candidates: Any = Dict()
    inputs: Any = Tuple()
    values = Dict()
    problem = Unicode()

    @validate("model")
    def _known_model(self, proposal: Mapping[str, Any]) -> str:
        name: str = proposal["value"]
        if name not in MODELS and not (name == OWN and self.own is not None):
            raise ConfigError("model", f"one of {sorted(MODELS)}", repr(name), "Choose a model from the list.")
        return name

    @property
    def blocker(self) -> str:
        """Why nothing can be fitted with these settings; empty where it can."""
        try:
            self.config()
        except SpiceError as error:
            return str(error)
        return ""

    # The model -------------------------------------------------------------------------------------------------

    def choose(self, name: str) -> None:
        """Take another model; one of a person's own is taken as such, so that saved settings hold all of it.

        Parameters
        ----------
        name : str

        Raises
        ------
        ConfigError
            There is none of that name.
        """
        if name != OWN:
            found = find_model(name)
            if not found.is_precoded:
                self.own, name = Declaration.of(found.rnn_class, found.name), OWN
        self.model = name
        with self.hold_trait_notifications():
            self.problem = ""
            self._drop_candidates()

    def build(self) -> None:
        """Make a copy of the model chosen, to be changed."""
        if self.model != OWN:
            self.own = Declaration.of(self.rnn_class(), "OwnRNN")
            self.model, self.problem = OWN, ""

    def change(self, change: Callable[[Declaration], Declaration]) -> bool:
        """Change the model of one's own; where that cannot be, `problem` says so and all stays as it was.

        Parameters
        ----------
        change : callable
            Takes the declaration and gives another.

        Returns
        -------
        bool
            Whether it could be.
        """
        assert self.own is not None
        try:
            changed = change(self.own)
        except SpiceError as error:
            self.problem = str(error)
            return False
        with self.hold_trait_notifications():
            self.own, self.problem = changed, ""
            self._drop_candidates()
        return True

    def use_inputs(self, columns: Sequence[str]) -> None:
        """Fit data with these additional columns."""
        with self.hold_trait_notifications():
            self.inputs = input_names(tuple(columns))
            self._drop_candidates()

    def set_candidates(self, mechanism: str, candidates: Candidates) -> None:
        """Let a mechanism's equation be made of other terms; where that cannot be, `problem` says so."""
        changed = {k: v for k, v in self.candidates.items() if k != mechanism}
        if candidates != Candidates():
            changed[mechanism] = candidates
        self._take(self.values, changed)

    def candidates_of(self, mechanism: str) -> Candidates:
        """What its equation may be made of."""
        own: Candidates = self.candidates.get(mechanism, Candidates())
        return own

    def signals(self) -> list[tuple[str, str]]:
        """Signals by whose value trials can be told apart, with what people call them."""
        return [(name, word(name)) for name in (REWARD, *self.inputs)]

    def rnn_class(self) -> type[BaseRNN]:
        """The model, to fit data with these inputs.

        Returns
        -------
        type of BaseRNN

        Raises
        ------
        ConfigError
        """
        if self.model == OWN:
            assert self.own is not None
            return self.own.with_inputs(self.inputs).rnn_class()
        return with_inputs(MODELS[self.model], self.inputs)

    def config(self) -> SpiceConfig | None:
        """What becomes an equation, of which terms; None where it is as the model declares.

        Returns
        -------
        SpiceConfig or None

        Raises
        ------
        ConfigError
        """
        return self._config(self.candidates)

    def _config(self, candidates: Mapping[str, Candidates]) -> SpiceConfig | None:
        model = self.rnn_class()
        return configured(model, candidates) if candidates else None

    def _drop_candidates(self) -> None:
        if self.candidates:
            try:
                self.candidates = still_fitting(self.rnn_class(), self.candidates)
            except SpiceError:
                self.candidates = {}

    def sentence(self) -> str:
        """What the model says about people."""
        if self.model == OWN:
            return "A model of your own."
        return (inspect.getdoc(MODELS[self.model]) or "").split("\n")[0]

    def mechanisms(self) -> list[MechanismOutline]:
        """What the model consists of, with the candidate terms of these settings; empty where there is a blocker."""
        if self.blocker:
            return []
        return outline(self.rnn_class(), int(self.value("spice_library_polynomial_degree")), self.candidates)

    # Parameters ------------------------------------------------------------------------------------------------

    def value(self, name: str) -> Any:
        """Value of a parameter."""
        return self.values.get(name, OFFERED[name].default)

    def set(self, name: str, value: Any) -> None:
        """Give a parameter a value; where it cannot have it, `problem` says so and all stays as it was."""
        values = {k: v for k, v in self.values.items() if k != name}
        if value != OFFERED[name].default:
            values[name] = value
        self._take(values, self.candidates)

    def use_preset(self, name: str) -> None:
        """Set all parameters but the seed to a preset."""
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
        """Raise `ConfigError` where nothing can be fitted with these settings."""
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
        """The lines of a script that fit the same; in words where there is a blocker."""
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
        """The settings as a settings file holds them."""
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


def offered_models() -> list[tuple[str, str]]:
    """What a person can choose from: how each model is called in a list, and its name."""
    # A name of a person's own is left as it is.
    return [
        (model.name.replace("-", " ").capitalize() if model.is_precoded else model.name, model.name)
        for model in registered_models()
        if model.is_declared
    ]


def read_settings(text: str) -> SettingsModel:
    """What a settings file says, or a config file of the command line.

    Raises
    ------
    ConfigError
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
