"""What agents held of one option before each trial of a session."""

import copy
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spice.data.trials import Trials
from spice.figures.session_figure import rate_of_last_update
from spice.model.run import Run
from spice.resources.bandits import Agent, AgentNetwork, get_update_dynamics

Floats = NDArray[np.float64]

PROBABILITY, Q_VALUE = "Probability", "Q value"
RATE = "x_learning_rate_reward"
STATES = {
    "x_value_reward": "Reward value",
    RATE: "Learning rate",
    "x_value_choice": "Choice value",
    "x_value_trial": "Trial value",
}
MOST_POINTS = 2_000
"""Points of a curve that are drawn at most."""
LEAST_SPAN = 0.2
"""Smallest difference between the ends of an axis of values."""


@dataclass(frozen=True)
class Session:
    """A session and the curves of one option.

    Attributes
    ----------
    choice : (T,) int
        Index of the option that was chosen.
    chosen : (T,) bool
        Whether it was the one of the curves.
    reward : (T,)
        Of the chosen option, 0 to 1.
    curves : mapping of panel to {agent: (T,)}
        Before each trial.
    nll : mapping of agent to float
        Negative log-likelihood per choice, nats, from the second choice on.
    """

    choice: NDArray[np.int_]
    chosen: NDArray[np.bool_]
    reward: Floats
    curves: Mapping[str, Mapping[str, Floats]]
    nll: Mapping[str, float]

    @classmethod
    def of(cls, trials: Trials, arm: int, seen: Mapping[str, "Seen"]) -> "Session":
        """A session as agents saw it.

        Parameters
        ----------
        trials : Trials
            Of this one session, without missed trials.
        arm : int
            Index of the option whose curves they are.
        seen : mapping of agent to Seen
            The same session through each of them.

        Returns
        -------
        Session
        """
        actions = trials.actions[:, 0].double().numpy()
        choice = actions.argmax(-1)
        curves: dict[str, dict[str, Floats]] = {}
        for name, of_agent in seen.items():
            for panel, values in of_agent.of(arm, choice).items():
                curves.setdefault(panel, {})[name] = values
        return cls(
            choice=choice,
            chosen=choice == arm,
            reward=(trials.rewards[:, 0].double().numpy() * actions).sum(-1),
            curves=curves,
            nll={name: of_agent.nll for name, of_agent in seen.items()},
        )


@dataclass(frozen=True)
class Seen:
    """A session through one agent, all options of it.

    Attributes
    ----------
    curves : mapping of panel to (T, A)
        Before each trial.
    nll : float
    """

    curves: Mapping[str, Floats]
    nll: float

    def of(self, arm: int, choices: NDArray[np.int_]) -> dict[str, Floats]:
        """Curve (T,) of each panel; the learning rate is that of the last update.

        Values count relative to the mean of all options. What is added to all of them alike changes no choice, and
        agents differ in it without meaning anything by it.

        Parameters
        ----------
        arm : int
            Index of the option.
        choices : (T,) int
            Index of the option that was chosen.

        Returns
        -------
        dict of panel to (T,)
        """
        absolute = (PROBABILITY, STATES[RATE])
        curves = {
            panel: values[:, arm] - (0.0 if panel in absolute else values.mean(1))
            for panel, values in self.curves.items()
        }
        if STATES[RATE] in curves:
            curves[STATES[RATE]] = rate_of_last_update(curves[STATES[RATE]], choices, arm)
        return curves


def through_network(agent: AgentNetwork, trials: Trials) -> Seen:
    """A session through a network or its equations, in one rollout.

    Parameters
    ----------
    agent : AgentNetwork
    trials : Trials
        Of one session, without missed trials.

    Returns
    -------
    Seen
    """
    run = agent.run(trials)
    first = _before_any_trial(agent, trials)
    curves = {PROBABILITY: run.probabilities.numpy(), Q_VALUE: run.logits.double().numpy()}
    names = {PROBABILITY: PROBABILITY, Q_VALUE: Q_VALUE} | {STATES[name]: name for name in STATES if name in run.states}
    for name, title in STATES.items():
        if name in run.states:
            factor = run.factors.get(name)
            curves[title] = (run.states[name] if factor is None else factor * run.states[name]).double().numpy()
    before = {title: np.r_[first[names[title]][None], values[:-1, 0]] for title, values in curves.items()}
    return Seen(before, _nll(trials, run))


def through_agent(agent: Agent, xs: Any, choices: NDArray[np.int_]) -> Seen:
    """A session through any other agent, a trial at a time.

    Parameters
    ----------
    agent : Agent
    xs : (T, features)
        Rows of a data set, none of a missed trial.
    choices : (T,) int
        Index of the option that was chosen.

    Returns
    -------
    Seen
    """
    (logits, states), p, _ = get_update_dynamics(xs, agent)
    # A state that stays 0, such as the choice value of people who do not persevere, is no part of the agent.
    held = {STATES[name]: values for name, values in states.items() if name in STATES and values.any()}
    nll = -np.log(p[np.arange(len(p)), choices])[1:].mean() if len(p) > 1 else np.nan
    return Seen({PROBABILITY: p, Q_VALUE: logits, **held}, float(nll))


def _before_any_trial(agent: AgentNetwork, trials: Trials) -> dict[str, Floats]:
    """What an agent holds of each option at the start of a session."""
    agent = copy.copy(agent)
    agent.new_sess(participant_id=int(trials.participants[0]), experiment_id=int(trials.experiments[0]))
    held = {name: np.asarray(agent.get_state_value(name)) for name in agent.states}
    return held | {PROBABILITY: np.asarray(agent.get_choice_probs()), Q_VALUE: np.asarray(agent.q)}


def _nll(trials: Trials, run: Run) -> float:
    p = run.probabilities[:-1, 0]
    of_choice = (p * trials.actions[1:, 0].double()).sum(-1)
    return float(-of_choice.log().mean()) if len(of_choice) else float("nan")


def decimated(values: Floats, most: int = MOST_POINTS) -> NDArray[np.int_]:
    """Positions to draw: of each stretch its smallest and its largest value, so that no extreme is lost.

    Parameters
    ----------
    values : (T,)
        A curve; NaN where nothing is known.
    most : int
        Number of positions, about.

    Returns
    -------
    (N,) int
        Indices, ascending, with both ends among them; all of them where T is at most `most`.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    edges = np.linspace(0, n, most // 2 + 1).astype(int)
    kept = {0, n - 1}
    for start, stop in itertools.pairwise(edges):
        part = values[start:stop]
        if np.isfinite(part).any():
            kept |= {start + int(np.nanargmin(part)), start + int(np.nanargmax(part))}
    return np.array(sorted(kept))


def value_axis(curves: Mapping[str, Floats], panel: str) -> tuple[float, float, list[float]]:
    """Both ends of a panel's axis and the round numbers on it.

    Parameters
    ----------
    curves : mapping of agent to (T,)
        Those of the panel.
    panel : str
        Its title: `PROBABILITY`, `Q_VALUE`, or one of the values of `STATES`.

    Returns
    -------
    low, high : float
    ticks : list of float
    """
    if panel == PROBABILITY:
        # Room for the marks of choices above and below.
        return -0.15, 1.15, [0.0, 0.5, 1.0]
    known = np.concatenate([values[np.isfinite(values)] for values in curves.values()] or [np.zeros(0)])
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if panel == STATES[RATE] and low >= 0 and high <= 1:
        return -0.05, 1.05, [0.0, 0.5, 1.0]
    # Rounding noise of a flat curve must not fill the axis.
    middle, half = (low + high) / 2, max(high - low, LEAST_SPAN) * 0.54
    low, high = middle - half, middle + half
    rough = (high - low) / 4
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(size * k for k in (1, 2, 5, 10) if size * k >= rough)
    return low, high, [float(k * step) for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
