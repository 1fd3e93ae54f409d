import numpy as np

from spice.resources.bandits import BanditSession


def test_fields_are_in_the_order_of_the_public_api() -> None:
    session = BanditSession(np.array([0, -1]), np.zeros((2, 3)), np.array([4, 4]), 2)
    choices, rewards, ids, n_trials = session
    assert (choices[1], rewards.shape, ids[0], n_trials) == (-1, (2, 3), 4, 2)
    assert session._fields == ("choices", "rewards", "session", "n_trials")
