"""Made-up trials."""

import numpy as np
import pytest

from spice.data.trials import read_conditions
from spice.datasets import simulate_individual_differences
from spice.discovery.off_policy import off_policy_trials, repeat_for


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


def test_counterfactual_feedback_stays_counterfactual_and_inputs_come_from_the_data(dataset):
    xs = dataset.xs.numpy()
    cue = np.random.default_rng(1).choice([-2.0, 7.0], size=(*xs.shape[:2], 1), p=[0.2, 0.8])
    rewards = np.random.default_rng(2).integers(2, size=(*xs.shape[:2], 2))
    trials, _ = read_conditions(np.concatenate([xs[..., :2], rewards, cue, xs[..., 4:]], -1), 2)
    made = off_policy_trials(trials, 500, 4, 5, np.random.default_rng(0))
    assert (made.shown == 1).all()
    assert made.additional.shape == (500, 4, 1)
    values, counts = np.unique(made.additional, return_counts=True)
    assert values.tolist() == [-2.0, 7.0]
    assert counts[1] / counts.sum() == pytest.approx(0.8, abs=0.04)


@pytest.mark.parametrize(("n_trials", "same"), [(7, 3), (6, 100), (5, 1)])
def test_a_last_choice_is_cut_off_where_it_does_not_fit(dataset, n_trials, same):
    trials, _ = read_conditions(dataset.xs, 2)
    made = off_policy_trials(trials, n_trials, 3, same, np.random.default_rng(0))
    assert made.actions.shape == (n_trials, 3, 2)
    assert (made.actions.sum(-1) == 1).all()
    assert made.lengths.tolist() == [n_trials] * 3
    if same == 100:
        assert (made.actions == made.actions[:1]).all()


def test_every_person_gets_the_same_sessions(dataset):
    trials, _ = read_conditions(dataset.xs, 2)
    made = off_policy_trials(trials, 8, 2, 2, np.random.default_rng(0))
    repeated, rows = repeat_for(made, 3)
    assert rows.tolist() == [0, 0, 1, 1, 2, 2]
    for person in range(3):
        np.testing.assert_array_equal(repeated.rewards[:, rows == person], made.rewards)
