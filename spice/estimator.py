"""`SpiceEstimator`: from choices and rewards to sparse equations, as a scikit-learn estimator."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from spice._validation import check_parameters
from spice.agents.agent_network import AgentNetwork
from spice.agents.agent_spice import AgentSpice, Features
from spice.data.given_data import GivenData, check_rewards, check_unit, given_data, with_ids_of_fit
from spice.data.trials import as_array, n_additional, read_conditions
from spice.diagnostics import Diagnostic, diagnose, tell
from spice.discovery.discover import Discovery, discover_equations, make_agent, note_divergence, position_of
from spice.discovery.regressions import OffPolicy
from spice.discovery.samples import check_modules, check_refinable, tell_of_lacking, usable_config
from spice.discovery.settings_search import SEARCHED_WHERE_WORSE_BY, OptunaOptions
from spice.discovery.sparse_regression import SparseOptions
from spice.equations.equations import SpiceEquations
from spice.exceptions import ConfigError, DataError, NotFittedError
from spice.files.container import check_writable
from spice.files.saved_fit import SavedFit, identify, load_fit, save_fit
from spice.model.base import BaseRNN, build_model
from spice.model.config import SpiceConfig
from spice.model.scored_trials import ScoredTrials
from spice.observation.softmax import chance_nll, choice_probabilities
from spice.older_names import OlderNames
from spice.precoded import MODELS, RescorlaWagnerRNN
from spice.progress import Callback, FitControl, ProgressBars, Stage
from spice.random_state import RandomState, as_generator
from spice.refinement.refine import refine_coefficients
from spice.refinement.textbook import Textbook, fit_textbook
from spice.rollout.networks import NetworkOptions
from spice.training.attempts import Trained, best_of_attempts, good_enough
from spice.training.checkpoints import Checkpoints
from spice.training.dry_run import dry_run
from spice.training.fit_data import Expected, FitData, read_fit_data
from spice.training.train import TrainingOptions, evaluate, train_network

__all__ = ["SpiceConfig", "SpiceEstimator"]


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


class SpiceEstimator(OlderNames, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Learn how people learn, as a network first and as sparse equations then.

    `fit` trains a network whose state is split into mechanisms, replaces each mechanism by a sparse polynomial per
    participant (SINDy), and refines coefficients and terms on the choices themselves.

    Parameters
    ----------
    rnn_class : type of BaseRNN
        The model; `spice.precoded` has some.
    spice_config : SpiceConfig, optional
        Which mechanisms become equations, of which inputs. By default as the model declares.
    hidden_size : int
        Hidden units of a mechanism's network.
    dropout : float
        Share of hidden units silenced in training.
    n_actions : int
        Arms.
    n_participants, n_experiments : int
        0: as many as in the data. A number smaller than in the data is an error. Several experiments have
        embeddings; a participant's equations are one set over all experiments that the person took part in.
    epochs : int
        Passes over all trials.
    learning_rate : float
        Step size of AdamW, the optimizer of the network.
    spice_optim_threshold : float
        Size below which a term is dropped: SR3's `reg_weight_lam` (times the degree of the term) or STLSQ's
        threshold, and the final cut-off.
    spice_participant_id : int, optional
        Find equations for this participant only, named by the id in the data (for a table that was converted, the
        place of the label in `dataset.participants`); the network is fitted to all.
    verbose : bool
        Show progress bars.
    save_path_rnn, save_path_spice : path, optional
        Where to save network and equations after a fit.
    batch_size : int, optional
        Sequences in a mini-batch; None or -1 for all.
    n_steps_per_call : int, optional
        Trials in a truncated window, each a gradient step; None or -1 for whole sequences.
    sequence_length : int, optional
        Cut sequences into stretches of that many trials, with fresh states; None or -1 not to.
    convergence_threshold : float
        End training when the loss falls by less over ten epochs; 0 never does.
    device : str or torch.device
        Where the network is trained.
    scheduler : bool
        Let the learning rate fall along a cosine.
    train_test_ratio : float or list of int
        Share of each sequence's choices trained on, or the positions (from 1) of each participant's sequences to
        hold out; the rest is validation data when `fit` gets none.
    l2_weight_decay : float
        How strongly AdamW pulls the network's weights to 0.
    bagging : bool
        Draw the sequences of an epoch with replacement.
    spice_optimizer_type : {"SR3_weighted_l1", "SR3_L1", "STLSQ"}
        pysindy's optimizers, solved for all participants at once.
    spice_optim_regularization : float
        How closely SR3 holds its two solutions together (`relax_coeff_nu`), or STLSQ's ridge penalty.
    spice_library_polynomial_degree : int
        Largest degree of a candidate term.
    spice_refine : bool
        Refine the equations on the choices. Without, they describe the network only.
    n_trials_off_policy, n_sessions_off_policy, n_trials_same_action_off_policy : int
        Size of the rollouts equations are searched on, and for how many trials a choice is repeated.
    use_optuna : bool
        Search for better settings of participants whose equations describe them worse than the network.
    optuna_threshold : float
        By how much worse, in nats per choice, before a search is made.
    optuna_n_trials : int
        Settings tried for each of them.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        A number makes a run repeatable; a generator gives other numbers to each fit.

    Attributes
    ----------
    rnn_agent_, spice_agent_ : AgentNetwork, AgentSpice
        Also as `rnn_agent`, `spice_agent`.
    equations_ : SpiceEquations
    history_ : list of dict
        Losses of each epoch.
    diverging_participants_ : tuple of int
        Ids of those whose equations grow without bound on their own trials.
    diagnostics_ : tuple of Diagnostic
        What speaks against believing the result: likelihoods worse than chance or than a textbook model, each with a
        remedy. Empty where nothing does. `fit` says each as a `FitWarning` too.
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

    rnn_agent_: AgentNetwork
    spice_agent_: AgentSpice

    def __init__(
        self,
        rnn_class: type[BaseRNN] = RescorlaWagnerRNN,
        spice_config: SpiceConfig | None = None,
        hidden_size: int = 8,
        dropout: float = 0.25,
        n_actions: int = 2,
        n_participants: int = 0,
        n_experiments: int = 0,
        epochs: int = 128,
        learning_rate: float = 5e-3,
        spice_optim_threshold: float = 0.03,
        spice_participant_id: int | None = None,
        verbose: bool = False,
        save_path_rnn: str | Path | None = None,
        save_path_spice: str | Path | None = None,
        *,
        batch_size: int | None = 256,
        n_steps_per_call: int | None = 16,
        sequence_length: int | None = None,
        convergence_threshold: float = 0.0,
        device: str | torch.device = "cpu",
        scheduler: bool = False,
        train_test_ratio: float | list[int] = 1.0,
        l2_weight_decay: float = 0.0,
        bagging: bool = False,
        spice_optimizer_type: str = "SR3_weighted_l1",
        spice_optim_regularization: float = 0.1,
        spice_library_polynomial_degree: int = 1,
        spice_refine: bool = True,
        n_trials_off_policy: int = 1000,
        n_sessions_off_policy: int = 1,
        n_trials_same_action_off_policy: int = 5,
        use_optuna: bool = False,
        optuna_threshold: float = SEARCHED_WHERE_WORSE_BY,
        optuna_n_trials: int = 50,
        random_state: RandomState = None,
    ) -> None:
        self.rnn_class = rnn_class
        self.spice_config = spice_config
        self.hidden_size = hidden_size
        self.dropout = dropout
        self.n_actions = n_actions
        self.n_participants = n_participants
        self.n_experiments = n_experiments
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.spice_optim_threshold = spice_optim_threshold
        self.spice_participant_id = spice_participant_id
        self.verbose = verbose
        self.save_path_rnn = save_path_rnn
        self.save_path_spice = save_path_spice
        self.batch_size = batch_size
        self.n_steps_per_call = n_steps_per_call
        self.sequence_length = sequence_length
        self.convergence_threshold = convergence_threshold
        self.device = device
        self.scheduler = scheduler
        self.train_test_ratio = train_test_ratio
        self.l2_weight_decay = l2_weight_decay
        self.bagging = bagging
        self.spice_optimizer_type = spice_optimizer_type
        self.spice_optim_regularization = spice_optim_regularization
        self.spice_library_polynomial_degree = spice_library_polynomial_degree
        self.spice_refine = spice_refine
        self.n_trials_off_policy = n_trials_off_policy
        self.n_sessions_off_policy = n_sessions_off_policy
        self.n_trials_same_action_off_policy = n_trials_same_action_off_policy
        self.use_optuna = use_optuna
        self.optuna_threshold = optuna_threshold
        self.optuna_n_trials = optuna_n_trials
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
        tags.input_tags.allow_nan = tags.target_tags.required = True
        return tags

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        from spice.figures.estimator import estimator_bundle

        return estimator_bundle(self)

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
            Validation data: the network keeps the weights of the epoch that predicts these best.

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
            given, test = given_data(conditions, targets), given_data(data_test, target_test, "data_test, target_test")
            check_unit(test.unit, given.unit)
            test_conditions = with_ids_of_fit(test, given.labels)
            data = read_fit_data(self._expected(), given.conditions, given.targets, test_conditions, test.targets)
            if self.spice_participant_id is not None:
                position_of(self.spice_participant_id, data.participant_ids, "spice_participant_id")
            untrained = self._build(data, seed=0)
            tell_of_lacking(untrained, self._config())
            dry_run(untrained, usable_config(untrained, self._config()), data.training)
            textbook = fit_textbook(untrained, data.training)
            network, history = self._train(data, textbook, generator, control, stage)
            equations = self._discover(network, data, generator, control)
            if self.spice_refine:
                equations = self._refine(equations, data, textbook, control)
            equations.call_people(given.labels)
            diverging = note_divergence(equations, data.training.trials, stage)
            diagnostics = self._diagnose(network, equations, data, textbook)
            control.check()
            self._store(network, equations, history, data, given, diverging, diagnostics)
            checkpoints = self._checkpoints_of(data)
            if checkpoints is not None:
                checkpoints.forget()
            tell(diagnostics, stage)
        return self

    def _build(self, data: FitData, seed: int) -> BaseRNN:
        options = NetworkOptions(self.hidden_size, self.dropout)
        sizes = self.n_actions, len(data.participant_ids), len(data.experiment_ids)
        model = build_model(self.rnn_class, *sizes, options, seed)
        check_modules(model, usable_config(model, self._config()))
        return model

    def _train(
        self, data: FitData, textbook: Textbook | None, generator: np.random.Generator, control: FitControl,
        stage: Stage,
    ) -> tuple[AgentNetwork, list[dict[str, float]]]:  # fmt: skip
        training, validation = data.training.on(self.device), data.validation and data.validation.on(self.device)

        def train(attempt: int) -> Trained:
            model = self._build(data, seed=int(generator.integers(2**31))).to(self.device)
            history = train_network(
                model, training, self._training_options(), generator, control, validation,
                self._checkpoints_of(data, attempt),
            )  # fmt: skip
            return Trained(model, history, evaluate(model, training))

        trained = best_of_attempts(
            train, good_enough(chance_nll(training.targets, training.trials.offered), textbook), self.epochs, stage
        )
        network = AgentNetwork(
            trained.model.to("cpu"),
            participant_ids=data.participant_ids,
            experiment_ids=data.experiment_ids,
            reward_range=data.reward_range,
            random_state=None if self.random_state is None else generator.spawn(1)[0],
        )
        return network, trained.history

    def _discover(
        self, network: AgentNetwork, data: FitData, generator: np.random.Generator, control: FitControl
    ) -> AgentSpice:
        scored = ScoredTrials(data.training.trials, data.training.targets)
        discovery = self._discovery(network.model)
        return discover_equations(network, scored, discovery, generator, control, self.spice_participant_id)

    def _refine(
        self, equations: AgentSpice, data: FitData, textbook: Textbook | None, control: FitControl
    ) -> AgentSpice:
        refined = refine_coefficients(equations, data.training, control, textbook)
        return make_agent(equations, refined, data.training.trials, equations.equation_ids)

    def _diagnose(
        self, network: AgentNetwork, equations: AgentSpice, data: FitData, textbook: Textbook | None
    ) -> tuple[Diagnostic, ...]:
        scored = ScoredTrials(data.training.trials, data.training.targets)
        nll = {"network": scored.mean_nll(network)}
        if self.spice_participant_id is None:
            nll["equations"] = scored.mean_nll(equations)
        return diagnose(nll, scored.chance, None if textbook is None else textbook.nll)

    def _store(
        self, network: AgentNetwork, equations: AgentSpice, history: list[dict[str, float]], data: FitData,
        given: GivenData, diverging: tuple[int, ...], diagnostics: tuple[Diagnostic, ...],
    ) -> None:  # fmt: skip
        self.history_, self.diverging_participants_ = history, diverging
        options = NetworkOptions(self.hidden_size, self.dropout)
        of_data = data.fingerprint, identify(network, equations), data.n_features
        self._keep(
            SavedFit(network, equations, options, self._config(), *of_data, diagnostics, given.unit, given.labels)
        )
        if self.save_path_rnn is not None or self.save_path_spice is not None:
            self.save_spice(self.save_path_rnn, self.save_path_spice)

    # Results -----------------------------------------------------------------------------------------------

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

        Warns
        -----
        DataWarning
            Where rewards are in another unit than those of the fit.
        """
        self._check_fitted("predict")
        given = given_data(conditions)
        check_unit(given.unit, self.reward_unit_)
        conditions = with_ids_of_fit(given, self.participant_labels_)
        network, equations = self.__dict__.get("rnn_agent_"), self.__dict__.get("spice_agent_")
        known = self.spice_agent_ if network is None else network
        self._check_features(conditions, known)
        trials, _ = read_conditions(conditions, known.n_actions, self.reward_range_)
        check_rewards(trials)
        signals = known.read(trials)

        def probabilities(agent: AgentNetwork | None) -> NDArray[np.float64]:
            if agent is None:
                return np.full((*trials.source.shape, trials.n_actions), np.nan)
            p = choice_probabilities(agent.run(trials, signals=signals).choice_logits).numpy()
            return trials.scatter(p, before_first=trials.chance_at_first)

        p_rnn, p_spice = probabilities(network), probabilities(equations)
        if equations is not None:
            p_spice[~equations.covers(trials.participants)] = np.nan
        return p_rnn, p_spice

    def score(self, conditions: Any, targets: Any = None) -> float:
        """Mean log-likelihood per choice of the equations, nats; larger is better.

        Takes two arrays or a data set, and warns of rewards, as `predict` does.
        """
        self._check_fitted("score", "spice_agent_")
        given = given_data(conditions, targets)
        check_unit(given.unit, self.reward_unit_)
        conditions = with_ids_of_fit(given, self.participant_labels_)
        self._check_features(conditions, self.spice_agent_)
        scored = ScoredTrials.of(conditions, given.targets, self.spice_agent_)
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
        """{participant: {module: (feature names, coefficients)}}; see `AgentSpice.get_spice_features`."""
        return self.spice_agent.get_spice_features()

    def print_spice_model(self, participant_id: int | None = None) -> None:
        """Write a participant's equations to the standard output, by default those of the first."""
        first = self.spice_agent.equation_ids[0]
        self.spice_agent.print_model(first if participant_id is None else participant_id)

    def get_participant_embeddings(self) -> dict[int, NDArray[np.float64]]:
        """{participant: embedding (embedding_size,)}; empty where the model has none."""
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

        Raises
        ------
        NotFittedError, OutputError
        """
        wanted = {"rnn_agent_": path_rnn, "spice_agent_": path_spice}
        self._check_fitted("save_spice", *(half for half, path in wanted.items() if path is not None))
        save_fit(self._saved_fit(), path_rnn, path_spice)

    def _saved_fit(self) -> SavedFit:
        return SavedFit(
            self.__dict__.get("rnn_agent_"), self.__dict__.get("spice_agent_"),
            NetworkOptions(self.hidden_size, self.dropout), self._config(), self.data_fingerprint_, self.fit_id_,
            self.n_features_in_, self.diagnostics_, self.reward_unit_, self.participant_labels_,
        )  # fmt: skip

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

        Raises
        ------
        ModelFileError
            Where a file is not ours, truncated, newer, or of another model, or where the two are not of one fit;
            the estimator is as it was before.
        """
        is_fresh = self.__dict__.pop("_any_model", False)
        classes = list(MODELS.values()) if is_fresh else [self.rnn_class]
        fit = load_fit(path_rnn, path_spice, classes, deterministic)
        self.set_params(
            rnn_class=type(fit.agent.model) if is_fresh else self.rnn_class,
            n_actions=fit.agent.n_actions,
            hidden_size=fit.options.hidden_size,
            dropout=fit.options.dropout,
            spice_config=fit.config,
        )
        self.history_, self.diverging_participants_ = [], ()
        self._keep(fit)
        return self

    def _keep(self, fit: SavedFit) -> None:
        for half, agent in (("rnn_agent_", fit.network), ("spice_agent_", fit.equations)):
            self.__dict__.pop(half, None)
            if agent is not None:
                setattr(self, half, agent)
        self.participant_ids_, self.reward_range_ = tuple(fit.agent.participant_ids), fit.agent.reward_range
        self.n_features_in_, self.data_fingerprint_ = fit.n_features, fit.data_fingerprint
        self.fit_id_, self.diagnostics_ = fit.fit_id, fit.diagnostics
        self.reward_unit_, self.participant_labels_ = fit.reward_unit, fit.labels

    load_spice = ClassOrInstanceMethod(_load_spice)

    # Progress and cancelling -------------------------------------------------------------------------------

    def set_callbacks(self, *callbacks: Callback) -> Self:
        """Send every `FitEvent` of coming fits to these functions, instead of earlier ones."""
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

    def _check(self) -> None:
        check_parameters(self.get_params(deep=False))
        if not (isinstance(self.rnn_class, type) and issubclass(self.rnn_class, BaseRNN)):
            raise ConfigError("rnn_class", "a subclass of BaseRNN", repr(self.rnn_class), "See spice.precoded.")
        self._sparse_options()
        config = self._config()
        if self.spice_refine:
            check_refinable(config)
        for path in (self.save_path_rnn, self.save_path_spice):
            if path is not None:
                check_writable(path)

    def _check_fitted(self, what: str, *needed: str) -> None:
        halves = {"rnn_agent_": ("network", "path_rnn"), "spice_agent_": ("equations", "path_spice")}
        if not any(half in self.__dict__ for half in halves):
            raise NotFittedError(what, "a fitted estimator", "one that was not fitted", "Call fit first.")
        for half in needed:
            if half not in self.__dict__:
                name, path = halves[half]
                raise NotFittedError(
                    what, f"a fit with its {name}", "one that was loaded without", f"Give {path} to load_spice."
                )

    def _check_features(self, conditions: Any, agent: AgentNetwork) -> None:
        """As many additional inputs as in the fit; block and experiment may be left out of the one or the other."""
        if self.n_features_in_ is None:
            return
        found = as_array("conditions", conditions).shape[-1]
        n_inputs = n_additional(self.n_features_in_, agent.n_actions)
        if n_additional(found, agent.n_actions) != n_inputs:
            raise DataError(
                "conditions",
                f"{self.n_features_in_} features as in the data of the fit, with {n_inputs} additional inputs",
                f"{found}",
                "Pass data of the same layout.",
            )

    def _config(self) -> SpiceConfig:
        return SpiceConfig.from_model(self.rnn_class) if self.spice_config is None else self.spice_config

    def _expected(self) -> Expected:
        return Expected(
            self.rnn_class, self.n_actions, self.n_participants, self.n_experiments, self.sequence_length,
            self.train_test_ratio,
        )  # fmt: skip

    def _training_options(self) -> TrainingOptions:
        return TrainingOptions(
            self.epochs, self.learning_rate, self.batch_size, self.n_steps_per_call, self.l2_weight_decay,
            self.scheduler, self.convergence_threshold, self.bagging,
        )  # fmt: skip

    def _checkpoints_of(self, data: FitData, attempt: int = 0) -> Checkpoints | None:
        path, seconds = getattr(self, "_checkpoints", None) or (None, 0.0)
        if path is None:
            return None
        free = {"epochs", "verbose", "save_path_rnn", "save_path_spice", "rnn_class", "spice_config"}
        parameters = {name: value for name, value in self.get_params(deep=False).items() if name not in free}
        if not isinstance(self.random_state, Integral):
            parameters["random_state"] = type(self.random_state).__name__
        model = self.rnn_class.__qualname__, self.rnn_class.declaration(), self._config().to_dict()
        described = repr((model, sorted(parameters.items(), key=lambda item: item[0]), data.fingerprint, attempt))
        return Checkpoints(path, hashlib.sha256(described.encode()).hexdigest(), seconds)

    def _sparse_options(self) -> SparseOptions:
        return SparseOptions(self.spice_optimizer_type, self.spice_optim_threshold, self.spice_optim_regularization)

    def _discovery(self, model: BaseRNN) -> Discovery:
        return Discovery(
            config=usable_config(model, self._config()),
            sparse=self._sparse_options(),
            degree=self.spice_library_polynomial_degree,
            off_policy=OffPolicy(
                self.n_trials_off_policy, self.n_sessions_off_policy, self.n_trials_same_action_off_policy
            ),
            optuna=OptunaOptions(self.optuna_threshold, self.optuna_n_trials) if self.use_optuna else None,
        )
