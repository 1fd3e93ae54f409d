"""Recorded choices that agents are scored on."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spice.data.ids import rows_of
from spice.data.targets import read_targets
from spice.data.trials import Trials, as_array, read_conditions
from spice.model.run import Run
from spice.observation.softmax import SOFTMAX


class Scored(Protocol):
    """What can be scored: a fitted model, or an agent that has one."""

    @property
    def n_actions(self) -> int:
        """Number of arms."""

    @property
    def participant_ids(self) -> tuple[int, ...]:
        """Ids in the data."""

    @property
    def reward_range(self) -> tuple[float, float]:
        """Rewards that are 0 and 1."""

    @property
    def counterfactual(self) -> bool:
        """Whether -1 on an arm that was not chosen is a reward."""

    def run(self, trials: Trials) -> Run:
        """Logits after each trial.

        Parameters
        ----------
        trials : Trials

        Returns
        -------
        Run
        """


@dataclass(frozen=True)
class ScoredTrials:
    """Trials and the choices that follow them, one-hot (T, S, A)."""

    trials: Trials
    targets: Tensor

    @classmethod
    def of(cls, conditions: Any, targets: Any, scored: Scored) -> "ScoredTrials":
        """Read arrays in the scale of a fit's rewards.

        Parameters
        ----------
        conditions : (n_sequences, n_trials, n_features)
        targets : (n_sequences, n_trials, n_actions)
        scored : Scored

        Returns
        -------
        ScoredTrials

        Raises
        ------
        DataError
        """
        trials, _ = read_conditions(conditions, scored.n_actions, scored.reward_range, scored.counterfactual)
        targets, trials = read_targets("targets", targets, as_array("conditions", conditions).shape, trials)
        return cls(trials, targets)

    def mean_nll(self, scored: Scored) -> float:
        """Negative log-likelihood per choice, NaN without choices.

        Parameters
        ----------
        scored : Scored

        Returns
        -------
        float
            Nats; NaN without choices.
        """
        return float(scored.run(self.trials).nll(self.targets).sum() / self.targets.sum())

    @property
    def chance(self) -> float:
        """Negative log-likelihood per choice of choosing at random among what is on offer, NaN without choices."""
        return SOFTMAX.chance(self.targets, self.trials.offered)

    def nll_of_participants(self, scored: Scored) -> NDArray[np.float64]:
        """Negative log-likelihood per choice of each of the fit's participants, NaN without choices.

        Parameters
        ----------
        scored : Scored

        Returns
        -------
        (n_participants,) array of float
            Nats; NaN without choices.
        """
        nll = scored.run(self.trials).nll(self.targets).double().numpy()
        rows = rows_of(self.trials.participants, scored.participant_ids)
        counts = self.targets.sum((0, 2)).double().numpy()
        n = len(scored.participant_ids)
        known = rows >= 0
        total = np.bincount(rows[known], nll[known], minlength=n)
        count = np.bincount(rows[known], counts[known], minlength=n)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)
