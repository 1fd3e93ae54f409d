"""A trained network as an agent that can be simulated and asked for predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from spice._validation import check_kind
from spice.agents._checks import NO_NUMBERS, check_choice, check_ids, check_reward
from spice.agents._one_trial import one_trial
from spice.agents.agent import Agent, FloatArray
from spice.data.layout import scaled, shown_rewards
from spice.data.trials import Trials
from spice.exceptions import ConfigError
from spice.model.base import BaseRNN
from spice.model.fitted import FittedModel
from spice.model.own_parts import temperatures
from spice.model.run import Run
from spice.observation.base import NOT_ON_OFFER
from spice.random_state import RandomState
from spice.rollout.reference import stack_broadcast
from spice.rollout.signals import Signals

POPULATION_ID = -1
"""No id of the data."""


class AgentNetwork(Agent):
    """A model with its networks.

    Parameters
    ----------
    model_rnn : BaseRNN
        Trained; used as it is, in eval mode.
    n_actions : int, optional
        Must be the model's, where given.
    device : torch.device, optional
        Accepted for old scripts; agents run on the processor, one small step at a time.
    deterministic : bool
        Choose the arm with the highest logit instead of drawing one.
    participant_ids, experiment_ids : sequence of int, optional
        Ids in the data that the rows of the model's embeddings belong to; by default 0, 1, …
    reward_range : (float, float)
        Rewards that the model knows as 0 and 1.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState

    Raises
    ------
    ConfigError
        If there is no model, or its number of arms or the ids are not what they may be.
    """

    def __init__(
        self,
        model_rnn: BaseRNN,
        n_actions: int | None = None,
        device: torch.device | str | None = None,
        deterministic: bool = False,
        *,
        participant_ids: Sequence[int] | None = None,
        experiment_ids: Sequence[int] | None = None,
        reward_range: tuple[float, float] = (0.0, 1.0),
        random_state: RandomState = None,
    ) -> None:
        check_kind("model_rnn", model_rnn, BaseRNN, "a model, such as ForgettingRNN()", "Pass a BaseRNN.")
        if n_actions is not None and (not isinstance(n_actions, Integral) or n_actions != model_rnn.n_actions):
            expected = f"{model_rnn.n_actions}, as in the model"
            raise ConfigError("n_actions", expected, repr(n_actions), "Leave n_actions out: the model knows.")
        del device
        fitted = FittedModel(
            model_rnn.to("cpu").eval(),
            check_ids("participant_ids", participant_ids, model_rnn.n_participants),
            check_ids("experiment_ids", experiment_ids, model_rnn.n_experiments),
            reward_range,
        )
        self._begin(fitted, deterministic, random_state)

    @classmethod
    def of(cls, fitted: FittedModel, *, deterministic: bool = False, random_state: RandomState = None) -> AgentNetwork:
        """An agent of a fitted model, that chooses by its networks.

        Parameters
        ----------
        fitted : FittedModel
        deterministic, random_state
            As for the class.

        Returns
        -------
        AgentNetwork
        """
        agent = cls.__new__(cls)
        agent._begin(fitted.with_equations(None), deterministic, random_state)
        return agent

    def _begin(self, fitted: FittedModel, deterministic: bool, random_state: RandomState) -> None:
        self.fitted, self.counterfactual = fitted, fitted.counterfactual
        super().__init__(fitted.n_actions, deterministic=deterministic, random_state=random_state)
        self.new_sess()

    # Predictions for recorded trials ---------------------------------------------------------------------------

    @property
    def model(self) -> BaseRNN:
        """The model, in eval mode."""
        return self.fitted.model

    @property
    def participant_ids(self) -> tuple[int, ...]:
        """Ids in the data that the rows of the model's embeddings belong to."""
        return self.fitted.participant_ids

    @property
    def experiment_ids(self) -> tuple[int, ...]:
        """Ids in the data that the rows of the experiments' embedding belong to."""
        return self.fitted.experiment_ids

    @property
    def reward_range(self) -> tuple[float, float]:
        """Rewards that the model knows as 0 and 1."""
        return self.fitted.reward_range

    def run(self, trials: Trials, start: dict[str, Tensor] | None = None, signals: Signals | None = None) -> Run:
        """Run the model over recorded trials, all sequences at once; see `FittedModel.run`.

        Parameters
        ----------
        trials : Trials
        start : mapping of state to (S, A), optional
            State to go on from.
        signals : Signals, optional
            What the model reads from these trials, where it is at hand.

        Returns
        -------
        Run
            With the logits (T, S, A) after each trial.

        Raises
        ------
        NotFittedError
            Where networks would run that are not trained.
        """
        return self.fitted.run(trials, start, signals)

    def get_participant_ids(self) -> tuple[int, ...]:
        """Ids of the participants in the data; the place of one among them is its row in the model's embeddings.

        Returns
        -------
        tuple of int
        """
        return self.participant_ids

    # Simulation, a trial at a time -----------------------------------------------------------------------------

    def new_sess(
        self,
        n_sessions: int | None = None,
        participant_id: ArrayLike = POPULATION_ID,
        experiment_id: ArrayLike = POPULATION_ID,
        **kwargs: Any,
    ) -> None:
        """Start new sessions of one participant, or of one each.

        Parameters
        ----------
        n_sessions : int, optional
            None: one session, without a session axis.
        participant_id, experiment_id : int or (n_sessions,) array of int
            Ids as in the data; people never seen, and nobody in particular, are the population's mean.
        **kwargs
            Accepted and ignored.

        Raises
        ------
        ConfigError
            If `n_sessions` is not a whole number of at least 1.
        """
        super().new_sess(n_sessions, **kwargs)
        n = n_sessions or 1
        self._participants = np.broadcast_to(np.asarray(participant_id, dtype=int), (n,)).copy()
        self._experiments = np.broadcast_to(np.asarray(experiment_id, dtype=int), (n,)).copy()
        ids = self.fitted.ids(self._participants, self._experiments)
        self._current = self.model.initial_state(n, ids.participants)
        equations = self.fitted.equations_of(self._participants)
        if equations is not None:
            for name, value in equations.initial.items():
                self._current[name] = value.expand(n, self.n_actions)
        self._blocks: Tensor | None = None
        self._logits = self._read_out() if self.model.is_declared else torch.zeros((n, self.n_actions))

    def update(
        self,
        choice: ArrayLike,
        reward: ArrayLike,
        block: int = 0,
        additional_inputs: ArrayLike | None = None,
        **kwargs: Any,
    ) -> None:
        """Learn from one trial.

        Parameters
        ----------
        choice : int or (n_sessions,) array of int
            Index of the chosen arm; -1 on a missed trial, which teaches nothing.
        reward : (n_actions,) or (n_sessions, n_actions) array of float
            Reward per arm in the unit of `reward_range`; NaN or, on an arm not chosen, -1 where it was not shown.
        block : int
            The trial's block, in which states may start anew.
        additional_inputs : (n_inputs,) or (n_sessions, n_inputs) array of float, optional
            By default 0.
        **kwargs
            Accepted and ignored.

        Raises
        ------
        DataError
            If there is no such arm, or the shapes do not fit.
        """
        del kwargs
        try:
            choices = np.atleast_1d(np.asarray(choice).astype(int, copy=False))
            rewards = np.atleast_2d(np.asarray(reward, dtype=float))
        except NO_NUMBERS:
            check_choice(choice, self.n_actions, self._sessions)
            check_reward(reward, (*self._sessions, self.n_actions))
            raise
        if choices.ndim > 1 or rewards.shape[1:] != (self.n_actions,) or (choices >= self.n_actions).any():
            check_choice(choice, self.n_actions, self._sessions)
            check_reward(reward, (*self._sessions, self.n_actions))
        if (choices < 0).all():
            return
        missed = choices < 0
        actions = np.where(missed[:, None], 0.0, np.eye(self.n_actions)[choices])
        shown = shown_rewards(rewards, actions > 0, self.counterfactual)
        n_inputs = len(self.model.additional_inputs)
        inputs = np.zeros(n_inputs) if additional_inputs is None else np.asarray(additional_inputs, dtype=float)
        trial = one_trial(
            actions,
            np.where(shown, scaled(rewards, self.reward_range), 0.0),
            shown,
            np.broadcast_to(inputs, (len(choices), inputs.shape[-1])),
            np.full(len(choices), block),
            self._participants,
            self._experiments,
        )
        run = self.run(trial, self._current, self.fitted.read(trial, self._blocks))
        learned = torch.as_tensor(~missed)[:, None]
        self._current = {k: torch.where(learned, v, self._current[k]) for k, v in run.last.items()}
        self._logits = torch.where(learned, run.logits[0], self._logits)
        blocks = torch.full((len(choices),), block)
        self._blocks = torch.where(learned[:, 0], blocks, blocks if self._blocks is None else self._blocks)

    def get_choice_probs(self, offered: ArrayLike | None = None) -> FloatArray:
        """Probability of choosing each arm; see `Agent.get_choice_probs`.

        Parameters
        ----------
        offered : (n_actions,) or (n_sessions, n_actions) array of bool, optional
            Arms on offer, by default all; the others have probability 0.

        Returns
        -------
        (n_actions,) or (n_sessions, n_actions) array of float

        Raises
        ------
        ConfigError
            If no arm is on offer.
        """
        if not self.model.observation.parameters:
            return super().get_choice_probs(offered)
        logits = torch.as_tensor(np.maximum(self._among(offered), NOT_ON_OFFER)).reshape(-1, self.n_actions)
        return self._shaped(self.model.observation.probabilities(logits, self._observed()))

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the model's states."""
        return tuple(self._current)

    @property
    def q(self) -> FloatArray:
        """Logit of each arm."""
        return self._shaped(self._logits)

    def get_state_value(self, name: str, multiply_with_beta: bool = True) -> FloatArray:
        """Read a state.

        Parameters
        ----------
        name : str
            One of `states`.
        multiply_with_beta : bool
            Give the state's part of the logits. States that do not enter the logits stay as they are.

        Returns
        -------
        (n_actions,) or (n_sessions, n_actions) array of float

        Raises
        ------
        ConfigError
            If the model has no such state.
        """
        if name not in self._current:
            raise ConfigError(
                "name", f"one of {list(self._current)}", repr(name), "Ask for a state that the model has."
            )
        value = self._current[name]
        factor = self._temperatures().get(name) if multiply_with_beta else None
        return self._shaped(value if factor is None else value * factor)

    # Inside ----------------------------------------------------------------------------------------------------

    def _temperatures(self) -> dict[str, Tensor]:
        with torch.no_grad():
            ids = self.fitted.ids(self._participants, self._experiments)
            if self.model.is_declared:
                own = self.model.inverse_temperatures(self.model.embedding(ids.participants))
            else:
                found = temperatures(self.model, ids.participants % (self.model.n_participants + 1))
                own = {name: factor[:, None] for name, factor in found.items()}
        equations = self.fitted.equations_of(self._participants)
        return {**own, **(equations.inverse_temperatures if equations else {})}

    def _observed(self) -> Mapping[str, Tensor]:
        equations = self.fitted.equations_of(self._participants)
        if equations is not None:
            return equations.observed
        with torch.no_grad():
            ids = self.fitted.ids(self._participants, self._experiments)
            return self.model.observation_parameters(ids.participants)

    def _read_out(self) -> Tensor:
        parts = [f * self._current[name] for name, f in self._temperatures().items() if name in self._current]
        return stack_broadcast(parts).sum(0)

    def _shaped(self, values: Tensor) -> FloatArray:
        array = values.detach().cpu().double().numpy()
        return np.array(array.reshape((*self._sessions, self.n_actions)))
