"""Recorded choices that agents are scored on."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spice.data.arrays import as_array
from spice.data.ids import rows_of
from spice.data.targets import read_targets
from spice.data.trials import Trials, read_conditions
from spice.model.run import Run
from spice.observation.base import SMALLEST_PROBABILITY
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
            The arrays cannot be read, or do not belong to each other.
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

    def surprise_of_participants(self, scored: Scored) -> NDArray[np.float64]:
        """How much more surprising choices are than the probabilities of each choice expect.

        Parameters
        ----------
        scored : Scored

        Returns
        -------
        (n_participants,) array of float
            In standard deviations of what is expected; NaN without choices.
        """
        p = scored.run(self.trials).probabilities.double().clamp_min(SMALLEST_PROBABILITY)
        is_scored = self.targets.sum(-1).double()
        expected = -(p * p.log()).sum(-1)
        variance = (p * p.log() ** 2).sum(-1) - expected**2
        found = -(p.log() * self.targets).sum(-1)
        rows = rows_of(self.trials.participants, scored.participant_ids)
        n, known = len(scored.participant_ids), rows >= 0
        excess, spread = (
            np.bincount(rows[known], (numbers * is_scored).sum(0).numpy()[known], minlength=n)
            for numbers in (found - expected, variance)
        )
        return np.where(spread > 0, excess / np.sqrt(np.where(spread > 0, spread, 1.0)), np.nan)

    def share_explained(self, scored: Scored, by: Scored) -> dict[str, float]:
        """Share of the variance of what one makes of each state, as it enters the logits, that another makes of it too.

        Parameters
        ----------
        scored, by : Scored
            Of the same declared model.

        Returns
        -------
        dict of state to float
            1 where they agree; below 0 where they differ by more than the state itself varies.
        """
        runs = [one.run(self.trials) for one in (scored, by)]
        is_scored, found = self.targets.sum(-1).numpy() > 0, {}
        for state in runs[0].factors:
            parts = [(run.factors[state] * run.states[state]).double().numpy()[is_scored] for run in runs]
            first, second = (part - part.mean(-1, keepdims=True) for part in parts)
            total = float((first**2).sum())
            found[state] = 1.0 - float(((first - second) ** 2).sum()) / total if total > 0 else np.nan
        return found

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
