import numpy as np
import pytest

from spice.data.reward_scale import reward_scale
from spice.data.trials import read_conditions
from spice.tasks._layout import scale_rewards


@pytest.mark.parametrize(
    ("rewards", "scale"),
    [
        ([0, 1, 1], (0, 1)),
        ([0, 0.4, 1], (0, 1)),
        ([0.2, 0.9], (0, 1)),
        ([0.2, 0.4, 0.5], (0, 1)),
        ([0, 0.3, 0.7], (0, 1)),
        ([0, 0], (0, 1)),
        ([1, 1], (0, 1)),
        ([0.5, 0.5], (0, 1)),
        ([0, 0.01], (0, 0.01)),
        ([0, 0.8], (0, 0.8)),
        ([0, 0.05, 0.1, 0.25], (0, 0.25)),
        ([0.02, 0.05, 0.08], (0.02, 0.08)),
        ([-1, 0, 1], (-1, 1)),
        ([0, 100], (0, 100)),
        ([5, 5], (5, 6)),
    ],
)
def test_the_rule(rewards: list[float], scale: tuple[float, float]) -> None:
    assert reward_scale(rewards) == scale


@pytest.mark.parametrize("unit", [0.01, 0.5, 20])
def test_it_is_the_same_everywhere(unit: float) -> None:
    choices = np.array([[0, 1, 0, 1, 1]])
    paid = np.array([1, 0, 0, 1, 0]) * unit
    one_hot = np.eye(2)[choices]
    rewards = np.where(one_hot == 1, paid[None, :, None], -1.0)
    scaled, scale = scale_rewards(choices, rewards)
    assert scale == (0, unit)
    trials, read = read_conditions(np.concatenate([one_hot, rewards, np.zeros((1, 5, 3))], axis=-1), 2)
    assert read == scale
    np.testing.assert_array_equal(trials.rewards[:, 0], np.where(scaled[0] == -1, 0, scaled[0]))
    np.testing.assert_array_equal(trials.rewards[:, 0].sum(-1), [1, 0, 0, 1, 0])
