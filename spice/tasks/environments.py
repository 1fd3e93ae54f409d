"""Bandit tasks: arms that pay 1 or 0, with a probability that stays, drifts or jumps."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spice.agents._checks import check_choice, check_count, check_number
from spice.agents._random import RandomSource
from spice.exceptions import ConfigError
from spice.random_state import RandomState


class Bandits(RandomSource):
    """Base of all bandit tasks: Bernoulli rewards; what a trial does to the probabilities is up to the task.

    A task says with which probabilities a session starts (`_start`) and how they change from one trial to the
    next (`_advance`). Both work on one session, (n_actions,), and on a batch, (n_sessions, n_actions). A task
    that overrides `step` is played one session at a time, unless it overrides `new_sess` too.

    Parameters
    ----------
    n_actions : int, default 2
        Number of arms, at least 2.
    counterfactual : bool, default False
        Whether the rewards of the arms not chosen are shown too.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed. None is unpredictable.

    Raises
    ------
    ConfigError
        If there are fewer than two arms or the seed is not one.
    """

    _stream = 1

    def __init__(self, n_actions: int = 2, counterfactual: bool = False, random_state: RandomState = None) -> None:
        super().__init__(random_state)
        self._n_actions = check_count("n_actions", n_actions, minimum=2)
        self.counterfactual = bool(counterfactual)

    @property
    def n_actions(self) -> int:
        """Number of arms."""
        return self._n_actions

    @property
    def reward_probs(self) -> NDArray[np.float64]:
        """Probability of a reward on the coming trial, (n_actions,) or (n_sessions, n_actions)."""
        return self._reward_probs.copy()

    def new_sess(self, n_sessions: int | None = None) -> None:
        """Start new sessions.

        Parameters
        ----------
        n_sessions : int, optional
            None: one session, whose arrays have no session axis. A number: that many sessions at once, which
            all arrays have as their first axis.

        Raises
        ------
        ConfigError
            If `n_sessions` is not a whole number of at least 1.
        """
        sessions = () if n_sessions is None else (check_count("n_sessions", n_sessions),)
        self._reward_probs = self._start((*sessions, self.n_actions))

    def step(self, choice: ArrayLike) -> NDArray[np.float64]:
        """Play one trial.

        The rewards of all arms are drawn whatever is chosen, so that the same seed gives the same task to
        everybody who plays it.

        Parameters
        ----------
        choice : int or (n_sessions,) array of int
            Index of the chosen arm, -1 for a missed trial (nothing is shown, the task goes on).

        Returns
        -------
        (n_actions,) or (n_sessions, n_actions) array of float
            Reward per arm, 0 or 1; -1 where it was not shown.

        Raises
        ------
        DataError
            If there is no such arm, or not one choice for each session.
        """
        probs = self._reward_probs
        chosen = check_choice(choice, self.n_actions, probs.shape[:-1])[..., None]
        rewards = (self._rng.random(probs.shape) < probs).astype(np.float64)
        shown = chosen >= 0 if self.counterfactual else chosen == np.arange(self.n_actions)
        self._reward_probs = self._advance(probs)
        return np.where(shown, rewards, -1.0)

    def _start(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Reward probabilities of the first trial, in the given shape."""
        raise NotImplementedError

    def _advance(self, reward_probs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Reward probabilities of the next trial; those given are not to be changed."""
        raise NotImplementedError


class BanditsStandard(Bandits):
    """Arms whose reward probabilities never change.

    Parameters
    ----------
    reward_probs : sequence of float, default (0.8, 0.2)
        Reward probability of each arm; as many arms as probabilities.
    counterfactual : bool, default False
        Whether the rewards of the arms not chosen are shown too.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed.

    Raises
    ------
    ConfigError
        If a probability is outside [0, 1] or there are fewer than two.
    """

    def __init__(
        self,
        reward_probs: Sequence[float] = (0.8, 0.2),
        counterfactual: bool = False,
        *,
        random_state: RandomState = None,
    ) -> None:
        self._constant = check_number("reward_probs", reward_probs, 0.0, 1.0)
        if self._constant.ndim != 1 or len(self._constant) < 2:
            raise ConfigError(
                "reward_probs", "at least two probabilities", repr(reward_probs), "Give one for each arm."
            )
        super().__init__(len(self._constant), counterfactual, random_state)
        self.new_sess()

    def _start(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return np.broadcast_to(self._constant, shape)

    def _advance(self, reward_probs: NDArray[np.float64]) -> NDArray[np.float64]:
        return reward_probs


class BanditsDrift(Bandits):
    """Arms whose reward probabilities walk at random between 0 and 1.

    The probabilities start uniformly between 0 and 1. After each trial p <- min(max(p + e, 0), 1), with e
    drawn for each arm from a normal distribution of standard deviation `sigma`.

    Parameters
    ----------
    sigma : float
        Standard deviation of the step from one trial to the next, at least 0.
    n_actions : int, default 2
        Number of arms.
    counterfactual : bool, default False
        Whether the rewards of the arms not chosen are shown too.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed.

    Raises
    ------
    ConfigError
        If `sigma` is negative or not finite, or there are fewer than two arms.
    """

    def __init__(
        self,
        sigma: float,
        n_actions: int = 2,
        counterfactual: bool = False,
        *,
        random_state: RandomState = None,
    ) -> None:
        super().__init__(n_actions, counterfactual, random_state)
        self.sigma = check_number("sigma", sigma, low=0.0, n_dims=0).item()
        self.new_sess()

    def _start(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        return self._rng.random(shape)

    def _advance(self, reward_probs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(reward_probs + self._rng.normal(0.0, self.sigma, reward_probs.shape), 0.0, 1.0)


class _Blocks(Bandits):
    """Two arms whose probabilities are constant in blocks that end with a fixed probability each trial."""

    def __init__(
        self,
        blocks: Sequence[tuple[float, float]],
        block_flip_prob: float,
        counterfactual: bool,
        random_state: RandomState,
    ) -> None:
        super().__init__(2, counterfactual, random_state)
        self._blocks = np.asarray(blocks)
        self.block_flip_prob = check_number("block_flip_prob", block_flip_prob, 0.0, 1.0, n_dims=0).item()
        self.new_sess()

    def _start(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        self._block = self._rng.integers(len(self._blocks), size=shape[:-1])
        return self._blocks[self._block]

    def _advance(self, reward_probs: NDArray[np.float64]) -> NDArray[np.float64]:
        # The next block is one of the others: a block never follows itself.
        ends = self._rng.random(reward_probs.shape[:-1]) < self.block_flip_prob
        ahead = self._rng.integers(1, len(self._blocks), size=reward_probs.shape[:-1])
        self._block = np.where(ends, (self._block + ahead) % len(self._blocks), self._block)
        return self._blocks[self._block]


class BanditsFlip(_Blocks):
    """A reversal task: one of two arms is the better one, until they swap.

    Which arm starts as the better one is drawn at random.

    Parameters
    ----------
    block_flip_prob : float, default 0.02
        Probability that the arms swap after a trial.
    reward_prob_high, reward_prob_low : float, default 0.8 and 0.2
        Reward probability of the better and of the worse arm.
    counterfactual : bool, default False
        Whether the reward of the arm not chosen is shown too.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed.

    Raises
    ------
    ConfigError
        If a probability is outside [0, 1].
    """

    def __init__(
        self,
        block_flip_prob: float = 0.02,
        reward_prob_high: float = 0.8,
        reward_prob_low: float = 0.2,
        counterfactual: bool = False,
        *,
        random_state: RandomState = None,
    ) -> None:
        high = check_number("reward_prob_high", reward_prob_high, 0.0, 1.0, n_dims=0).item()
        low = check_number("reward_prob_low", reward_prob_low, 0.0, 1.0, n_dims=0).item()
        super().__init__(((high, low), (low, high)), block_flip_prob, counterfactual, random_state)


class BanditsSwitch(_Blocks):
    """Two arms that are each good, middling or bad, until a new block is drawn.

    There are seven kinds of block: every pair of high, middle and low except two good or two bad arms. The
    first block is one of the seven, each next block one of the other six, all equally probable.

    Parameters
    ----------
    block_flip_prob : float, default 0.02
        Probability that a new block starts after a trial.
    reward_prob_high, reward_prob_low, reward_prob_middle : float, default 0.75, 0.25 and 0.5
        Reward probabilities of good, bad and middling arms.
    counterfactual : bool, default False
        Whether the reward of the arm not chosen is shown too.
    random_state : None, int, numpy.random.Generator or numpy.random.RandomState
        Seed.

    Raises
    ------
    ConfigError
        If a probability is outside [0, 1].
    """

    def __init__(
        self,
        block_flip_prob: float = 0.02,
        reward_prob_high: float = 0.75,
        reward_prob_low: float = 0.25,
        reward_prob_middle: float = 0.5,
        counterfactual: bool = False,
        *,
        random_state: RandomState = None,
    ) -> None:
        levels = (
            check_number("reward_prob_high", reward_prob_high, 0.0, 1.0, n_dims=0).item(),
            check_number("reward_prob_low", reward_prob_low, 0.0, 1.0, n_dims=0).item(),
            check_number("reward_prob_middle", reward_prob_middle, 0.0, 1.0, n_dims=0).item(),
        )
        good, bad = 0, 1
        pairs = [pair for pair in product(range(3), repeat=2) if pair not in ((good, good), (bad, bad))]
        blocks = [(levels[first], levels[second]) for first, second in pairs]
        super().__init__(blocks, block_flip_prob, counterfactual, random_state)
