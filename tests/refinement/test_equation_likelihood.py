"""The likelihood of equations keeps parameters where choices can still tell them."""

import numpy as np
from tasks import RULES, maximum_likelihood, play

from spice.estimator import SpiceEstimator
from spice.precoded import Weinhardt2025RNN


def test_an_inverse_temperature_that_choices_do_not_tell_does_not_run_away():
    """Choice values of one person can stand in for reward values: without a bound one temperature became e^37."""
    rules, free = RULES["weinhardt-2025"]
    played = play("drift", rules, 1, 200, seed=2)
    xs, ys = played.arrays
    estimator = SpiceEstimator(Weinhardt2025RNN, random_state=2).fit(xs, ys)
    betas = np.array(list(estimator.equations_.inverse_temperatures(0).values()))
    assert (betas > 1e-3).all()
    assert (betas < 1e3).all()
    assert -estimator.score(xs, ys) < maximum_likelihood(played, free)[1] + 0.01
