"""Made-up trials."""

import numpy as np
import pytest

from spice.data.trials import read_conditions
from spice.datasets import simulate_individual_differences
from spice.discovery.off_policy import off_policy_trials


@pytest.fixture(scope="module")
def dataset():
    return simulate_individual_differences(n_participants=6, n_trials=80, random_state=2)[0]


def test_off_policy_trials_take_their_outcomes_from_the_data(dataset):
    xs = dataset.xs.numpy().copy()
    shown = xs[..., 2:4] != -1
    xs[..., 2:4][shown] = np.where(xs[..., 2:4][shown] > 0, 0.75, 0.25)
    trials, _ = read_conditions(xs, 2)
    made = off_policy_trials(trials, 1000, 2, 5, np.random.default_rng(0))
    rewards = made.rewards[made.shown > 0].numpy()
    np.testing.assert_allclose(np.unique(rewards), [0.25, 0.75])
    assert rewards.mean() == pytest.approx(trials.rewards[trials.shown > 0].mean().item(), abs=0.03)
    choices = made.actions.argmax(-1).numpy().reshape(200, 5, 2)
    assert (choices == choices[:, :1]).all()
    assert (made.shown == made.actions).all()
