"""What one person did in one session of a bandit task."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class BanditSession(NamedTuple):
    """Choices and rewards of one session, trial by trial.

    Attributes
    ----------
    choices : (n_trials,) array of int
        Index of the chosen arm; -1 on a missed trial.
    rewards : (n_trials, n_actions) array of float
        Reward per arm. On an arm not chosen, -1 or NaN where no reward was shown; NaN on a missed trial.
    session : (n_trials,) array of int
        Whose session it is: the participant's id, the same on every trial.
    n_trials : int
        Number of trials.
    """

    choices: NDArray[np.int64]
    rewards: NDArray[np.float64]
    session: NDArray[np.int64]
    n_trials: int
