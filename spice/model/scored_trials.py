"""Recorded choices that agents are scored on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from spice.agents.agent_network import AgentNetwork
from spice.data.trials import Trials, as_array, read_conditions, read_targets
from spice.model.run import rows_of
from spice.observation.softmax import chance_nll


@dataclass(frozen=True)
class ScoredTrials:
    """Trials and the choices that follow them, one-hot (T, S, A)."""

    trials: Trials
    targets: Tensor

    @classmethod
    def of(cls, conditions: Any, targets: Any, agent: AgentNetwork) -> "ScoredTrials":
        """Read arrays in the scale of an agent's rewards."""
        trials, _ = read_conditions(conditions, agent.n_actions, agent.reward_range)
        targets, trials = read_targets("targets", targets, as_array("conditions", conditions).shape, trials)
        return cls(trials, targets)

    def mean_nll(self, agent: AgentNetwork) -> float:
        """Negative log-likelihood per choice, NaN without choices."""
        return float(agent.run(self.trials).nll(self.targets).sum() / self.targets.sum())

    @property
    def chance(self) -> float:
        """Negative log-likelihood per choice of choosing at random among what is on offer, NaN without choices."""
        return chance_nll(self.targets, self.trials.offered)

    def nll_of_participants(self, agent: AgentNetwork) -> NDArray[np.float64]:
        """Negative log-likelihood per choice of each of the agent's participants, NaN without choices."""
        nll = agent.run(self.trials).nll(self.targets).double().numpy()
        rows = rows_of(self.trials.participants, agent.participant_ids)
        counts = self.targets.sum((0, 2)).double().numpy()
        n = len(agent.participant_ids)
        known = rows >= 0
        total = np.bincount(rows[known], nll[known], minlength=n)
        count = np.bincount(rows[known], counts[known], minlength=n)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)
