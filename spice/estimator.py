"""`SpiceEstimator`: from choices and rewards to sparse equations, as a scikit-learn estimator."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import numpy as np

from spice.data.given_data import GivenData, check_unit, given_data, with_ids_of_fit
from spice.diagnostics import (
    Diagnostic,
    diagnose,
    of_chains,
    of_ensemble,
    of_held_out,
    of_mechanisms,
    of_people,
    of_power,
    of_searches,
    of_stand_ins,
    of_training,
    tell,
)
from spice.discovery.discover import discover_equations, note_divergence, position_of
from spice.discovery.samples import check_modules, tell_of_lacking, usable_config
from spice.equations.equations import SpiceEquations
from spice.files.saved_fit import identify
from spice.fit_result import FitResult
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.config import SpiceConfig
from spice.model.fitted import FittedModel
from spice.model.hold_out import validation_part
from spice.model.one_step import share_explained_one_step
from spice.model.scored_trials import ScoredTrials
from spice.model.training_data import TrainingData
from spice.older_names import OlderNames
from spice.parameters import documented
from spice.progress import Callback, FitControl, ProgressBars, Stage
from spice.random_state import as_generator
from spice.refinement.refine import refine_coefficients
from spice.refinement.textbook import Textbook, fit_textbook
from spice.training.attempts import Trained, best_of_attempts, good_enough
from spice.training.checkpoints import Checkpoints
from spice.training.dry_run import dry_run
from spice.training.ensemble import train_members
from spice.training.fit_data import FitData, read_fit_data
from spice.training.train import evaluate, is_over, train_network

__all__ = ["SpiceConfig", "SpiceEstimator"]


@documented
class SpiceEstimator(OlderNames):
    """Learn how people learn, as a network first and as sparse equations then.

    `fit` trains a network whose state is split into mechanisms, replaces each mechanism by a sparse polynomial per
    participant (SINDy), and refines coefficients and terms on the choices themselves.

    Parameters
    ----------
    {parameters}

    Attributes
    ----------
    rnn_agent_, spice_agent_ : AgentNetwork, AgentSpice
        Also as `rnn_agent`, `spice_agent`.
    equations_ : SpiceEquations
    history_ : list of dict
        Of each epoch, in nats per choice: "loss", and with validation data "validation_loss", that of the weights
        averaged over the last epochs.
    diverging_participants_ : tuple of int
        Ids of those whose equations grow without bound on their own trials.
    diagnostics_ : tuple of Diagnostic
        Doubts (`is_doubt`) speak against believing the result: likelihoods worse than chance or than a textbook model,
        each with a remedy; `fit` says them as a `FitWarning` too. The others say whether training had settled and
        searches agreed, how well equations follow the network, who is badly described, what stands in for what in
        these data, and what their choices can tell.
    participant_ids_ : tuple of int
        Ids in the data: features, equations and embeddings are keyed by them. The place of an id among them is the
        participant's position, as in rows of the network's embeddings.
    reward_range_ : (float, float)
        Rewards of the arrays that were mapped to 0 and 1.
    reward_unit_ : (float, float), optional
        The same in the unit of the table, where a data set was given that knows it.
    participant_labels_ : mapping of id to str
        What a data set that was given calls people; empty after fits of arrays. Data sets to predict are matched by it.
    n_features_in_ : int, optional
        Features of the conditions; None after loading files that do not say it.

    Examples
    --------
    >>> from spice.datasets import simulate_forgetting
    >>> from spice.precoded import ForgettingRNN
    >>> dataset, truth = simulate_forgetting(n_participants=4, n_trials=50, random_state=0)
    >>> estimator = SpiceEstimator(rnn_class=ForgettingRNN, epochs=2, random_state=0)
    >>> p_rnn, p_spice = estimator.fit(dataset.xs, dataset.ys).predict(dataset.xs)
    >>> p_spice.shape
    (4, 50, 2)
    """

    # Fitting -----------------------------------------------------------------------------------------------

    def fit(self, conditions: Any, targets: Any = None, data_test: Any = None, target_test: Any = None) -> Self:
        """Train the network, discover the equations, refine them.

        Parameters
        ----------
        conditions : (n_sequences, n_trials, n_features) or DatasetRNN
            Numpy or torch: [action one-hot | reward per arm | additional inputs | block | experiment | participant].
            A data set stands for both arrays; equations then call people what it calls them.
        targets : (n_sequences, n_trials, n_actions)
            Next action one-hot; NaN or -1 where there is none.
        data_test, target_test : arrays, or a DatasetRNN alone, optional
            Validation data: training ends once they are not predicted better for `patience` epochs, and the network
            keeps the weights of the epoch that predicts them best.

        Returns
        -------
        SpiceEstimator
            Itself.

        Raises
        ------
        DataError, ConfigError
            Before anything is trained.
        TrainingDivergedError
            Names the epoch.
        FitCancelled
            After `control.cancel()`. After any error the estimator is as it was before; only a fit that could not
            be saved to `save_path_rnn` or `save_path_spice` is kept all the same.
        """
        self._check()
        with self._running() as control, control.stage("fit") as stage:
            generator = as_generator(self.random_state)
            given, data = self._read(conditions, targets, data_test, target_test)
            untrained = self._build(data, seed=0)
            tell_of_lacking(untrained, self._config())
            dry_run(untrained, usable_config(untrained, self._config()), data.training)
            textbook = fit_textbook(untrained, data.training)
            fitted, history = self._train(data, textbook, generator, control, stage)
            agent_seed = None if self.random_state is None else generator.spawn(1)[0]
            equations = self._discover(fitted, data, generator, control)
            notes: tuple[Diagnostic, ...] = ()
            if self.spice_refine:
                equations, notes = self._refine(fitted, equations, data, textbook, generator, control)
            equations = equations.with_labels(given.labels)
            diverging = note_divergence(fitted.with_equations(equations), data.training.trials, stage)
            diagnostics = (
                self._diagnose(fitted, equations, data, textbook)
                + of_training([epoch["loss"] for epoch in history])
                + notes
            )
            control.check()
            result = FitResult(
                fitted, equations, self._network_options(), self._config(), data.fingerprint,
                identify(fitted, equations.coefficients), data.n_features, diagnostics, given.unit, given.labels,
                history, diverging,
            )  # fmt: skip
            self._store(result, random_state=agent_seed)
            if self.save_path_rnn is not None or self.save_path_spice is not None:
                self.save_spice(self.save_path_rnn, self.save_path_spice)
            for member in range(self.ensemble_size):
                checkpoints = self._checkpoints_of(data, member)
                if checkpoints is not None:
                    checkpoints.forget()
            tell(diagnostics, stage)
        return self

    def _read(self, conditions: Any, targets: Any, data_test: Any, target_test: Any) -> tuple[GivenData, FitData]:
        given, test = given_data(conditions, targets), given_data(data_test, target_test, "data_test, target_test")
        check_unit(test.unit, given.unit)
        test_conditions = with_ids_of_fit(test, given.labels)
        data = read_fit_data(self._expected(), given.conditions, given.targets, test_conditions, test.targets)
        if self.spice_participant_id is not None:
            position_of(self.spice_participant_id, data.participant_ids, "spice_participant_id")
        return given, data

    def _build(self, data: FitData, seed: int) -> BaseRNN:
        sizes = self.n_actions, len(data.participant_ids), len(data.experiment_ids)
        model = build_model(self.rnn_class, *sizes, self._network_options(), seed)
        check_modules(model, usable_config(model, self._config()))
        return model

    def _train(
        self, data: FitData, textbook: Textbook | None, generator: np.random.Generator, control: FitControl,
        stage: Stage,
    ) -> tuple[FittedModel, list[dict[str, float]]]:  # fmt: skip
        training, validation = self._split(data, stage)
        training, validation = training.on(self.device), validation and validation.on(self.device)

        def train(member: int, attempt: int) -> Trained:
            model = self._build(data, seed=int(generator.integers(2**31))).to(self.device)
            history = train_network(
                model, training, self._training_options(), generator, control, validation,
                self._checkpoints_of(data, member, attempt),
            )  # fmt: skip
            return Trained(model, history, evaluate(model, training), is_over(history, self.patience))

        threshold = good_enough(data.scored.chance, textbook)

        def train_member(member: int) -> Trained:
            return best_of_attempts(partial(train, member), threshold, self.epochs, stage)

        members = train_members(self.ensemble_size, train_member, stage)
        model, *others = (trained.model.to("cpu").eval() for trained in members)
        return FittedModel(
            model, data.participant_ids, data.experiment_ids, data.reward_range, data.counterfactual,
            others=tuple(others),
        ), members[0].history  # fmt: skip

    def _split(self, data: FitData, stage: Stage) -> tuple[TrainingData, TrainingData | None]:
        """Choices that the network is trained on, and those that its training is ended by."""
        if data.validation is not None or self.validation_share == 0:
            return data.training, data.validation
        training, validation = validation_part(data.training, self.validation_share)
        if float(validation.targets.sum()) == 0:
            stage.note(
                f"A validation_share of {self.validation_share:g} is not one choice of anybody: none are held out."
            )
            return data.training, None
        return training, validation

    def _discover(
        self, fitted: FittedModel, data: FitData, generator: np.random.Generator, control: FitControl
    ) -> SpiceEquations:
        discovery = self._discovery(fitted.model)
        return discover_equations(fitted, data.scored, discovery, generator, control, self.spice_participant_id)

    def _refine(
        self, fitted: FittedModel, equations: SpiceEquations, data: FitData, textbook: Textbook | None,
        generator: np.random.Generator, control: FitControl,
    ) -> tuple[SpiceEquations, tuple[Diagnostic, ...]]:  # fmt: skip
        own = generator.spawn(1)[0]
        others = [self._discover(one, data, generator, control).coefficients for one in fitted.members[1:]]
        refined, report = refine_coefficients(fitted.model, equations, data.training, control, own, textbook, others)
        notes = of_searches(report.starts) + of_chains(report.r_hat) + of_stand_ins(report.stand_ins)
        notes += of_power(report.smallest, report.choices)
        return replace(equations, coefficients=refined), notes

    def _diagnose(
        self, fitted: FittedModel, equations: SpiceEquations, data: FitData, textbook: Textbook | None
    ) -> tuple[Diagnostic, ...]:
        nll = {"network": data.scored.mean_nll(fitted)}
        of_each = [data.scored.mean_nll(member) for member in fitted.members]
        found = of_ensemble(of_each, nll["network"], self.ensemble_size)
        if self.spice_participant_id is None:
            with_equations = fitted.with_equations(equations)
            nll["equations"] = data.scored.mean_nll(with_equations)
            surprise = data.scored.surprise_of_participants(with_equations)
            people = dict(zip(equations.labels, surprise, strict=True)) if len(equations) == len(surprise) else {}
            found += of_people(people)
            if fitted.model.is_declared:
                found += of_mechanisms(
                    data.scored.share_explained(fitted, with_equations),
                    share_explained_one_step(data.scored, fitted.members[0], with_equations),
                )
            if data.validation is not None:
                held_out = ScoredTrials(data.validation.trials, data.validation.targets)
                found += of_held_out(
                    {n: held_out.mean_nll(m) for n, m in (("network", fitted), ("equations", with_equations))}
                )
        return diagnose(nll, data.scored.chance, None if textbook is None else textbook.nll) + found

    # Progress and cancelling -------------------------------------------------------------------------------

    def set_callbacks(self, *callbacks: Callback) -> Self:
        """Send every `FitEvent` of coming fits to these functions, instead of earlier ones.

        Parameters
        ----------
        *callbacks : callable
            Each takes a `FitEvent`, in the thread of the fit. None at all: nobody is told.

        Returns
        -------
        SpiceEstimator
            Itself.
        """
        self._callbacks = callbacks
        return self

    def set_checkpoints(self, path: str | Path | None, seconds: float = 10.0) -> Self:
        """Keep coming trainings in a file, and let the same fit go on from there after it was interrupted.

        A fit goes on only with the same data, model and parameters (`epochs` may differ); it gives what it would have
        given uninterrupted. The file is removed when the fit is done.

        Parameters
        ----------
        path : path, optional
            None: no checkpoints.
        seconds : float
            Time between two of them.

        Returns
        -------
        SpiceEstimator
            Itself.
        """
        self._checkpoints = None if path is None else (Path(path), seconds)
        return self

    @property
    def control(self) -> FitControl:
        """Handle of the running fit, or of the next one."""
        if not hasattr(self, "_control"):
            self._control = FitControl()
        return self._control

    def __getstate__(self) -> Any:
        """What is pickled; handles of a running process are not."""
        state = dict(super().__getstate__())
        state.pop("_control", None)
        state.pop("_callbacks", None)
        state.pop("_checkpoints", None)
        return state

    # Inside ------------------------------------------------------------------------------------------------

    @contextmanager
    def _running(self) -> Iterator[FitControl]:
        control = self.control
        with ProgressBars() as bars:
            control.subscribe(*getattr(self, "_callbacks", ()), *([bars] if self.verbose else []))
            try:
                yield control
            finally:
                del self._control

    def _checkpoints_of(self, data: FitData, member: int, attempt: int = 0) -> Checkpoints | None:
        path, seconds = getattr(self, "_checkpoints", None) or (None, 0.0)
        if path is None:
            return None
        if member:
            path = path.with_name(f"{path.name}.{member + 1}")
        free = {"epochs", "verbose", "save_path_rnn", "save_path_spice", "rnn_class", "spice_config"}
        parameters = {name: value for name, value in self.get_params(deep=False).items() if name not in free}
        if not isinstance(self.random_state, Integral):
            parameters["random_state"] = type(self.random_state).__name__
        model = self.rnn_class.__qualname__, self.rnn_class.declaration(), self._config().to_dict()
        described = repr((model, sorted(parameters.items(), key=lambda item: item[0]), data.fingerprint, attempt))
        return Checkpoints(path, hashlib.sha256(described.encode()).hexdigest(), seconds)
