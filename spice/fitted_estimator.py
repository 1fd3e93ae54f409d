"""What an estimator answers once it is fitted: attributes, predictions, equations, files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from spice._validation import check_path
from spice.agents.agent_network import AgentNetwork
from spice.agents.agent_spice import AgentSpice, Features
from spice.data.given_data import check_features, check_rewards, check_unit, given_data, with_ids_of_fit
from spice.data.trials import read_conditions
from spice.diagnostics import Diagnostic
from spice.equations.equations import SpiceEquations
from spice.estimator_constructor import EstimatorParameters
from spice.exceptions import NotFittedError
from spice.files.saved_fit import load_fit, save_fit
from spice.fit_result import FitResult
from spice.model.fitted import FittedModel
from spice.model.registry import registered_models
from spice.model.scored_trials import ScoredTrials
from spice.random_state import RandomState


class ClassOrInstanceMethod:
    """A method that also works on the class, on a fresh instance then; published scripts call it both ways."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type) -> Callable[..., Any]:
        if instance is None:
            instance = owner()
            instance._any_model = True
        return self.function.__get__(instance, owner)  # type: ignore[no-any-return]


class FittedEstimator(EstimatorParameters):
    """The part of `SpiceEstimator` that needs a fit."""

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from spice.figures.estimator import estimator_bundle

        return estimator_bundle(self)

    # What was found ----------------------------------------------------------------------------------------

    fit_result_: FitResult
    rnn_agent_: AgentNetwork
    spice_agent_: AgentSpice

    @property
    def history_(self) -> list[dict[str, float]]:
        """Losses of each epoch; empty where the fit was loaded."""
        return list(self._result("history_").history)

    @property
    def diverging_participants_(self) -> tuple[int, ...]:
        """Ids of those whose equations grow without bound on their own trials."""
        return self._result("diverging_participants_").diverging

    @property
    def diagnostics_(self) -> tuple[Diagnostic, ...]:
        """What speaks against believing the result, each with a remedy."""
        return self._result("diagnostics_").diagnostics

    @property
    def participant_ids_(self) -> tuple[int, ...]:
        """Ids in the data, in order of the rows of embeddings."""
        return self._result("participant_ids_").fitted.participant_ids

    @property
    def participant_labels_(self) -> Mapping[int, str]:
        """What a data set that was given calls people; empty after fits of arrays."""
        return self._result("participant_labels_").labels

    @property
    def reward_range_(self) -> tuple[float, float]:
        """Rewards of the arrays that were mapped to 0 and 1."""
        return self._result("reward_range_").fitted.reward_range

    @property
    def reward_unit_(self) -> tuple[float, float] | None:
        """Rewards in the unit of the table that are 0 and 1 in the data, where a data set was given that knows it."""
        return self._result("reward_unit_").reward_unit

    @property
    def n_features_in_(self) -> int | None:
        """Features of the conditions; None after loading files that do not say it."""
        return self._result("n_features_in_").n_features

    @property
    def data_fingerprint_(self) -> str:
        """Hash of the data of the fit."""
        return self._result("data_fingerprint_").data_fingerprint

    @property
    def fit_id_(self) -> str | None:
        """Identifies the fit: equal in both of its files and in no other; None in files of earlier versions."""
        return self._result("fit_id_").fit_id

    def _result(self, what: str) -> FitResult:
        if "fit_result_" not in self.__dict__:
            raise NotFittedError(what, "a fitted estimator", "one that was not fitted", "Call fit first.")
        return self.fit_result_

    # Asked for it -----------------------------------------------------------------------------------------------

    def predict(self, conditions: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Probabilities of the next choice after each trial.

        Parameters
        ----------
        conditions : (n_sequences, n_trials, n_features) or DatasetRNN

        Returns
        -------
        p_rnn, p_spice : (n_sequences, n_trials, n_actions)
            Of the network and of the equations; rows sum to 1, NaN on padding. People never seen get the
            population's; where equations were found for one participant only, the others are NaN in `p_spice`,
            as is all of a half that was not loaded.

        Raises
        ------
        NotFittedError
            Nothing was fitted or loaded.
        DataError
            The conditions cannot be read, or have another layout than those of the fit.

        Warns
        -----
        DataWarning
            Where rewards are in another unit than those of the fit.
        """
        self._check_fitted("predict")
        conditions, _ = self._given(conditions)
        fitted, equations = self.fit_result_.fitted, self.fit_result_.equations
        trials, _ = read_conditions(conditions, fitted.n_actions, fitted.reward_range, fitted.counterfactual)
        check_rewards(trials)
        signals = fitted.read(trials)

        def probabilities(half: FittedModel) -> NDArray[np.float64]:
            p = half.run(trials, signals=signals).probabilities.numpy()
            return trials.scatter(p, before_first=trials.chance_at_first)

        nothing = np.full((*trials.source.shape, trials.n_actions), np.nan)
        p_rnn = probabilities(fitted) if fitted.is_trained else nothing
        if equations is None:
            return p_rnn, nothing.copy()
        p_spice = probabilities(fitted.with_equations(equations))
        p_spice[~self.spice_agent_.covers(trials.participants)] = np.nan
        return p_rnn, p_spice

    def score(self, conditions: Any, targets: Any = None) -> float:
        """Mean log-likelihood per choice of the equations, nats; larger is better.

        Parameters
        ----------
        conditions : (n_sequences, n_trials, n_features) or DatasetRNN
        targets : (n_sequences, n_trials, n_actions), optional
            Next action one-hot; left out with a data set, which has them.

        Returns
        -------
        float
            NaN where there is no choice.

        Raises
        ------
        NotFittedError, DataError
            There are no equations; the arrays cannot be read, or have another layout than those of the fit.

        Warns
        -----
        DataWarning
            As `predict` does.
        """
        self._check_fitted("score", "spice_agent_")
        conditions, targets = self._given(conditions, targets)
        scored = ScoredTrials.of(conditions, targets, self.spice_agent_)
        check_rewards(scored.trials)
        return -scored.mean_nll(self.spice_agent_)

    @property
    def rnn_agent(self) -> AgentNetwork:
        """The trained network as an agent."""
        self._check_fitted("rnn_agent", "rnn_agent_")
        return self.rnn_agent_

    @property
    def spice_agent(self) -> AgentSpice:
        """The equations as an agent."""
        self._check_fitted("spice_agent", "spice_agent_")
        return self.spice_agent_

    @property
    def equations_(self) -> SpiceEquations:
        """The equations as objects."""
        self._check_fitted("equations_", "spice_agent_")
        return self.spice_agent_.equations

    def get_spice_features(self) -> Features:
        """The equations as lists of terms; see `AgentSpice.get_spice_features`.

        Returns
        -------
        {participant: {module: (feature names, coefficients)}}

        Raises
        ------
        NotFittedError
            There are no equations.
        """
        return self.spice_agent.get_spice_features()

    def print_spice_model(self, participant_id: int | None = None) -> None:
        """Write a participant's equations to the standard output.

        Parameters
        ----------
        participant_id : int, optional
            Id in the data; by default the first that has equations.

        Raises
        ------
        NotFittedError, ConfigError
            There are no equations, or none of this participant.
        """
        first = self.spice_agent.equation_ids[0]
        self.spice_agent.print_model(first if participant_id is None else participant_id)

    def get_participant_embeddings(self) -> dict[int, NDArray[np.float64]]:
        """Embedding of each participant, (embedding_size,).

        Returns
        -------
        {participant: array}
            Keyed by the id in the data; empty where the model has none.

        Raises
        ------
        NotFittedError
            There is no network.
        """
        model = self.rnn_agent.model
        if not model.embeds_participants:
            return {}
        index = torch.arange(len(self.participant_ids_))
        with torch.no_grad():
            embeddings = model.participant_embedding(index).double().numpy()
        return dict(zip(self.participant_ids_, embeddings, strict=True))

    # Files -------------------------------------------------------------------------------------------------

    def save_spice(self, path_rnn: str | Path | None = None, path_spice: str | Path | None = None) -> None:
        """Save network and equations, each where a path is given.

        Parameters
        ----------
        path_rnn, path_spice : path, optional
            Any names: the format does not depend on the ending.

        Raises
        ------
        NotFittedError
            There is nothing to save under a path that is given.
        ConfigError
            There is no path, or one path twice.
        OutputError
            A file cannot be written.
        """
        check_path("path_rnn", path_rnn)
        check_path("path_spice", path_spice)
        wanted = {"rnn_agent_": path_rnn, "spice_agent_": path_spice}
        self._check_fitted("save_spice", *(half for half, path in wanted.items() if path is not None))
        save_fit(self.fit_result_, path_rnn, path_spice)

    def _load_spice(
        self, path_rnn: str | Path | None, path_spice: str | Path | None, deterministic: bool = True
    ) -> Self:
        """Load what `save_spice` wrote; on the class it makes an estimator of the model declared in the file.

        Parameters
        ----------
        path_rnn, path_spice : path or None
            None: without that half. A network alone predicts, and what is asked of equations is a
            `NotFittedError`. Equations alone are shown, and predict where they stand in for all networks of a
            model that is declared by its mechanisms.
        deterministic : bool
            Whether the agents choose the arm with the highest logit instead of drawing one.

        Returns
        -------
        SpiceEstimator
            Itself, or the new one.

        Raises
        ------
        ModelFileError
            Where a file is not ours, truncated, newer, or of another model, or where the two are not of one fit;
            the estimator is as it was before.
        """
        is_fresh = self.__dict__.pop("_any_model", False)
        classes = [model.rnn_class for model in registered_models()] if is_fresh else [self.rnn_class]
        result = load_fit(path_rnn, path_spice, classes)
        self.set_params(
            rnn_class=type(result.fitted.model) if is_fresh else self.rnn_class,
            n_actions=result.fitted.n_actions,
            hidden_size=result.options.hidden_size,
            dropout=result.options.dropout,
            spice_config=result.config,
        )
        self._store(result, deterministic)
        return self

    def _store(self, result: FitResult, deterministic: bool = False, random_state: RandomState = None) -> None:
        """Keep a result, and what chooses by it."""
        self.fit_result_ = result
        for half in ("rnn_agent_", "spice_agent_"):
            self.__dict__.pop(half, None)
        network = AgentNetwork.of(result.fitted, deterministic=deterministic, random_state=random_state)
        if result.fitted.is_trained:
            self.rnn_agent_ = network
        if result.equations is not None:
            self.spice_agent_ = AgentSpice(network, result.equations)

    load_spice = ClassOrInstanceMethod(_load_spice)

    def _check_fitted(self, what: str, *needed: str) -> None:
        halves = {"rnn_agent_": ("network", "path_rnn"), "spice_agent_": ("equations", "path_spice")}
        self._result(what)
        for half in needed:
            if half not in self.__dict__:
                name, path = halves[half]
                raise NotFittedError(
                    what, f"a fit with its {name}", "one that was loaded without", f"Give {path} to load_spice."
                )

    def _given(self, conditions: Any, targets: Any = None) -> tuple[Any, Any]:
        """Arrays of data to predict: in the unit, and with the participants' ids, of the fit."""
        given = given_data(conditions, targets)
        check_unit(given.unit, self.reward_unit_)
        conditions = with_ids_of_fit(given, self.participant_labels_)
        check_features(conditions, self.n_features_in_, self.fit_result_.fitted.n_actions)
        return conditions, given.targets
