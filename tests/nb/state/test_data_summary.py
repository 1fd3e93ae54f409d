import numpy as np
import pytest
from data.sequences import make, rows

from spice.resources.rnn_utils import DatasetRNN
from spice_nb.state.data_summary import DataSummary


def test_sizes_and_shares_are_counted() -> None:
    # Person 0 has two sessions, one with a missed trial; person 1 always chooses the same.
    summary = DataSummary.of(make([[0, 1, 1, None], [1, 0], [1, 1, 1]], participants=[0, 0, 1]))
    assert (summary.people, summary.sessions, summary.choices, summary.missed) == (2, 3, 8, 1)
    assert (summary.fewest, summary.most, summary.same_option) == (3, 5, 1)
    assert summary.shares == {"0": 0.25, "1": 0.75}
    # Every choice of option 1 is rewarded in these data.
    assert summary.reward_rate == pytest.approx(0.75)
    assert (summary.reward_range, summary.on_offer) == (None, None)
    assert summary.sentence == "2 people, 3 sessions, 3 to 5 choices, 2 options, 75% rewarded, 1 missed"
    assert ("Choices of a person", "3 to 5") in summary.rows()


def test_one_person_and_rewards_in_another_unit() -> None:
    plain = make([[0, 1, 1, 1]])
    dataset = DatasetRNN(plain.xs, plain.ys, actions=("left", "right"), reward_range=(-10, 30))
    summary = DataSummary.of(dataset)
    assert summary.shares == {"left": 0.25, "right": 0.75}
    assert summary.reward_range == (-10, 30)
    # Three quarters of the way from -10 to 30.
    assert summary.sentence == "1 person, 4 choices each, 2 options, mean reward 20 (-10 to 30)"


def test_options_on_offer() -> None:
    xs = rows([(0, [1, -1, -1]), (2, [-1, -1, 0]), (1, [-1, 1, -1])])
    xs[0, 1] = xs[1, 0] = -1
    ys = np.full((1, 3, 3), np.nan)
    assert DataSummary.of(DatasetRNN(xs, ys)).on_offer == (2, 3)
    assert "3 options, 2 to 3 of them on offer in each trial" in DataSummary.of(DatasetRNN(xs, ys)).sentence
    xs[2, 0] = -1
    assert "3 options, 2 of them on offer" in DataSummary.of(DatasetRNN(xs, ys)).sentence
