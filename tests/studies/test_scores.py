import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from studies.scores import auc, calibration, coverage, detection


def test_auc_counts_ties_as_halves() -> None:
    rng = np.random.default_rng(0)
    has, score = rng.random(80) < 0.4, rng.integers(0, 6, 80)
    assert auc(has, score) == pytest.approx(roc_auc_score(has, score))
    assert auc([0, 0, 1], [0.1, 0.2, 0.3]) == 1
    assert np.isnan(auc([1, 1], [0.1, 0.2]))


def test_detection() -> None:
    assert detection([1, 1, 1, 0, 0], [1, 1, 0, 1, 0]) == (pytest.approx(2 / 3), 0.5)
    found, wrong = detection([0, 0], [0, 1])
    assert np.isnan(found)
    assert wrong == 0.5


def test_calibration_of_probabilities_that_hold() -> None:
    rng = np.random.default_rng(0)
    p = rng.random(5000)
    table = calibration(p, rng.random(5000) < p)
    assert table.probability.tolist() == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9], abs=0.02)
    assert (table.probability - table.share).abs().max() < 0.04
    assert table.people.tolist() == [1000] * 5
    assert calibration(p, np.ones(5000)).share.tolist() == [1] * 5


def test_coverage_counts_what_has_no_interval_apart() -> None:
    frame = pd.DataFrame({
        "kind": ["a", "a", "a", "b"], "true": [0.0, 1.0, 5.0, 0.0],
        "low": [0.0, 2.0, np.nan, np.nan], "high": [1.0, 3.0, np.nan, np.nan],
    })  # fmt: skip
    found = coverage(frame, ["kind"]).set_index("kind")
    assert found.inside["a"] == 0.5
    assert found.numbers["a"] == 3
    assert found.without_interval["a"] == pytest.approx(1 / 3)
    assert found.width["a"] == 1
    assert np.isnan(found.inside["b"])
    assert found.without_interval["b"] == 1
