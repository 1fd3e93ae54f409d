from pathlib import Path

import numpy as np
import pytest

from spice.datasets import simulate_rescorla_wagner
from spice.estimator import SpiceEstimator
from spice.exceptions import ModelFileError
from spice.precoded import RescorlaWagnerRNN
from spice_nb import tutorials
from spice_nb.tutorials import comparison, files, fit_or_open


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tutorials, "FOLDER", tmp_path / "runs")
    monkeypatch.delenv(tutorials.KEEP_VARIABLE, raising=False)
    return tmp_path / "runs"


def quick() -> SpiceEstimator:
    return SpiceEstimator(RescorlaWagnerRNN, epochs=1, n_trials_off_policy=50, random_state=0)


def test_a_run_is_kept_where_that_is_asked_for_and_opened_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, truth = simulate_rescorla_wagner(n_participants=3, n_trials=20, random_state=0)
    fitted = fit_or_open(quick(), dataset, "rates")
    assert not folder.exists()
    monkeypatch.setenv(tutorials.KEEP_VARIABLE, "1")
    fit_or_open(quick(), dataset, "rates")
    assert sorted(path.name for path in folder.iterdir()) == ["rates.equations.spice", "rates.network.spice"]
    opened = fit_or_open(quick(), dataset, "rates", fit=False)
    table = comparison(fitted, dataset)
    assert comparison(opened, dataset).equals(table)
    # By hand; the first choice of a session is not scored.
    scored = np.asarray(dataset.ys) == 1
    assert scored.sum() == 3 * 19
    nats = table["nats per choice"]
    assert list(nats.index) == ["chance", "network", "equations"]
    assert nats["chance"] == pytest.approx(np.log(2))
    for name, p in zip(("network", "equations"), fitted.predict(dataset), strict=True):
        assert nats[name] == pytest.approx(-np.log(p[scored]).mean())
    assert "true model" in comparison(fitted, dataset, truth).index


def test_the_true_model_predicts_as_it_chose(folder: Path) -> None:
    dataset, truth = simulate_rescorla_wagner(n_participants=20, n_trials=100, random_state=0)
    table = comparison(quick().fit(dataset), dataset, truth)["nats per choice"]
    assert table["true model"] < table["network"]
    assert table["true model"] < table["chance"]


def test_a_run_that_does_not_ship_is_named(folder: Path) -> None:
    with pytest.raises(ModelFileError, match="nowhere"):
        fit_or_open(quick(), None, "nowhere", fit=False)
    assert files("nowhere") == (folder / "nowhere.network.spice", folder / "nowhere.equations.spice")
