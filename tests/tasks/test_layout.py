"""From choices and rewards of simulated sessions to the columns of a data set."""

import numpy as np

from spice.tasks._layout import build_dataset, mark_unknown_rewards, scale_rewards

NAN = np.nan
CHOICES = np.array([[0, 1, -1]])


def test_rewards_that_nobody_saw() -> None:
    hidden = np.array([[[3.0, -1.0], [NAN, 5.0], [1.0, 1.0]]])
    np.testing.assert_array_equal(mark_unknown_rewards(CHOICES, hidden), [[[3, -1], [-1, 5], [NAN, NAN]]])
    # One reward of an arm not chosen is shown: what is not shown is NaN then, since -1 could be a reward.
    shown = np.array([[[3.0, 2.0], [-1.0, 5.0], [1.0, 1.0]]])
    np.testing.assert_array_equal(mark_unknown_rewards(CHOICES, shown), [[[3, 2], [NAN, 5], [NAN, NAN]]])


def test_a_reward_of_minus_one_on_the_chosen_arm_is_a_reward() -> None:
    rewards = np.array([[[-1.0, -1.0], [-1.0, 3.0], [NAN, NAN]]])
    np.testing.assert_array_equal(mark_unknown_rewards(CHOICES, rewards), rewards)
    scaled, reward_range = scale_rewards(CHOICES, rewards)
    assert reward_range == (-1.0, 3.0)
    np.testing.assert_array_equal(scaled, [[[0, -1], [-1, 1], [NAN, NAN]]])


def test_rewards_within_0_and_1_stay_and_others_become_that() -> None:
    graded = np.array([[[0.25, -1.0], [-1.0, 0.75], [NAN, NAN]]])
    np.testing.assert_array_equal(scale_rewards(CHOICES, graded)[0], graded)
    points = np.array([[[10.0, -1.0], [-1.0, 30.0], [NAN, NAN]]])
    scaled, reward_range = scale_rewards(CHOICES, points)
    assert scaled[0, 0, 0] < scaled[0, 1, 1] == 1.0
    assert reward_range[1] == 30.0


def test_nothing_observed_is_left_as_it_is() -> None:
    missed, rewards = np.full((1, 3), -1), np.full((1, 3, 2), NAN)
    scaled, reward_range = scale_rewards(missed, rewards)
    np.testing.assert_array_equal(scaled, rewards)
    assert reward_range == (0.0, 1.0)


def test_columns() -> None:
    choices = np.array([[0, 1, -1], [1, 1, 0]])
    rewards = mark_unknown_rewards(choices, np.ones((2, 3, 2)) * [0.0, 1.0])
    dataset = build_dataset(choices, rewards, participants=[0, 1], blocks=[0, 2])
    xs, ys = dataset.xs.numpy(), dataset.ys.numpy()
    np.testing.assert_array_equal(xs[0, :, :4], [[1, 0, 0, 1], [0, 1, 0, 1], [NAN] * 4])
    np.testing.assert_array_equal(xs[1, :, 4:], np.tile([2, 0, 1], (3, 1)))
    np.testing.assert_array_equal(ys[0], [[0, 1], [NAN, NAN], [NAN, NAN]])
    np.testing.assert_array_equal(ys[1], [[0, 1], [1, 0], [NAN, NAN]])
    assert (dataset.participants, dataset.blocks, dataset.actions) == ((0, 1), (0, 1, 2), (0, 1))
