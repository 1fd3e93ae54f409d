import numpy as np
import pytest
from data.sequences import next_actions, padded, rows

from spice.data.targets import read_targets
from spice.data.trials import read_conditions
from spice.exceptions import DataError

NAN = np.nan
TWO = [rows([(0, [1, -1]), (1, [-1, 0]), (0, [0, -1])]), rows([(1, [-1, 1])], participant=4, experiment=2)]
GOOD = rows([(0, [1, -1]), (1, [-1, 0]), (0, [0, -1])], extra=(0.5,))


def test_targets_of_missed_trials() -> None:
    steps = [None, (0, [1, -1]), None, None, (1, [-1, 1]), (0, [0, -1]), None, None]
    xs = padded([rows(steps), rows([(1, [-1, 1]), (0, [1, -1])])], NAN)
    ys = next_actions(xs, 2)
    trials, _ = read_conditions(xs, 2)
    targets, _ = read_targets("targets", ys, xs.shape, trials)
    # The choice after the gap belongs to the trial before it; nothing follows the last choice.
    np.testing.assert_array_equal(targets[:, 0], [[0, 1], [1, 0], [0, 0]])
    np.testing.assert_array_equal(targets[:, 1], [[1, 0], [0, 0], [0, 0]])


@pytest.mark.parametrize("nothing", [NAN, -1.0])
def test_targets_without_a_choice_are_not_scored(nothing: float) -> None:
    xs = padded(TWO, NAN)
    ys = next_actions(xs, 2)
    ys[np.isnan(ys)] = nothing
    ys[0, 0] = nothing
    trials, _ = read_conditions(xs, 2)
    targets, _ = read_targets("targets", ys, xs.shape, trials)
    np.testing.assert_array_equal(targets[:, 0], [[0, 0], [1, 0], [0, 0]])
    np.testing.assert_array_equal(targets[:, 1], 0)


def test_the_last_trial_of_a_window_may_have_a_target() -> None:
    xs, ys = TWO[0][None], next_actions(TWO[0][None], 2)
    ys[0, -1] = [0, 1]
    trials, _ = read_conditions(xs, 2)
    np.testing.assert_array_equal(read_targets("targets", ys, xs.shape, trials)[0][:, 0], [[0, 1], [1, 0], [0, 1]])


def test_targets_that_cannot_be_read_are_named() -> None:
    trials, _ = read_conditions(GOOD, 2)
    shape = (1, *GOOD.shape)
    good = next_actions(GOOD[None], 2)
    with pytest.raises(DataError, match=r"target_test.*\(1, 3, 2\).*\(1, 2, 2\)"):
        read_targets("target_test", good[:, :2], shape, trials)
    with pytest.raises(DataError, match=r"\(1, 3, 3\)"):
        read_targets("targets", np.zeros((1, 3, 3)), shape, trials)
    with pytest.raises(DataError, match=r"targets.*\[0\.0, 2\.0\] in sequence 0, trial 0"):
        read_targets("targets", np.where(good == 1, 2.0, good), shape, trials)
