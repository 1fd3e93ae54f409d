"""Which model is fitted: a precoded one or one of a person's own, for data with these inputs, and of which terms."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from traitlets import Dict, HasTraits, Instance, Tuple, Unicode, validate

from spice.declaration.mechanisms import REWARD
from spice.estimator import SpiceConfig
from spice.exceptions import ConfigError, SpiceError
from spice.model.base import BaseRNN
from spice.model.registry import find_model, registered_models
from spice.model.with_inputs import input_names, with_inputs
from spice.precoded import MODELS
from spice_nb.state.candidates import Candidates, configured, still_fitting
from spice_nb.state.declaration import Declaration
from spice_nb.state.outline import word

OWN = "own"
"""Name of a model of one's own among the precoded ones."""


class ModelChoice(HasTraits):
    """The model of a fit, and where its equations may be made of other terms.

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
    problem : str
        What was asked for last and cannot be; empty where nothing was.
    """

    model = Unicode("participant-embedding")
    own = Instance(Declaration, allow_none=True)
    candidates: Any = Dict()
    inputs: Any = Tuple()
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

    def use_found(self, model: type[BaseRNN]) -> None:
        """Take a model that was found by a search, as one of a person's own.

        Parameters
        ----------
        model : type of BaseRNN
        """
        with self.hold_trait_notifications():
            self.own = Declaration.of(model, model.__name__)
            self.model, self.problem, self.candidates = OWN, "", {}

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
        """Fit data with these additional columns.

        Parameters
        ----------
        columns : sequence of str
            As the data call them.
        """
        with self.hold_trait_notifications():
            self.inputs = input_names(tuple(columns))
            self._drop_candidates()

    def candidates_of(self, mechanism: str) -> Candidates:
        """What its equation may be made of.

        Parameters
        ----------
        mechanism : str

        Returns
        -------
        Candidates
            Where nobody changed them, those that the model declares.
        """
        own: Candidates = self.candidates.get(mechanism, Candidates())
        return own

    def signals(self) -> list[tuple[str, str]]:
        """Signals by whose value trials can be told apart, with what people call them.

        Returns
        -------
        list of (str, str)
            Name and words.
        """
        return [(name, word(name)) for name in (REWARD, *self.inputs)]

    def rnn_class(self) -> type[BaseRNN]:
        """The model, to fit data with these inputs.

        Returns
        -------
        type of BaseRNN

        Raises
        ------
        ConfigError
            The model of one's own reads inputs that the data lack, or an input is called as a signal is.
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
            There is no such model for these inputs, or no equation of these terms.
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
        """What the model says about people.

        Returns
        -------
        str
        """
        if self.model == OWN:
            return "A model of your own."
        return (inspect.getdoc(MODELS[self.model]) or "").split("\n")[0]


def offered_models() -> list[tuple[str, str]]:
    """What a person can choose from.

    Returns
    -------
    list of (str, str)
        How each model is called in a list, and its name.
    """
    # A name of a person's own is left as it is.
    return [
        (model.name.replace("-", " ").capitalize() if model.is_precoded else model.name, model.name)
        for model in registered_models()
        if model.is_declared
    ]
