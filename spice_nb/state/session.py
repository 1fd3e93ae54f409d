"""One session seen through the network and the equations, and what would be if an equation were another."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from traitlets import Dict, HasTraits, Instance, Int, Set, Tuple, observe

from spice.data.layout import is_choice, participants_of
from spice.data.trials import Trials, read_conditions
from spice.equations.equations import SpiceEquations
from spice.estimator import SpiceEstimator
from spice.fit_result import FitResult
from spice.resources.bandits import Agent, AgentNetwork, AgentQ, AgentSpice, fit_rescorla_wagner
from spice.resources.rnn_utils import DatasetRNN
from spice_nb.state.outline import coefficient_words
from spice_nb.state.session_curves import Seen, Session, through_agent, through_network
from spice_nb.state.session_names import named_sessions
from spice_nb.state.simulation import true_agent

TRUTH, NETWORK, EQUATIONS, BENCHMARK, CHANGED = "Ground truth", "Network", "Equations", "Benchmark", "What if"
HALVES = "rnn_agent_", "spice_agent_"
STEP = 0.01
"""Step of the what-if sliders."""
_KEYS = {TRUTH: "groundtruth", NETWORK: "rnn", EQUATIONS: "spice", BENCHMARK: "benchmark"}
"""What `plot_session` calls the agents."""


class SessionModel(HasTraits):
    """State of a `SessionPanel`.

    Parameters
    ----------
    **traits
        Any of the attributes.

    Attributes
    ----------
    estimator : SpiceEstimator, optional
        Fitted.
    dataset : DatasetRNN, optional
    truth : DataFrame, optional
        True parameters of simulated people, a row a participant.
    benchmark : Agent, optional
        Compared with; by default the model of Rescorla and Wagner, fitted to each person when it is shown.
    sequence : int
        Row of the data set.
    arm : int
    hidden : set of str
        Agents that are not shown.
    trial : int
        That is read, from 1 on.
    zoom : (int, int), or empty
        First and last trial shown; empty for all.
    changes : dict of (mechanism, term) to float
        Coefficients that the what-if equations have instead of the person's own.
    """

    estimator = Instance(SpiceEstimator, allow_none=True)
    dataset = Instance(DatasetRNN, allow_none=True)
    truth = Instance(pd.DataFrame, allow_none=True)
    benchmark = Instance(Agent, allow_none=True)
    sequence = Int(0)
    arm = Int(0)
    hidden: Any = Set({BENCHMARK})
    trial = Int(1)
    zoom: Any = Tuple()
    changes: Any = Dict()

    def __init__(self, **traits: Any) -> None:
        self._fitted: dict[int, AgentQ] = {}
        self._seen: dict[str, Seen] = {}
        self._canonical: tuple[FitResult, AgentNetwork, AgentSpice] | None = None
        super().__init__(**traits)

    @observe("estimator", "dataset", "truth")
    def _source_changed(self, _: Mapping[str, Any]) -> None:
        self._fitted, self._seen = {}, {}
        with self.hold_trait_notifications():
            self.sequence, self.arm, self.changes, self.trial, self.zoom = 0, 0, {}, 1, ()

    @observe("sequence")
    def _sequence_changed(self, _: Mapping[str, Any]) -> None:
        self._seen = {}
        with self.hold_trait_notifications():
            self.changes, self.trial, self.zoom = {}, 1, ()

    @observe("benchmark")
    def _benchmark_changed(self, _: Mapping[str, Any]) -> None:
        self._seen.pop(BENCHMARK, None)
        self.show_agent(BENCHMARK, self.benchmark is not None)

    @property
    def blocker(self) -> str:
        """What is still needed."""
        if self.dataset is None:
            return "Choose a data set first."
        if self.estimator is None or not any(hasattr(self.estimator, half) for half in HALVES):
            return "Fit a model first."
        if not all(hasattr(self.estimator, half) for half in HALVES):
            return "This model was loaded from one of its two files. Load both: load_spice(path_rnn, path_spice)."
        if self.benchmark is not None and self.benchmark.n_actions != self.dataset.n_actions:
            return (
                f"The benchmark chooses between {self.benchmark.n_actions} options, the data have "
                f"{self.dataset.n_actions}. Give it as many options as the data have."
            )
        return ""

    @property
    def sequences(self) -> list[tuple[str, int]]:
        """Name and row of each session."""
        return [] if self.dataset is None else named_sessions(self.dataset)

    @property
    def arms(self) -> list[tuple[str, int]]:
        """Label and index of each option."""
        if self.dataset is None:
            return []
        return [(str(label), k) for k, label in enumerate(self.dataset.actions or range(self.dataset.n_actions))]

    # Agents ----------------------------------------------------------------------------------------------------

    @property
    def agents(self) -> list[tuple[str, str]]:
        """Name and label of each agent that can be shown."""
        names = [(TRUTH, TRUTH)] if self.truth is not None else []
        benchmark = "Rescorla-Wagner benchmark" if self.benchmark is None else BENCHMARK
        return [*names, (NETWORK, NETWORK), (EQUATIONS, EQUATIONS), (BENCHMARK, benchmark)]

    def show_agent(self, name: str, shown: bool = True) -> None:
        """Show an agent, or hide it.

        Parameters
        ----------
        name : str
            As in `agents`.
        shown : bool
            False hides it.
        """
        self.hidden = self.hidden - {name} if shown else self.hidden | {name}

    @property
    def plotted(self) -> dict[str, Agent]:
        """The agents that are shown, as `plot_session` takes them."""
        return {_KEYS[name]: self._agent(name) for name, _ in self.agents if name not in self.hidden}

    @property
    def of_benchmark(self) -> str:
        """What the benchmark is; empty where none is shown."""
        if BENCHMARK in self.hidden:
            return ""
        if self.benchmark is not None:
            return "Benchmark: the agent that was given."
        found = self._agent(BENCHMARK).parameters
        return (
            f"Benchmark: Rescorla-Wagner, learning rate {found['alpha_reward']:.2f}, inverse temperature "
            f"{found['beta_reward']:.2f}, fitted to all choices of this person."
        )

    def _agent(self, name: str) -> Agent:
        assert self.estimator is not None
        assert self.dataset is not None
        if name == TRUTH:
            assert self.truth is not None
            return true_agent(self.truth.iloc[self._participant()].to_dict(), self.dataset.n_actions)
        if name == BENCHMARK:
            return self._rescorla_wagner() if self.benchmark is None else self.benchmark
        return self._of_fit()[name == EQUATIONS]

    def _rescorla_wagner(self) -> AgentQ:
        assert self.dataset is not None
        person = self._participant()
        if person not in self._fitted:
            own = np.nan_to_num(np.asarray(participants_of(self.dataset.xs)[:, 0]), nan=0) == person
            self._fitted[person] = fit_rescorla_wagner(list(self.dataset.xs[own]), self.dataset.n_actions)
        return self._fitted[person]

    # What if ---------------------------------------------------------------------------------------------------

    @property
    def coefficients(self) -> list[tuple[str, str, float]]:
        """Mechanism, term and coefficient of the person's equations, in canonical form where there is one.

        Those of a state that choices do not depend on are left out: no change of them would be seen.
        """
        table, row = self._equations.coefficients, self._row()
        absent = {state for state, beta in table.betas.items() if beta[row] == 0}
        states = {m.name: m.state for m in table.mechanisms}
        return [
            (name, terms.names[k], float(table.values[name][row, k]))
            for name, terms in table.terms.items()
            if states[name] not in absent
            for k in np.flatnonzero(table.values[name][row])
        ]

    def words(self, mechanism: str, term: str) -> str:
        """What people call a coefficient: `value, chosen: reward`.

        Parameters
        ----------
        mechanism, term : str
            As in `coefficients`.

        Returns
        -------
        str
        """
        found = next(m for m in self._equations.coefficients.mechanisms if m.name == mechanism)
        return coefficient_words(found, term)

    @property
    def _equations(self) -> AgentSpice:
        """The equations as people read them; they choose as those that were fitted."""
        return self._of_fit()[1]

    def _of_fit(self) -> tuple[AgentNetwork, AgentSpice]:
        """Agents of the fit that are this panel's own: those of the estimator keep their state and their draws."""
        assert self.estimator is not None
        result = self.estimator.fit_result_
        if self._canonical is None or self._canonical[0] is not result:
            network = AgentNetwork.of(result.fitted)
            assert result.equations is not None
            self._canonical, self._seen = (result, network, AgentSpice(network, result.equations.canonical())), {}
        return self._canonical[1:]

    def change(self, mechanism: str, term: str, value: float) -> None:
        """Give a coefficient of the what-if equations another value.

        Parameters
        ----------
        mechanism, term : str
            As in `coefficients`.
        value : float
            The person's own, within half a step of the sliders, takes the change back.
        """
        own = {(m, t): v for m, t, v in self.coefficients}
        key = mechanism, term
        changes = {k: v for k, v in self.changes.items() if k != key}
        # A slider rounds what it is given.
        if abs(own.get(key, 0.0) - value) > STEP / 2 + 1e-9:
            changes[key] = value
        self.changes = changes

    def _changed(self) -> AgentSpice:
        found = self._equations.coefficients.only(self._row())
        values = {name: v.copy() for name, v in found.values.items()}
        for (mechanism, term), value in self.changes.items():
            values[mechanism][:, found.terms[mechanism].names.index(term)] = value
        network, _ = self._of_fit()
        return AgentSpice(network, SpiceEquations.of(replace(found, values=values), [self._participant()]))

    # The session -----------------------------------------------------------------------------------------------

    def session(self) -> Session:
        """The session with the curves of all agents that are shown.

        Returns
        -------
        Session
        """
        assert self.dataset is not None
        assert self.estimator is not None
        trials, _ = read_conditions(
            self.dataset.xs[self.sequence : self.sequence + 1],
            self.dataset.n_actions,
            self.estimator.reward_range_,
            self.estimator.fit_result_.fitted.counterfactual,
        )
        # Forgets what was seen of a fit before.
        self._of_fit()
        seen = {name: self._through(name, trials) for name, _ in self.agents if name not in self.hidden}
        if self.changes:
            seen[CHANGED] = through_network(self._changed(), trials)
        return Session.of(trials, self.arm, seen)

    def _through(self, name: str, trials: Trials) -> Seen:
        """The session through an agent, kept until another is shown: sliders change what-if equations only."""
        if name not in self._seen:
            assert self.dataset is not None
            agent = self._agent(name)
            if isinstance(agent, AgentNetwork):
                self._seen[name] = through_network(agent, trials)
            else:
                # Rows of trials with a choice: all agents are drawn over the same trials.
                rows = self.dataset.xs[self.sequence][trials.rows[:, 0]]
                self._seen[name] = through_agent(agent, rows, trials.actions[:, 0].argmax(-1).numpy())
        return self._seen[name]

    @property
    def n_trials(self) -> int:
        """Trials of the session with a choice."""
        assert self.dataset is not None
        return int(is_choice(self.dataset.xs[self.sequence], self.dataset.n_actions).sum())

    @property
    def window(self) -> tuple[int, int]:
        """First and last trial that is shown."""
        return self.zoom or (1, self.n_trials)

    def zoom_to(self, ends: Sequence[float]) -> None:
        """Zoom to the trials between two ends; fewer than three are not zoomed to.

        Parameters
        ----------
        ends : sequence of float
            On the scale of trials, from 1 on; fractions of trials are left out.
        """
        if len(ends) == 2:
            first, last = max(math.ceil(ends[0]), 1), min(math.floor(ends[1]), self.n_trials)
            if last - first >= 2:
                self.zoom = first, last

    def read(self, session: Session) -> str:
        """What happened on the trial that is read.

        Parameters
        ----------
        session : Session

        Returns
        -------
        str
        """
        t = self.trial - 1
        chosen = self.arms[session.choice[t]][0]
        return (
            f"Trial {self.trial:,} of {len(session.choice):,}: option {chosen} chosen, reward {session.reward[t]:.2f}."
        )

    def _participant(self) -> int:
        assert self.dataset is not None
        return int(np.nan_to_num(float(participants_of(self.dataset.xs)[self.sequence, 0]), nan=0))

    def _row(self) -> int:
        assert self.estimator is not None
        agent = self.estimator.spice_agent_
        known = self._participant() in agent.equation_ids
        index = agent.equation_ids.index(self._participant()) if known else -1
        return int(agent.coefficients.rows(torch.tensor([index]))[0])
