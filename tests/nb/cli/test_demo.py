from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nb.cli.calls import everything_in, numbers, run

from spice_nb.cli import demo as cli_demo
from spice_nb.cli import scores as cli_scores
from spice_nb.cli.results import FILES


class TestDemo:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(cli_demo.DEMO, "epochs", 2)
        monkeypatch.setitem(cli_demo.DEMO, "n_trials_off_policy", 100)

    def test_simulated_people_are_compared_with_the_truth(self, tmp_path: Path) -> None:
        result = run("demo", "--simulated", "--out", tmp_path / "o")
        assert result.exit_code == 0, result.stderr
        assert "Simulated people" in result.stdout
        assert "Found and true learning rates of the 28 people: correlation" in result.stdout
        assert everything_in(tmp_path / "o") == set(FILES)
        # It is a fit like any other, and repeats like one.
        assert run("fit", "--config", tmp_path / "o" / "config.yaml", "--out", tmp_path / "p").exit_code == 0
        np.testing.assert_allclose(numbers(tmp_path / "o")[1], numbers(tmp_path / "p")[1], atol=1e-6)

    def test_without_real_choices_it_says_so(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SPICE_NB_DATA", str(tmp_path))
        result = run("demo", "--out", tmp_path / "o")
        assert result.exit_code == 0, result.stderr
        assert "Real choices cannot be had now" in result.stdout
        assert "Simulated people" in result.stdout

    def test_real_choices(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, public_data: Callable[[str], Path]
    ) -> None:
        public_data("zorowitz2023")
        monkeypatch.setitem(cli_demo.DEMO, "model", "forgetting")
        result = run("demo", "--out", tmp_path / "o")
        assert result.exit_code == 0, result.stderr
        assert "Real choices of 406 people" in result.stdout
        likelihood = pd.read_csv(tmp_path / "o" / "likelihood.csv").set_index(["model", "part"])
        assert likelihood.loc[("equations", "training"), "n_choices"] == 23_954
        assert likelihood.loc[("equations", "held_out"), "n_choices"] == 12_180
        assert likelihood.loc[(cli_scores.CLASSICAL, "held_out"), "nll_per_choice"] == 0.5727
        assert likelihood.loc[("equations", "held_out"), "nll_per_choice"] < np.log(3)
