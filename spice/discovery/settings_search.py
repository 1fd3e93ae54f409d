"""Optuna search over SINDy's optimizer and thresholds, for many participants at once.

Each participant has a study of their own. All studies go on together: in every round each suggests settings, the
regressions of all are solved as one batch, and one rollout scores everybody's choices.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from spice.data.ids import rows_of
from spice.discovery.regressions import Regression
from spice.discovery.sparse_regression import SparseOptions
from spice.equations.coefficients import Coefficients
from spice.model.fitted import FittedModel
from spice.model.run import run_model
from spice.model.scored_trials import ScoredTrials
from spice.model.training_data import TrainingData
from spice.parameters import OPTIMIZER_TYPES
from spice.progress import Stage

if TYPE_CHECKING:
    import optuna


Values = Mapping[str, NDArray[np.float64]]

SEARCHED_WHERE_WORSE_BY = 0.1
"""Nats per choice that equations are worse than the network by before better settings are searched for."""
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
        Seconds, for all participants together.
    storage : str, optional
        Any Optuna storage, such as "sqlite:///studies.db"; a study found there is continued.
    study_name : str
        The participant's id is appended.
    """

    threshold: float = SEARCHED_WHERE_WORSE_BY
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
    """Settings, coefficients and likelihood of P participants.

    Parameters
    ----------
    fitted : FittedModel
    table : Coefficients
        Gives terms, inverse temperatures and initial values.
    regressions : mapping of mechanism to Regression
        Set up once, from one rollout of all networks.
    data : ScoredTrials
        The participants' choices are scored.
    positions : sequence of int
        Places of the participants among the fit's; where one equation set serves all, all choices are the first's.
    """

    def __init__(
        self,
        fitted: FittedModel,
        table: Coefficients,
        regressions: Mapping[str, Regression],
        data: ScoredTrials,
        positions: Sequence[int],
    ) -> None:
        self.fitted, self.positions = fitted, tuple(positions)
        rows = np.minimum(self.positions, table.n_rows - 1)
        self.regressions = {
            name: replace(r, gram=r.gram[rows], moment=r.moment[rows]) for name, r in regressions.items()
        }
        self.table = table.select(rows)
        place = np.full(len(fitted.participant_ids) + 1, -1)
        place[np.array(self.positions)] = np.arange(len(rows))
        own = place[rows_of(data.trials.participants, fitted.participant_ids)]
        if table.n_rows == 1:
            own[:] = 0
        sequences = np.flatnonzero(own >= 0)
        self.own = own[sequences]
        trials = data.trials.select(sequences)
        ids = fitted.ids(trials.participants, trials.experiments)
        self.data = TrainingData(trials, data.targets[: trials.n_trials, sequences], ids).read_by(fitted.model)
        counts = self.data.targets.sum((0, 2)).double().numpy()
        self.n_choices = np.bincount(self.own, counts, minlength=len(rows))

    def solve(self, options: SparseOptions | Sequence[SparseOptions]) -> Values:
        """Coefficients of every mechanism.

        Parameters
        ----------
        options : SparseOptions, or one for each participant

        Returns
        -------
        mapping of str to (P, n_terms)
            {mechanism: coefficients}.
        """
        return {name: regression.solve(options) for name, regression in self.regressions.items()}

    def losses(self, values: Values) -> NDArray[np.float64]:
        """Negative log-likelihood of each participant's choices.

        Parameters
        ----------
        values : mapping of str to (P, n_terms)
            {mechanism: coefficients}.

        Returns
        -------
        (P,)
            Nats per choice; infinite where the equations give no number.
        """
        equations = replace(self.table, values=values).at(self.own, torch.float32)
        data = self.data
        with torch.no_grad():
            run = run_model(self.fitted.model, data.trials, data.ids, signals=data.signals, equations=equations)
        nll = run.nll(data.targets).double().numpy()
        total = np.bincount(self.own, np.where(np.isfinite(nll), nll, np.inf), minlength=len(self.positions))
        return np.asarray(total / np.maximum(self.n_choices, 1))

    def run(
        self,
        start: SparseOptions,
        options: OptunaOptions,
        generator: np.random.Generator,
        stage: Stage,
        metric_rnn: NDArray[np.float64] | None = None,
    ) -> list[Selected]:
        """Search, and keep for each participant the better of before and after.

        Parameters
        ----------
        start : SparseOptions
            Tried first.
        options : OptunaOptions
        generator : numpy Generator
        stage : Stage
            Advanced after each round, with the mean loss of the best settings so far.
        metric_rnn : (P,), optional
            A participant's search ends when the loss is within the threshold of it.

        Returns
        -------
        list of Selected
            One a participant.
        """
        before = self._results([start] * len(self.positions))
        with _quiet_optuna():
            people = [self.fitted.participant_ids[p] for p in self.positions]
            studies = [self._study(options, person, start, int(generator.integers(2**31))) for person in people]
            left = np.array([options.n_trials - len(study.get_trials(False, _ended())) for study in studies])
            chosen, best = [start] * len(studies), np.array([result.loss for result in before])
            begin = monotonic()
            while (left > 0).any() and not (options.timeout and monotonic() - begin > options.timeout):
                asked = {k: studies[k].ask() for k in np.flatnonzero(left > 0)}
                for k, trial in asked.items():
                    chosen[k] = _suggest(trial)
                losses = self.losses(self.solve(chosen))
                for k, trial in asked.items():
                    studies[k].tell(trial, losses[k])
                    best[k] = min(best[k], losses[k])
                left[list(asked)] -= 1
                if metric_rnn is not None:
                    left[best - metric_rnn < options.threshold] = 0
                stage.advance(loss=float(np.mean(best)))
            found = [_best_of(study, start) for study in studies]
        return [min(pair, key=lambda result: result.loss) for pair in zip(before, self._results(found), strict=True)]

    def _results(self, options: Sequence[SparseOptions]) -> list[Selected]:
        values = self.solve(options)
        losses = self.losses(values)
        return [
            Selected(o, float(losses[k]), {name: v[k] for name, v in values.items()}) for k, o in enumerate(options)
        ]

    def _study(self, options: OptunaOptions, participant: int, start: SparseOptions, seed: int) -> "optuna.Study":
        import optuna

        study = optuna.create_study(
            storage=options.storage,
            study_name=f"{options.study_name}-{participant}",
            load_if_exists=True,
            sampler=optuna.samplers.TPESampler(seed=seed),
            direction="minimize",
        )
        if not study.trials:
            study.enqueue_trial(_as_parameters(start))
        return study


def _ended() -> tuple["optuna.trial.TrialState", ...]:
    import optuna

    return (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)


def _best_of(study: "optuna.Study", start: SparseOptions) -> SparseOptions:
    import optuna

    complete = study.get_trials(False, (optuna.trial.TrialState.COMPLETE,))
    return SparseOptions(**study.best_params) if complete else start


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
