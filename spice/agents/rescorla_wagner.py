"""The textbook benchmark: one learning rate and one inverse temperature, fitted to a person's choices."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.agents.agent_q import NEUTRAL, AgentQ
from spice.data.recorded import Recorded, read_experiment
from spice.data.session import BanditSession

Floats = NDArray[np.float64]

SUREST = 20.0
"""Largest inverse temperature: the better of two options that differ by 0.5 is then missed once in 20,000 choices."""
SLOWEST = 1e-3
"""Smallest learning rate: at 0 nothing is learned, and no inverse temperature is better than another."""
RATES = 20, 12, 12
"""Learning rates tried at once: between 0 and 1, then each time around the best so far."""


def fit_rescorla_wagner(sessions: Sequence[BanditSession | ArrayLike], n_actions: int) -> AgentQ:
    """Fit the model of Rescorla and Wagner with a softmax to one person's choices by maximum likelihood.

    V <- V + learning rate (reward - V) for the chosen arm, from V = 0.5; the probability of an arm is the softmax of
    inverse temperature times V. For a given learning rate the likelihood has a single maximum in the inverse
    temperature, which is found by Newton's method; the learning rate is searched over the whole of [0, 1], so that
    no start can lead to a lesser maximum.

    Parameters
    ----------
    sessions : sequence of BanditSession or (n_trials, n_features) array or Tensor
        All sessions of the person; an array has the columns of `DatasetRNN.xs`.
    n_actions : int

    Returns
    -------
    AgentQ
        With `alpha_reward` in [0.001, 1] and `beta_reward` in [0, 20].

    Raises
    ------
    DataError
        If the columns do not fit the number of arms, or there is no trial.

    References
    ----------
    Rescorla & Wagner (1972), in Black & Prokasy (eds.), Classical Conditioning II, 64-99.
    """
    recorded = [read_experiment(session, n_actions) for session in sessions]
    choices, rewards, offered = _stacked(recorded, n_actions)
    low, high, best = SLOWEST, 1.0, (np.inf, 0.0, 0.0)
    for n in RATES:
        rates = np.linspace(low, high, n)
        betas, nll = _best_temperatures(_values(choices, rewards, rates, n_actions), choices, offered)
        k = int(nll.argmin())
        best = min(best, (float(nll[k]), float(rates[k]), float(betas[k])))
        low, high = max(best[1] - (rates[1] - rates[0]), SLOWEST), min(best[1] + (rates[1] - rates[0]), 1.0)
    return AgentQ(n_actions, alpha_reward=best[1], beta_reward=best[2])


def _stacked(recorded: Sequence[Recorded], n_actions: int) -> tuple[NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Choices (T, S), -1 where there is none, rewards of the chosen arms (T, S), NaN where unknown, and offers.

    Offers (T, S, A) are the arms that could be chosen.
    """
    longest = max(len(session.choices) for session in recorded)
    choices = np.full((longest, len(recorded)), -1, dtype=np.int64)
    rewards = np.full((longest, len(recorded)), np.nan)
    offered = np.ones((longest, len(recorded), n_actions), dtype=bool)
    for s, session in enumerate(recorded):
        n = len(session.choices)
        choices[:n, s] = session.choices
        rewards[:n, s] = session.rewards[np.arange(n), session.choices]
        if session.offered is not None:
            offered[:n, s] = session.offered
    return choices, np.where(choices >= 0, rewards, np.nan), offered


def _values(choices: NDArray[np.int64], rewards: Floats, rates: Floats, n_actions: int) -> Floats:
    """Values of all arms before each trial, for each learning rate: (T, S, A, rates)."""
    n_trials, n_sessions = choices.shape
    values = np.empty((n_trials, n_sessions, n_actions, len(rates)))
    now = np.full((n_sessions, n_actions, len(rates)), NEUTRAL)
    rows = np.arange(n_sessions)
    # Where no reward is known the value of the chosen arm stays.
    moves, toward = np.where(np.isnan(rewards), 0.0, 1.0)[..., None] * rates, np.nan_to_num(rewards)[..., None]
    for t in range(n_trials):
        values[t] = now
        of_chosen = now[rows, choices[t]]
        now[rows, choices[t]] = of_chosen + moves[t] * (toward[t] - of_chosen)
    return values


def _best_temperatures(
    values: Floats, choices: NDArray[np.int64], offered: NDArray[np.bool_], most: int = 40
) -> tuple[Floats, Floats]:
    """Inverse temperature of the highest likelihood for each learning rate, and its negative log-likelihood."""
    # A choice without an alternative says nothing.
    made = (choices >= 0) & (offered.sum(-1) > 1)
    values, chosen, among = values[made], choices[made], offered[made][..., None]
    # Only differences count; those to the chosen arm make the log-likelihood -log sum exp(beta difference).
    differences = values - values[np.arange(len(chosen)), chosen][:, None]
    low, high = np.zeros(values.shape[-1]), np.full(values.shape[-1], SUREST)
    beta = np.ones(values.shape[-1])
    for _ in range(most):
        weights = np.exp(beta * differences) * among
        total = weights.sum(1)
        p = weights / total[:, None]
        mean = (p * differences).sum(1)
        slope, curvature = -mean.sum(0), ((p * differences**2).sum(1) - mean**2).sum(0)
        low, high = np.where(slope > 0, beta, low), np.where(slope > 0, high, beta)
        step = np.divide(slope, curvature, out=np.zeros_like(slope), where=curvature > 0)
        # Newton's step where it stays between the bounds known so far, else half of the way.
        after = np.where((beta + step >= low) & (beta + step <= high), beta + step, (low + high) / 2)
        moved, beta = np.abs(after - beta).max(), after
        if moved < 1e-6:
            break
    return beta, np.log((np.exp(beta * differences) * among).sum(1)).sum(0)
