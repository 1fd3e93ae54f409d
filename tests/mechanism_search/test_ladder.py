"""What is taken to add something, and how much."""

import numpy as np
import pytest

from spice.mechanism_search.candidate import Candidate
from spice.mechanism_search.ladder import Discovery, Step, adds, interval, is_tied


def test_the_best_of_many_changes_that_do_nothing_is_rarely_taken() -> None:
    rng = np.random.default_rng(0)
    taken = [adds(max(rng.normal(size=(10, 40)), key=np.sum), 10) for _ in range(2000)]
    assert np.mean(taken) < 0.06


def test_gains_of_people() -> None:
    rng = np.random.default_rng(1)
    assert adds(rng.normal(1.0, 2.0, 60), 10)
    # A few people gain a lot, the others nothing.
    assert adds(np.r_[np.full(10, 12.0), rng.normal(0, 0.3, 54)], 10)
    assert not adds(np.r_[np.inf, np.ones(20)], 2)
    assert not adds(-np.ones(20), 2)


def test_few_people_need_nats_in_total() -> None:
    assert adds(np.array([3.0, 3.5]), 5)
    assert not adds(np.array([3.0]), 5)


def test_ties_and_intervals() -> None:
    rng = np.random.default_rng(2)
    best = rng.normal(2.0, 1.0, 50)
    assert is_tied(best - rng.normal(0, 1.0, 50), best)
    assert not is_tied(best - 1.5, best)
    low, high = interval(best, np.full(50, 100.0))
    assert low < 0.02 < high
    assert high - low == pytest.approx(2 * 2.01 * best.std(ddof=1) / np.sqrt(50) / 100, rel=1e-2)
    assert np.isnan(interval([1.0], [10.0])).all()


def test_the_ladder_is_a_table() -> None:
    gain, choices = np.array([1.0, -0.5, 2.0]), np.full(3, 100.0)
    step = Step("forgetting", Candidate.of(["learning", "forgetting"]), gain, choices, 4, ("perseveration",), True)
    found = Discovery(step.candidate, (step,), 0.5, np.log(2), 5, "nothing adds more")
    row = found.ladder().iloc[0]
    assert (row.mechanism, row.people, row.n_people, row.tried, row.ties) == ("forgetting", 2, 3, 4, "perseveration")
    assert row.gain == pytest.approx(2.5 / 300)
