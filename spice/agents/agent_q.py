"""A Q-learner: values, forgetting, learning from what was missed, and perseveration."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spice.agents._checks import check_choice, check_reward
from spice.agents._parameters import check_deviations, check_parameters, draw_parameter
from spice.agents.agent import Agent, FloatArray
from spice.data.layout import shown_rewards
from spice.random_state import RandomState

NEUTRAL = 0.5
"""The value that arms start with and that forgetting leads back to."""


class AgentQ(Agent):
    """Q-learning with forgetting, counterfactual learning and choice perseveration.

    With r the reward of an arm as the environment gives it, after each trial with a choice

    - the value of the chosen arm: V <- V + alpha (r - V), alpha being `alpha_reward` where r > 0.5 and
      `alpha_penalty` elsewhere;
    - the value of an arm not chosen, if its reward was shown and a counterfactual rate is above 0:
      V <- V + alpha_cf (r - V), with the counterfactual rate for rewards or penalties; otherwise
      V <- V + forget_rate (0.5 - V);
    - the choice value of every arm: C <- C + alpha_choice (chosen - C), with chosen = 1 or 0.

    V starts at 0.5, C at 0. The logits are beta_reward V + beta_choice C (+ beta_counterfactual F, below).

    `states` are ``x_value_reward`` (V), ``x_learning_rate_reward`` (the rate at which the reward of an arm
    entered its value in the trial before, 0 if it did not) and ``x_value_choice`` (C).

    Parameters
    ----------
    n_actions : int, default 2
        Number of arms.
    beta_reward : float, default 3
        Inverse temperature of the values.
    alpha_reward : float, default 0.2
        Learning rate for rewards above 0.5.
    alpha_penalty : float, default -1
        Learning rate for rewards of at most 0.5; -1: the same as `alpha_reward`.
    beta_counterfactual : float, default 0
        Inverse temperature of a state of its own, ``x_value_counterfactual`` (F), which the agent has if this
        is not 0 or varies. It remembers nothing but missed rewards, and so makes arms attractive for what
        they would have paid, over and above what that does to V: where the reward of an arm not chosen was
        shown, F <- F + alpha_cf (r - F); elsewhere F <- F + forget_rate (0.5 - F). F starts at 0.5.
    alpha_counterfactual_reward, alpha_counterfactual_penalty : float, default 0
        Learning rates for the rewards of arms not chosen, above 0.5 and at most 0.5.
    beta_choice : float, default 0
        Inverse temperature of the choice values; negative for people who alternate.
    alpha_choice : float, default 1
        Learning rate of the choice values; 1 remembers the last choice only.
    forget_rate : float, default 0
        How far values of arms not chosen go back to 0.5 on each trial.
    parameter_variance : float or mapping of str to float, default 0
        Standard deviation of parameters between sessions, around the values above, used by
        ``new_sess(sample_parameters=True)``; -1: as large as the value itself. A mapping names the parameters
        that vary. A number holds for all parameters that are not 0: none that is switched off is switched on.
        A tied `alpha_penalty` stays tied unless it is named.
    deterministic : bool, default False
        Choose the arm with the highest logit (the first of equals) instead of drawing one.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed of choices and sampled parameters.

    Raises
    ------
    ConfigError
        A rate outside [0, 1], a beta that is not finite, an impossible `parameter_variance`.

    References
    ----------
    Rescorla & Wagner (1972), in Black & Prokasy (eds.), Classical Conditioning II, 64-99.
    Ito & Doya (2009), Journal of Neuroscience 29:9861-9874 (forgetting).
    """

    def __init__(
        self,
        n_actions: int = 2,
        beta_reward: float = 3.0,
        alpha_reward: float = 0.2,
        alpha_penalty: float = -1.0,
        beta_counterfactual: float = 0.0,
        alpha_counterfactual_reward: float = 0.0,
        alpha_counterfactual_penalty: float = 0.0,
        beta_choice: float = 0.0,
        alpha_choice: float = 1.0,
        forget_rate: float = 0.0,
        parameter_variance: float | Mapping[str, float] = 0.0,
        deterministic: bool = False,
        *,
        random_state: RandomState = None,
    ) -> None:
        self._means = check_parameters(
            {
                "beta_reward": beta_reward,
                "alpha_reward": alpha_reward,
                "alpha_penalty": alpha_penalty,
                "beta_counterfactual": beta_counterfactual,
                "alpha_counterfactual_reward": alpha_counterfactual_reward,
                "alpha_counterfactual_penalty": alpha_counterfactual_penalty,
                "beta_choice": beta_choice,
                "alpha_choice": alpha_choice,
                "forget_rate": forget_rate,
            }
        )
        self._deviations = check_deviations(parameter_variance, self._means)
        initial_values = {"x_value_reward": NEUTRAL, "x_learning_rate_reward": 0.0, "x_value_choice": 0.0}
        super().__init__(n_actions, initial_values, None, deterministic, random_state)
        self.new_sess()

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters by the constructor's names: floats, or (n_sessions,) arrays in a batch."""
        if not self._sessions:
            return {name: value.item() for name, value in self._current.items()}
        return {name: np.broadcast_to(value, self._sessions).copy() for name, value in self._current.items()}

    def new_sess(
        self,
        n_sessions: int | None = None,
        sample_parameters: bool = False,
        parameters: Mapping[str, ArrayLike] | None = None,
        **kwargs: Any,
    ) -> None:
        """Start new sessions: values go back to where they start, parameters to those of the constructor.

        Parameters
        ----------
        n_sessions : int, optional
            None: one session, whose arrays have no session axis. A number: that many at once.
        sample_parameters : bool, default False
            Draw the parameters of each session, see `parameter_variance`.
        parameters : mapping of str to float or (n_sessions,) array, optional
            Values for these sessions in place of the constructor's. They are not sampled.
        **kwargs
            Accepted and ignored.

        Raises
        ------
        ConfigError
            If `n_sessions` or a parameter is not what it may be.
        """
        super().new_sess(n_sessions)
        given = dict(parameters or {})
        current = {**self._means, **check_parameters(given, self._sessions)}
        for name, deviation in self._deviations.items() if sample_parameters else ():
            if name not in given:
                mean = float(self._means.get(name, self._means["alpha_reward"]))
                current[name] = draw_parameter(name, mean, deviation, self._sessions, self._rng)
        current.setdefault("alpha_penalty", current["alpha_reward"])
        self._current = current
        # With an axis for the arms, once and not at every trial.
        self._per_arm = {name: value[..., None] for name, value in current.items()}
        self._betas = {"x_value_reward": current["beta_reward"], "x_value_choice": current["beta_choice"]}
        if "beta_counterfactual" in self._deviations or np.any(current["beta_counterfactual"] != 0):
            self._state["x_value_counterfactual"] = np.full((*self._sessions, self.n_actions), NEUTRAL)
            self._betas["x_value_counterfactual"] = current["beta_counterfactual"]

    def update(self, choice: ArrayLike, reward: ArrayLike, **kwargs: Any) -> None:
        """Learn from one trial.

        Parameters
        ----------
        choice : int or (n_sessions,) array of int
            Index of the chosen arm; -1 on a missed trial, which changes nothing.
        reward : (n_actions,) or (n_sessions, n_actions) array of float
            Reward per arm; NaN or, on an arm not chosen, -1 where it was not shown. A chosen arm whose
            reward is NaN keeps its value.
        **kwargs
            Accepted and ignored.

        Raises
        ------
        DataError
            If there is no such arm, or the shapes do not fit the sessions.
        """
        picked = check_choice(choice, self.n_actions, self._sessions)[..., None]
        rewards = check_reward(reward, (*self._sessions, self.n_actions))
        p = self._per_arm
        chosen = picked == np.arange(self.n_actions)
        not_chosen = (picked >= 0) & ~chosen
        known = ~np.isnan(rewards)
        missed_out = not_chosen & shown_rewards(rewards, chosen, self.counterfactual)
        rate = np.where(
            chosen,
            np.where(rewards > 0.5, p["alpha_reward"], p["alpha_penalty"]),
            np.where(rewards > 0.5, p["alpha_counterfactual_reward"], p["alpha_counterfactual_penalty"]),
        )
        counterfactual = (p["alpha_counterfactual_reward"] > 0) | (p["alpha_counterfactual_penalty"] > 0)
        learns = (chosen & known) | (missed_out & counterfactual)

        def toward_reward_or_neutral(value: FloatArray, learns: Any, forgets: Any) -> FloatArray:
            moved = np.where(learns, value + rate * (rewards - value), value)
            return np.where(forgets, value + p["forget_rate"] * (NEUTRAL - value), moved)

        state = self._state
        state["x_value_reward"] = toward_reward_or_neutral(state["x_value_reward"], learns, not_chosen & ~learns)
        state["x_learning_rate_reward"] = np.where(
            picked >= 0, np.where(learns, rate, 0.0), state["x_learning_rate_reward"]
        )
        state["x_value_choice"] = np.where(
            picked >= 0,
            state["x_value_choice"] + p["alpha_choice"] * (chosen - state["x_value_choice"]),
            state["x_value_choice"],
        )
        if "x_value_counterfactual" in state:
            state["x_value_counterfactual"] = toward_reward_or_neutral(
                state["x_value_counterfactual"], missed_out, (picked >= 0) & ~missed_out
            )
