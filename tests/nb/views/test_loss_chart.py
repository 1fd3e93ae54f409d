"""The chart of losses: from the first epoch on, in a range that shows what matters."""

import numpy as np

from spice_nb.views.loss_chart import LossChart, thinned


def test_the_range_is_that_of_later_epochs_and_what_leaves_it_is_said() -> None:
    chart, falling = LossChart(), tuple(0.5 + 0.2 * np.exp(-np.arange(60) / 20))
    chart.show((("loss", falling),))
    assert chart.linear.min < 0.51
    assert 0.69 < chart.linear.max < 0.72
    assert chart.above.value == ""
    chart.show((("loss", (30.0, *falling)),))
    assert chart.linear.max == chart.logarithmic.max < 1.1
    assert chart.logarithmic.min > 0.0
    assert "1 epoch leaves the top of the chart; the largest loss is 30.000." in chart.above.value
    assert list(chart.lines["loss"].x[:2]) == [1, 2]
    assert chart.lines["loss"].y[0] == 30.0


def test_few_epochs_have_no_range_yet() -> None:
    chart = LossChart()
    chart.show((("loss", (0.7,)),))
    assert (chart.linear.min, chart.linear.max) == (None, None)


def test_thinned_lines_end_where_they_end() -> None:
    assert list(thinned(0, 10)) == []
    assert list(thinned(4, 10)) == [0, 1, 2, 3]
    assert thinned(1_005, 100)[-1] == 1_004
    assert len(thinned(100_000, 1_000)) <= 1_000
