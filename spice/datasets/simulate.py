"""Simulated people whose equations are known: one function for each phenomenon.

All of them play a task with drifting reward probabilities (`BanditsDrift`); rewards r are 1 or 0. A parameter
is one number, the same for everybody, or a pair (low, high), from which each participant's own is drawn
uniformly. V is the value of an arm and starts at 0.5, so that with these equations it stays in [0, 1].
"""

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spice.agents._checks import check_count, check_number
from spice.agents.agent_q import AgentQ
from spice.data.dataset import DatasetRNN
from spice.exceptions import ConfigError
from spice.random_state import RandomState, as_generator
from spice.tasks._layout import build_dataset
from spice.tasks.environments import BanditsDrift
from spice.tasks.simulation import simulate

Parameter: TypeAlias = float | tuple[float, float]


def simulate_rescorla_wagner(
    n_participants: int = 100,
    n_trials: int = 100,
    alpha: Parameter = 0.3,
    beta: Parameter = 3.0,
    n_sessions: int = 1,
    n_actions: int = 2,
    sigma: float = 0.2,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, pd.DataFrame]:
    """Simulate people who learn from the reward of the arm they chose, and from nothing else.

    Chosen arm: V <- (1 - alpha) V + alpha r. Other arms: V <- V. Logits: beta V.

    Parameters
    ----------
    n_participants, n_trials : int
        Number of people, and of trials of each session.
    alpha : float or (float, float), default 0.3
        Learning rate.
    beta : float or (float, float), default 3
        Inverse temperature.
    n_sessions : int, default 1
        Sessions (blocks) of each participant; values start anew in each, parameters stay.
    n_actions : int, default 2
        Number of arms.
    sigma : float, default 0.2
        Standard deviation of the drift of the reward probabilities.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed of parameters, choices and rewards.

    Returns
    -------
    dataset : DatasetRNN
        A sequence for each participant x block, in that order; block ids from 0 to n_sessions - 1.
    truth : DataFrame
        The parameters by the names above, a row for each participant (the index).

    Raises
    ------
    ConfigError
        A parameter or a number that cannot be.
    """
    parameters = {"alpha": alpha, "beta": beta}
    return _simulate(n_participants, n_trials, parameters, n_sessions, n_actions, sigma, random_state)


def simulate_forgetting(
    n_participants: int = 100,
    n_trials: int = 100,
    alpha: Parameter = 0.3,
    forget_rate: Parameter = 0.2,
    beta: Parameter = 3.0,
    n_sessions: int = 1,
    n_actions: int = 2,
    sigma: float = 0.2,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, pd.DataFrame]:
    """Simulate people whose values of the arms they do not choose fade back to 0.5.

    Chosen arm: V <- (1 - alpha) V + alpha r. Other arms: V <- (1 - forget_rate) V + 0.5 forget_rate.
    Logits: beta V.

    Parameters
    ----------
    n_participants, n_trials : int
        Number of people, and of trials of each session.
    alpha : float or (float, float), default 0.3
        Learning rate.
    forget_rate : float or (float, float), default 0.2
        Forgetting rate.
    beta : float or (float, float), default 3
        Inverse temperature.
    n_sessions, n_actions, sigma, random_state
        As in `simulate_rescorla_wagner`.

    Returns
    -------
    dataset, truth
        As in `simulate_rescorla_wagner`.

    Raises
    ------
    ConfigError
        A parameter or a number that cannot be.
    """
    parameters = {"alpha": alpha, "forget_rate": forget_rate, "beta": beta}
    return _simulate(n_participants, n_trials, parameters, n_sessions, n_actions, sigma, random_state)


def simulate_individual_differences(
    n_participants: int = 64,
    n_trials: int = 200,
    alpha: Parameter = (0.1, 0.9),
    forget_rate: Parameter = (0.05, 0.5),
    beta: Parameter = 3.0,
    n_sessions: int = 1,
    n_actions: int = 2,
    sigma: float = 0.2,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, pd.DataFrame]:
    """Simulate people who share the equations of `simulate_forgetting` and differ in their rates.

    Chosen arm: V <- (1 - alpha) V + alpha r. Other arms: V <- (1 - forget_rate) V + 0.5 forget_rate.
    Logits: beta V. Each participant has an alpha and a forget_rate of their own.

    Parameters
    ----------
    n_participants, n_trials : int
        Number of people, and of trials of each session.
    alpha : float or (float, float), default (0.1, 0.9)
        Learning rate.
    forget_rate : float or (float, float), default (0.05, 0.5)
        Forgetting rate.
    beta : float or (float, float), default 3
        Inverse temperature.
    n_sessions, n_actions, sigma, random_state
        As in `simulate_rescorla_wagner`.

    Returns
    -------
    dataset, truth
        As in `simulate_rescorla_wagner`.

    Raises
    ------
    ConfigError
        A parameter or a number that cannot be.
    """
    parameters = {"alpha": alpha, "forget_rate": forget_rate, "beta": beta}
    return _simulate(n_participants, n_trials, parameters, n_sessions, n_actions, sigma, random_state)


def simulate_choice_perseverance(
    n_participants: int = 100,
    n_trials: int = 100,
    alpha: Parameter = 0.3,
    forget_rate: Parameter = 0.2,
    beta: Parameter = 3.0,
    alpha_choice: Parameter = 1.0,
    beta_choice: Parameter = 1.0,
    n_sessions: int = 1,
    n_actions: int = 2,
    sigma: float = 0.2,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, pd.DataFrame]:
    """Simulate people who also tend to choose what they chose before.

    Chosen arm: V <- (1 - alpha) V + alpha r and C <- (1 - alpha_choice) C + alpha_choice.
    Other arms: V <- (1 - forget_rate) V + 0.5 forget_rate and C <- (1 - alpha_choice) C.
    C starts at 0. Logits: beta V + beta_choice C.

    Parameters
    ----------
    n_participants, n_trials : int
        Number of people, and of trials of each session.
    alpha : float or (float, float), default 0.3
        Learning rate.
    forget_rate : float or (float, float), default 0.2
        Forgetting rate.
    beta : float or (float, float), default 3
        Inverse temperature of V.
    alpha_choice : float or (float, float), default 1
        Learning rate of C; with 1 only the choice before counts.
    beta_choice : float or (float, float), default 1
        Inverse temperature of C.
    n_sessions, n_actions, sigma, random_state
        As in `simulate_rescorla_wagner`.

    Returns
    -------
    dataset, truth
        As in `simulate_rescorla_wagner`.

    Raises
    ------
    ConfigError
        A parameter or a number that cannot be.
    """
    parameters = {
        "alpha": alpha,
        "forget_rate": forget_rate,
        "beta": beta,
        "alpha_choice": alpha_choice,
        "beta_choice": beta_choice,
    }
    return _simulate(n_participants, n_trials, parameters, n_sessions, n_actions, sigma, random_state)


def simulate_asymmetric_learning(
    n_participants: int = 100,
    n_trials: int = 100,
    alpha_reward: Parameter = 0.8,
    alpha_penalty: Parameter = 0.2,
    beta: Parameter = 3.0,
    n_sessions: int = 1,
    n_actions: int = 2,
    sigma: float = 0.2,
    random_state: RandomState = None,
) -> tuple[DatasetRNN, pd.DataFrame]:
    """Simulate people who learn more from a reward than from its absence, or the reverse.

    Chosen arm: V <- (1 - alpha) V + alpha r, with alpha = alpha_reward if r = 1 and alpha_penalty if r = 0.
    In one equation: V <- (1 - alpha_penalty) V + alpha_reward r + (alpha_penalty - alpha_reward) V r.
    Other arms: V <- V. Logits: beta V.

    Parameters
    ----------
    n_participants, n_trials : int
        Number of people, and of trials of each session.
    alpha_reward, alpha_penalty : float or (float, float), default 0.8 and 0.2
        Learning rates for rewards of 1 and of 0.
    beta : float or (float, float), default 3
        Inverse temperature.
    n_sessions, n_actions, sigma, random_state
        As in `simulate_rescorla_wagner`.

    Returns
    -------
    dataset, truth
        As in `simulate_rescorla_wagner`.

    Raises
    ------
    ConfigError
        A parameter or a number that cannot be.
    """
    parameters = {"alpha_reward": alpha_reward, "alpha_penalty": alpha_penalty, "beta": beta}
    return _simulate(n_participants, n_trials, parameters, n_sessions, n_actions, sigma, random_state)


# Where the equations above and the agent call the same parameter by different names.
_AGENT_NAMES = {"alpha": "alpha_reward", "beta": "beta_reward"}


def _simulate(
    n_participants: int,
    n_trials: int,
    parameters: dict[str, Parameter],
    n_sessions: int,
    n_actions: int,
    sigma: float,
    random_state: RandomState,
) -> tuple[DatasetRNN, pd.DataFrame]:
    n_participants = check_count("n_participants", n_participants)
    n_trials, n_sessions = check_count("n_trials", n_trials), check_count("n_sessions", n_sessions)
    # Streams of their own, so that the people stay the same when they play more trials or another task.
    people, choices_rng, task = as_generator(random_state).spawn(3)
    truth = pd.DataFrame(
        {name: _draw(name, value, n_participants, people) for name, value in parameters.items()},
        index=pd.RangeIndex(n_participants, name="participant"),
    )
    agent = AgentQ(n_actions=n_actions, random_state=choices_rng)
    environment = BanditsDrift(sigma, n_actions=n_actions, random_state=task)
    participant = np.repeat(np.arange(n_participants), n_sessions)
    own = {_AGENT_NAMES.get(str(name), str(name)): truth[name].to_numpy()[participant] for name in truth}
    choices, rewards, _ = simulate(agent, environment, n_trials, len(participant), {"parameters": own})
    blocks = np.tile(np.arange(n_sessions), n_participants)
    return build_dataset(choices, rewards, participant, blocks), truth


def _draw(name: str, value: Parameter, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    # A beta may be any finite number; everything else here is a rate.
    bounds = (-np.inf, np.inf) if name.startswith("beta") else (0.0, 1.0)
    number = check_number(name, value, *bounds)
    if number.ndim == 0:
        return np.full(n, number.item())
    if number.shape != (2,) or number[0] > number[1]:
        raise ConfigError(
            name, "one number or a pair (low, high)", repr(value), "Give the lower number of a range first."
        )
    return rng.uniform(number[0], number[1], n)
