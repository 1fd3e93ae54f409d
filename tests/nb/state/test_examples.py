"""Data sets that are there without a file."""

from pathlib import Path

import numpy as np
import pytest

from spice_nb.state.data import DataModel
from spice_nb.state.examples import EXAMPLES


@pytest.mark.parametrize("key", [key for key, example in EXAMPLES.items() if example.columns is None])
def test_simulated_examples_know_the_truth(key: str) -> None:
    model = DataModel()
    model.use_example(key)
    assert model.problem == ""
    assert model.truth is not None
    assert len(model.truth) == model.summary.people == 64
    namespace: dict[str, object] = {}
    exec(model.python(), namespace)
    np.testing.assert_array_equal(namespace["dataset"].xs, model.dataset.xs)


def test_published_examples_that_are_out_of_reach_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPICE_NB_DATA", str(tmp_path))
    model = DataModel()
    model.use_example("dezfouli2019")
    assert model.dataset is None
    assert str(tmp_path) in model.problem


def test_published_tables_know_their_columns_and_simulated_ones_need_none() -> None:
    assert next(iter(EXAMPLES)) == "differences"
    published = EXAMPLES["dezfouli2019"]
    assert published.columns is not None
    assert (published.columns.participant, published.columns.choice) != ("", "")
    assert published.python() == "from spice.datasets import fetch_dezfouli2019\n\ntable = fetch_dezfouli2019()\n"
    assert EXAMPLES["forgetting"].columns is None
