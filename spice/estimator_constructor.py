"""The parameters of `SpiceEstimator`: its constructor, and what each part of a fit is told of them."""

from pathlib import Path
from typing import Any

import torch
from sklearn.base import BaseEstimator

from spice._validation import check_parameters
from spice.discovery.discover import Discovery
from spice.discovery.regressions import OffPolicy
from spice.discovery.samples import check_refinable, usable_config
from spice.discovery.settings_search import SEARCHED_WHERE_WORSE_BY, OptunaOptions
from spice.discovery.sparse_regression import SparseOptions
from spice.files.container import check_writable
from spice.model.base import BaseRNN
from spice.model.config import SpiceConfig
from spice.model.registry import check_model_class
from spice.precoded import RescorlaWagnerRNN
from spice.random_state import RandomState
from spice.rollout.networks import NetworkOptions
from spice.training.fit_data import Expected
from spice.training.train import TrainingOptions


class EstimatorParameters(BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Stores parameters as they are given, as scikit-learn wants it; `SpiceEstimator` documents them."""

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
        batch_size: int | None = 64,
        n_steps_per_call: int | None = 64,
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
        validation_share: float = 0.0,
        patience: int = 32,
        ensemble_size: int = 1,
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
        self.validation_share = validation_share
        self.patience = patience
        self.ensemble_size = ensemble_size
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array, tags.input_tags.three_d_array = False, True
        tags.input_tags.allow_nan = tags.target_tags.required = True
        return tags

    def _check(self) -> None:
        check_parameters(self.get_params(deep=False))
        check_model_class("rnn_class", self.rnn_class)
        self._sparse_options()
        config = self._config()
        if self.spice_refine:
            check_refinable(config)
        for path in (self.save_path_rnn, self.save_path_spice):
            if path is not None:
                check_writable(path)

    def _network_options(self) -> NetworkOptions:
        return NetworkOptions(self.hidden_size, self.dropout)

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
            self.scheduler, self.convergence_threshold, self.bagging, self.patience,
        )  # fmt: skip

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
