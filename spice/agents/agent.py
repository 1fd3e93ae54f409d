"""What every simulated person can do: start a session, choose, learn."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.agents._checks import check_count
from spice.agents._random import RandomSource
from spice.exceptions import ConfigError
from spice.observation.softmax import SOFTMAX
from spice.random_state import RandomState

FloatArray = NDArray[np.float64]


class Agent(RandomSource):
    """Base of all agents: named states per arm, of which some, weighted by betas, make the logits.

    Arrays of one session are (n_actions,); those of a batch of sessions have the sessions as first axis. An
    agent of your own overrides `update`, and if that works on a batch too, `new_sess` with a parameter
    `n_sessions`: batches are only asked of agents that name it themselves. One that keeps its states
    elsewhere also overrides `states` and `get_state_value`.

    Parameters
    ----------
    n_actions : int, default 2
        Number of arms, at least 2.
    initial_values : mapping of str to float
        State names and the value that a session starts with on every arm.
    betas : mapping of str to float or (n_sessions,) array
        Inverse temperature of each state that enters the logits. A state that is not named here, such as a
        learning rate, does not.
    deterministic : bool, default False
        Choose the arm with the highest logit (the first of equals) instead of drawing one.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed of the choices. None is unpredictable.

    Attributes
    ----------
    counterfactual : bool
        Whether -1 is a reward like others on an arm that was not chosen too. Otherwise, as environments mark it, it
        says there that nothing was shown; NaN always does.

    Raises
    ------
    ConfigError
        If there are fewer than two arms, a beta has no state, or the seed is not one.
    """

    counterfactual: bool = False

    def __init__(
        self,
        n_actions: int = 2,
        initial_values: Mapping[str, float] | None = None,
        betas: Mapping[str, ArrayLike] | None = None,
        deterministic: bool = False,
        random_state: RandomState = None,
    ) -> None:
        super().__init__(random_state)
        self._n_actions = check_count("n_actions", n_actions, minimum=2)
        self._initial_values = dict(initial_values or {})
        self._betas: dict[str, ArrayLike] = dict(betas or {})
        self.deterministic = bool(deterministic)
        Agent.new_sess(self)
        unknown = sorted(set(self._betas) - set(self._state))
        if unknown:
            raise ConfigError("betas", self._valid_names(), ", ".join(unknown), "Name existing states.")

    @property
    def n_actions(self) -> int:
        """Number of arms."""
        return self._n_actions

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the agent's states."""
        return tuple(self._state)

    @property
    def q(self) -> FloatArray:
        """Logit of each arm: the sum over states of beta * state; (n_actions,) or (n_sessions, n_actions)."""
        logits = np.zeros((*self._sessions, self.n_actions))
        for name in self._betas:
            logits += self.get_state_value(name)
        return logits

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the current session(s): numbers, or arrays of one number a session."""
        return {}

    def new_sess(self, n_sessions: int | None = None, **kwargs: Any) -> None:
        """Start new sessions: all states go back to their initial values.

        Parameters
        ----------
        n_sessions : int, optional
            None: one session, whose arrays have no session axis. A number: that many at once.
        **kwargs
            Accepted and ignored, so that all agents can be told `participant_id`, `experiment_id` and so on.

        Raises
        ------
        ConfigError
            If `n_sessions` is not a whole number of at least 1.
        """
        self._sessions = () if n_sessions is None else (check_count("n_sessions", n_sessions),)
        shape = (*self._sessions, self.n_actions)
        self._state = {name: np.full(shape, float(value)) for name, value in self._initial_values.items()}

    def update(self, choice: ArrayLike, reward: ArrayLike, **kwargs: Any) -> None:
        """Learn from one trial.

        Parameters
        ----------
        choice : int or (n_sessions,) array of int
            Index of the chosen arm; -1 on a missed trial, which teaches nothing.
        reward : (n_actions,) or (n_sessions, n_actions) array of float
            Reward per arm; NaN or, on an arm not chosen, -1 (see `counterfactual`) where it was not shown.
        **kwargs
            What some agents also learn from, such as `block` and `additional_inputs`.
        """
        raise NotImplementedError

    def get_state_value(self, name: str, multiply_with_beta: bool = True) -> FloatArray:
        """Read a state.

        Parameters
        ----------
        name : str
            One of `states`.
        multiply_with_beta : bool, default True
            Give the state's part of the logits. States that do not enter the logits stay as they are.

        Returns
        -------
        (n_actions,) or (n_sessions, n_actions) array of float
            A copy.

        Raises
        ------
        ConfigError
            If the agent has no such state.
        """
        if name not in self._state:
            raise ConfigError("name", self._valid_names(), repr(name), "Ask for a state that the agent has.")
        if multiply_with_beta and name in self._betas:
            return np.asarray(self._betas[name], dtype=np.float64)[..., None] * self._state[name]
        return self._state[name].copy()

    def get_choice_probs(self, offered: ArrayLike | None = None) -> FloatArray:
        """Probability of choosing each arm, the softmax of `q`; (n_actions,) or (n_sessions, n_actions).

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
        logits = self._among(offered)
        weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return np.asarray(weights / weights.sum(axis=-1, keepdims=True))

    def get_choice(self, offered: ArrayLike | None = None) -> Any:
        """Choose an arm.

        Parameters
        ----------
        offered : (n_actions,) or (n_sessions, n_actions) array of bool, optional
            Arms on offer, by default all.

        Returns
        -------
        int, or (n_sessions,) array of int
            Index of the arm.

        Raises
        ------
        ConfigError
            If no arm is on offer.
        """
        if self.deterministic:
            choice = np.argmax(self._among(offered), axis=-1)
        else:
            # An agent of one's own may know of no offers.
            p = self.get_choice_probs() if offered is None else self.get_choice_probs(offered)
            choice = SOFTMAX.sample(p, self._rng)
        return int(choice) if np.ndim(choice) == 0 else choice

    def _among(self, offered: ArrayLike | None) -> FloatArray:
        """Logits, minus infinity for arms that are not on offer."""
        logits = np.asarray(self.q, dtype=np.float64)
        if offered is None:
            return logits
        on_offer = np.broadcast_to(np.asarray(offered, dtype=bool), logits.shape)
        if not on_offer.any(axis=-1).all():
            raise ConfigError("offered", "at least one arm", "none", "Leave it out where all arms are on offer.")
        return np.where(on_offer, logits, -np.inf)

    def _valid_names(self) -> str:
        return "one of " + (", ".join(self.states) or "no states")
