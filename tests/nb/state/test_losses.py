"""The range of the chart of losses, whatever the first epochs were like."""

import numpy as np
import pytest

from spice_nb.state.losses import said_above, shown_range

FALLING = tuple(0.5 + 0.2 * np.exp(-np.arange(100) / 20))


def test_too_few_epochs_have_no_range() -> None:
    assert shown_range(()) is None
    assert shown_range((("loss", (0.7, 0.6)),)) is None


def test_a_plain_curve_is_shown_whole() -> None:
    low, high = shown_range((("loss", FALLING),))
    assert low < min(FALLING) < max(FALLING) < high
    assert high - low < 1.1 * (max(FALLING) - min(FALLING))
    assert said_above((("loss", FALLING),), high) == ""


def test_bad_first_epochs_leave_the_top_and_are_counted() -> None:
    losses = (("loss", (40.0, 9.0, *FALLING)), ("validation_loss", (30.0, 0.7, *FALLING)))
    low, high = shown_range(losses)
    later = FALLING[8:]
    assert max(later) < high < 1.1
    assert (max(later) - min(later)) / (high - low) > 0.3
    assert said_above(losses, high) == "2 epochs leave the top of the chart; the largest loss is 40.000."


def test_one_outlier_in_the_middle_leaves_the_top_too() -> None:
    values = (*FALLING[:50], 25.0, *FALLING[50:])
    _, high = shown_range((("loss", values),))
    assert high < 1.0
    assert said_above((("loss", values),), high) == "1 epoch leaves the top of the chart; the largest loss is 25.000."


@pytest.mark.parametrize("late", [75, 99])
def test_the_last_quarter_is_never_cut(late: int) -> None:
    values = (*FALLING[:late], 25.0, *FALLING[late + 1 :])
    assert shown_range((("loss", values),))[1] > 25.0


def test_losses_that_stay_the_same_have_a_range_above_0() -> None:
    low, high = shown_range((("loss", (0.0, 0.0, 0.0)),))
    assert low <= 0.0 < high
    low, high = shown_range((("loss", (5.0, 0.001, 0.001)),))
    assert 0.0 < low < 0.001 < high
