"""One session seen through the network and the equations, and what would be if an equation were another."""

import copy
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from traitlets import Dict, HasTraits, Instance, Int, observe

from spice.estimator import SpiceEstimator
from spice.resources.bandits import AgentNetwork, AgentSpice, get_update_dynamics
from spice.resources.likelihood import choice_probabilities
from spice.resources.model_run import Run
from spice.resources.rnn_utils import DatasetRNN
from spice.resources.trials import Trials, read_conditions
from spice.utils.plotting import rate_of_last_update
from spice_nb.models.simulation import true_agent

Floats = NDArray[np.float64]

PROBABILITY, Q_VALUE = "Probability", "Q value"
RATE = "x_learning_rate_reward"
STATES = {
    "x_value_reward": "Reward value",
    RATE: "Learning rate",
    "x_value_choice": "Choice value",
    "x_value_trial": "Trial value",
}
TRUTH, NETWORK, EQUATIONS, CHANGED = "Ground truth", "Network", "Equations", "What if"
STEP = 0.01
"""Of the sliders."""
MOST_POINTS = 2_000
"""Of a curve that is drawn."""


@dataclass(frozen=True)
class Session:
    """A session and the curves of one arm.

    Attributes
    ----------
    chosen : (T,) bool
        Whether the arm was chosen.
    reward : (T,)
        Of the chosen arm, 0 to 1.
    curves : mapping of panel to {agent: (T,)}
        Before each trial.
    nll : mapping of agent to float
        Negative log-likelihood per choice, nats, from the second choice on.
    """

    chosen: NDArray[np.bool_]
    reward: Floats
    curves: Mapping[str, Mapping[str, Floats]]
    nll: Mapping[str, float]


class SessionModel(HasTraits):
    """State of a `SessionPanel`.

    Attributes
    ----------
    estimator : SpiceEstimator, optional
        Fitted.
    dataset : DatasetRNN, optional
    truth : DataFrame, optional
        True parameters of simulated people, a row a participant.
    sequence : int
        Row of the data set.
    arm : int
    changes : dict of (mechanism, term) to float
        Coefficients that the what-if equations have instead of the person's own.
    """

    estimator = Instance(SpiceEstimator, allow_none=True)
    dataset = Instance(DatasetRNN, allow_none=True)
    truth = Instance(pd.DataFrame, allow_none=True)
    sequence = Int(0)
    arm = Int(0)
    changes: Any = Dict()

    @observe("estimator", "dataset")
    def _source_changed(self, _: Mapping[str, Any]) -> None:
        with self.hold_trait_notifications():
            self.sequence, self.arm, self.changes = 0, 0, {}

    @observe("sequence")
    def _sequence_changed(self, _: Mapping[str, Any]) -> None:
        self.changes = {}

    @property
    def blocker(self) -> str:
        """What is still needed."""
        if self.dataset is None:
            return "Choose a data set first."
        fitted = self.estimator is not None and hasattr(self.estimator, "spice_agent_")
        return "" if fitted else "Fit a model first."

    @property
    def sequences(self) -> list[tuple[str, int]]:
        """Name and row of each session."""
        if self.dataset is None:
            return []
        ids = np.nan_to_num(np.asarray(self.dataset.xs[:, 0, -3:]), nan=0).astype(int)
        labels = self.dataset.participants
        several = len(np.unique(ids[:, -1])) < len(ids)
        names = []
        for row, (block, _, participant) in enumerate(ids):
            name = str(labels[participant] if labels and participant < len(labels) else participant)
            names.append((f"{name}, block {block + 1}" if several else name, row))
        return names

    @property
    def arms(self) -> list[tuple[str, int]]:
        """Label and index of each option."""
        if self.dataset is None:
            return []
        return [(str(label), k) for k, label in enumerate(self.dataset.actions or range(self.dataset.n_actions))]

    @property
    def coefficients(self) -> list[tuple[str, str, float]]:
        """Mechanism, term and coefficient of the person's equations as they were found."""
        assert self.estimator is not None
        table, row = self.estimator.spice_agent_.coefficients, self._row()
        return [
            (name, terms.names[k], float(table.values[name][row, k]))
            for name, terms in table.terms.items()
            for k in np.flatnonzero(table.values[name][row])
        ]

    def change(self, mechanism: str, term: str, value: float) -> None:
        """Give a coefficient of the what-if equations another value."""
        own = {(m, t): v for m, t, v in self.coefficients}
        key = mechanism, term
        changes = {k: v for k, v in self.changes.items() if k != key}
        # A slider rounds what it is given.
        if abs(own.get(key, 0.0) - value) > STEP / 2 + 1e-9:
            changes[key] = value
        self.changes = changes

    def session(self) -> Session:
        """The session with the curves of all agents."""
        assert self.dataset is not None
        assert self.estimator is not None
        agents: dict[str, AgentNetwork] = {
            NETWORK: self.estimator.rnn_agent_, EQUATIONS: self.estimator.spice_agent_
        }  # fmt: skip
        if self.changes:
            agents[CHANGED] = self._changed()
        trials, _ = read_conditions(
            self.dataset.xs[self.sequence : self.sequence + 1], self.dataset.n_actions, self.estimator.reward_range_
        )
        curves: dict[str, dict[str, Floats]] = {}
        nll: dict[str, float] = {}
        if self.truth is not None:
            curves, nll[TRUTH] = self._true_curves()
        for name, agent in agents.items():
            run = agent.run(trials)
            for panel, values in _curves(agent, trials, run, self.arm).items():
                curves.setdefault(panel, {})[name] = values
            nll[name] = _nll(trials, run)
        actions = trials.actions[:, 0].double().numpy()
        return Session(
            chosen=actions[:, self.arm] > 0,
            reward=(trials.rewards[:, 0].double().numpy() * actions).sum(-1),
            curves=curves,
            nll=nll,
        )

    def _true_curves(self) -> tuple[dict[str, dict[str, Floats]], float]:
        assert self.truth is not None
        assert self.dataset is not None
        agent = true_agent(self.truth.iloc[self._participant()].to_dict(), self.dataset.n_actions)
        xs = self.dataset.xs[self.sequence]
        (logits, states), p, _ = get_update_dynamics(xs, agent)
        # A state that stays 0, such as the choice value of people who do not persevere, is no part of the agent.
        held = {STATES[name]: values for name, values in states.items() if name in STATES and values.any()}
        curves = {title: values[:, self.arm] for title, values in {PROBABILITY: p, Q_VALUE: logits, **held}.items()}
        chosen = np.asarray(xs[: len(p), : self.dataset.n_actions]) > 0
        if STATES[RATE] in curves:
            curves[STATES[RATE]] = rate_of_last_update(curves[STATES[RATE]], chosen.argmax(-1), self.arm)
        nll = -np.log(p[1:][chosen[1:]]).mean() if len(p) > 1 else np.nan
        return {title: {TRUTH: values} for title, values in curves.items()}, float(nll)

    def _participant(self) -> int:
        assert self.dataset is not None
        return int(np.nan_to_num(float(self.dataset.xs[self.sequence, 0, -1]), nan=0))

    def _row(self) -> int:
        assert self.estimator is not None
        agent = self.estimator.spice_agent_
        known = self._participant() in agent.equation_ids
        index = agent.equation_ids.index(self._participant()) if known else -1
        return int(agent.coefficients.rows(torch.tensor([index]))[0])

    def _changed(self) -> AgentSpice:
        assert self.estimator is not None
        found = self.estimator.spice_agent_.coefficients.only(self._row())
        values = {name: v.copy() for name, v in found.values.items()}
        for (mechanism, term), value in self.changes.items():
            values[mechanism][:, found.terms[mechanism].names.index(term)] = value
        return AgentSpice(self.estimator.rnn_agent_, replace(found, values=values), [self._participant()])


def _curves(agent: AgentNetwork, trials: Trials, run: Run, arm: int) -> dict[str, Floats]:
    """Probability, logit and states (T,) of one arm before each trial."""
    first = _before_any_trial(agent, trials)
    curves = {
        PROBABILITY: np.r_[first[PROBABILITY][arm], choice_probabilities(run.logits)[:-1, 0, arm].numpy()],
        Q_VALUE: np.r_[first[Q_VALUE][arm], run.logits[:-1, 0, arm].double().numpy()],
    }
    for name, title in STATES.items():
        if name in run.states:
            factor = run.factors.get(name)
            values = run.states[name] if factor is None else factor * run.states[name]
            curves[title] = np.r_[first[name][arm], values[:-1, 0, arm].double().numpy()]
    if STATES[RATE] in curves:
        choices = trials.actions[:, 0].argmax(-1).numpy()
        curves[STATES[RATE]] = rate_of_last_update(curves[STATES[RATE]], choices, arm)
    return curves


def _before_any_trial(agent: AgentNetwork, trials: Trials) -> dict[str, Floats]:
    """What an agent holds of each arm at the start of a session."""
    agent = copy.copy(agent)
    agent.new_sess(participant_id=int(trials.participants[0]), experiment_id=int(trials.experiments[0]))
    held = {name: np.asarray(agent.get_state_value(name)) for name in agent.states}
    return held | {PROBABILITY: np.asarray(agent.get_choice_probs()), Q_VALUE: np.asarray(agent.q)}


def _nll(trials: Trials, run: Run) -> float:
    p = choice_probabilities(run.logits)[:-1, 0]
    of_choice = (p * trials.actions[1:, 0].double()).sum(-1)
    return float(-of_choice.log().mean()) if len(of_choice) else float("nan")


def decimated(values: Floats, most: int = MOST_POINTS) -> NDArray[np.int_]:
    """Positions to draw: of each stretch its smallest and its largest value, so that no extreme is lost."""
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
