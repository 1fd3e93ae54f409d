"""Optuna search over SINDy's optimizer and thresholds for one participant."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from spice.progress import FitControl, Stage
from spice.resources.bandits.agent_network import AgentNetwork
from spice.resources.coefficients import Coefficients
from spice.resources.equation_search import Regression
from spice.resources.likelihood import choice_nll
from spice.resources.model_run import Ids, rows_of, run_model
from spice.resources.scored_trials import ScoredTrials
from spice.resources.sparse_regression import OPTIMIZER_TYPES, SparseOptions

if TYPE_CHECKING:
    import optuna


THRESHOLDS, ALPHAS = (1e-3, 0.5), (1e-3, 1.0)
"""Ranges searched, on a logarithmic scale."""


@dataclass(frozen=True)
class OptunaOptions:
    """Size and place of a search.

    Attributes
    ----------
    threshold : float
        Nats per choice that equations must be worse than the network to be searched for.
    n_trials : int
        Settings tried for a participant; those of an earlier study in `storage` count.
    timeout : float, optional
        Seconds.
    storage : str, optional
        Any Optuna storage, such as "sqlite:///studies.db"; a study found there is continued.
    study_name : str
        The participant's index is appended.
    """

    threshold: float = 0.1
    n_trials: int = 50
    timeout: float | None = None
    storage: str | None = None
    study_name: str = "spice-participant"


@dataclass(frozen=True)
class Selected:
    """Best settings of a participant, their loss and the coefficients {mechanism: (n_terms,)} they give."""

    options: SparseOptions
    loss: float
    values: Mapping[str, NDArray[np.float64]]


class SettingsSearch:
    """Settings, coefficients and likelihood of one participant.

    The regressions are set up once; a trial solves small systems and runs the participant's own choices.
    """

    def __init__(
        self,
        agent: AgentNetwork,
        table: Coefficients,
        regressions: Mapping[str, Regression],
        data: ScoredTrials,
        participant: int,
    ) -> None:
        self.agent, self.participant = agent, participant
        self.row = min(participant, table.n_rows - 1)
        self.regressions = {
            name: replace(r, gram=r.gram[[self.row]], moment=r.moment[[self.row]]) for name, r in regressions.items()
        }
        self.table = table.only(self.row)
        own = rows_of(data.trials.participants, agent.participant_ids) == participant
        sequences = np.flatnonzero(own | (table.n_rows == 1))
        self.trials = data.trials.select(sequences)
        self.targets = data.targets[: self.trials.n_trials, sequences]
        self.ids = Ids.of(self.trials, agent.participant_ids, agent.experiment_ids)

    def solve(self, options: SparseOptions) -> dict[str, NDArray[np.float64]]:
        """Coefficients (n_terms,) of every mechanism."""
        return {name: regression.solve(options)[0] for name, regression in self.regressions.items()}

    def loss(self, values: Mapping[str, NDArray[np.float64]], n_trials: int | None = None) -> float:
        """Nats per choice, over the first trials only where a number is given."""
        table = replace(self.table, values={name: np.stack([v, v]) for name, v in values.items()})
        trials, targets = self.trials.window(0, n_trials or self.trials.n_trials), self.targets[:n_trials]
        rows = np.zeros(trials.n_sequences, dtype=int)
        with torch.no_grad():
            run = run_model(self.agent.model, trials, self.ids, equations=table.at(rows, torch.float32))
        loss = float(choice_nll(run.logits, targets).sum() / targets.sum().clamp(min=1))
        return loss if np.isfinite(loss) else float("inf")

    def run(
        self,
        start: SparseOptions,
        options: OptunaOptions,
        generator: np.random.Generator,
        control: FitControl,
        metric_rnn: float | None = None,
        stage: Stage | None = None,
    ) -> Selected:
        """Search, and keep the better of before and after.

        Parameters
        ----------
        start : SparseOptions
            Tried first.
        options : OptunaOptions
        generator : numpy Generator
        control : FitControl
            Polled before each trial.
        metric_rnn : float, optional
            The search ends when the loss is within the threshold of it.
        stage : Stage, optional
            Advanced after each trial.
        """
        import optuna

        before = Selected(start, *self._result(start))

        def objective(trial: "optuna.Trial") -> float:
            control.check()
            values = self.solve(_suggest(trial))
            half = max(self.trials.n_trials // 2, 1)
            trial.report(self.loss(values, half), step=0)
            if trial.should_prune():
                raise optuna.TrialPruned
            return self.loss(values)

        def stop_when_good(study: optuna.Study, _: optuna.trial.FrozenTrial) -> None:
            if stage is not None:
                stage.advance(loss=study.best_value)
            if metric_rnn is not None and study.best_value - metric_rnn < options.threshold:
                study.stop()

        with _quiet_optuna():
            study = optuna.create_study(
                storage=options.storage,
                study_name=f"{options.study_name}-{self.participant}",
                load_if_exists=True,
                sampler=optuna.samplers.TPESampler(seed=int(generator.integers(2**31))),
                pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
                direction="minimize",
            )
            states = optuna.trial.TrialState
            left = options.n_trials - len(study.get_trials(False, (states.COMPLETE, states.PRUNED)))
            if not study.trials:
                study.enqueue_trial(_as_parameters(start))
            if left > 0:
                study.optimize(objective, n_trials=left, timeout=options.timeout, callbacks=[stop_when_good])
        if not study.get_trials(False, (states.COMPLETE,)):
            return before
        best = SparseOptions(**study.best_params)
        after = Selected(best, *self._result(best))
        return after if after.loss < before.loss else before

    def _result(self, options: SparseOptions) -> tuple[float, dict[str, NDArray[np.float64]]]:
        values = self.solve(options)
        return self.loss(values), values


def _suggest(trial: Any) -> SparseOptions:
    return SparseOptions(
        optimizer_type=trial.suggest_categorical("optimizer_type", list(OPTIMIZER_TYPES)),
        threshold=trial.suggest_float("threshold", *THRESHOLDS, log=True),
        alpha=trial.suggest_float("alpha", *ALPHAS, log=True),
    )


def _as_parameters(options: SparseOptions) -> dict[str, Any]:
    return {
        "optimizer_type": options.optimizer_type,
        "threshold": float(np.clip(options.threshold, *THRESHOLDS)),
        "alpha": float(np.clip(options.alpha, *ALPHAS)),
    }


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Without Optuna's log lines on the standard error; its verbosity is put back after."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(verbosity)
