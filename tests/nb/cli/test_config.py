"""Config files repeat a fit."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from nb.cli.calls import COLUMNS, QUICK, numbers, run


class TestConfig:
    def test_repeats_the_numbers(self, csv: Path, tmp_path: Path) -> None:
        first, options = tmp_path / "first", ("--block", "run", "--model", "participant-embedding", "--seed", "3")
        assert run("fit", csv, *COLUMNS, *QUICK, *options, "--out", first).exit_code == 0
        before = numbers(first)
        assert run("fit", "--config", first / "config.yaml", "--out", tmp_path / "second").exit_code == 0
        for a, b in zip(before, numbers(tmp_path / "second"), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)
        # The seed in it matters, and the command line wins over it.
        run("fit", "--config", first / "config.yaml", "--seed", "4", "--out", tmp_path / "third")
        assert not np.allclose(before[1], numbers(tmp_path / "third")[1], atol=1e-6)

    def test_results_and_data_can_move_together(self, csv: Path, tmp_path: Path) -> None:
        study = tmp_path / "study"
        study.mkdir()
        csv = csv.rename(study / "choices.csv")
        assert run("fit", csv, *COLUMNS, *QUICK, "--out", study / "results").exit_code == 0
        before = numbers(study / "results")
        study = study.rename(tmp_path / "elsewhere")
        assert run("fit", "--config", study / "results" / "config.yaml").exit_code == 0
        np.testing.assert_allclose(before[1], numbers(study / "results")[1], atol=1e-6)

    def test_json_with_either_spelling(self, csv: Path, tmp_path: Path) -> None:
        content = {"data": csv.name, "participant": "who", "choice": "key", "reward": "points", "epochs": 1}
        content |= {"n-trials-off-policy": 100, "hidden_size": 3, "learning-rate": "5e-3", "out": "o"}
        (tmp_path / "fit.json").write_text(json.dumps(content))
        result = run("fit", "--config", tmp_path / "fit.json")
        assert result.exit_code == 0, result.stderr
        written = yaml.safe_load((tmp_path / "o" / "config.yaml").read_text())
        assert (written["hidden-size"], written["learning-rate"], written["data"]) == (3, 5e-3, "../choices.csv")

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ("epoch: 3", "keys from data, participant"),
            ("epochs: many", "epochs: expected a whole number, but got 'many'"),
            ("epochs: 2.5", "epochs: expected a whole number, but got 2.5"),
            ("optuna: 3", "optuna: expected true or false"),
            ("reward: [1, 2]", "reward: expected text or a list of text"),
            ("seed: true", "seed: expected a whole number"),
            ("- 3", "names and values"),
            ("a: [", "a YAML or JSON file"),
            ("epochs: 3", "DATA: expected a CSV file or one of"),
        ],
    )
    def test_wrong_content(self, tmp_path: Path, content: str, sentence: str) -> None:
        (tmp_path / "c.yaml").write_text(content)
        result = run("fit", "--config", tmp_path / "c.yaml")
        assert result.exit_code == 2
        assert sentence in result.stderr

    def test_missing(self, tmp_path: Path) -> None:
        result = run("fit", "--config", tmp_path / "none.yaml")
        assert result.exit_code == 2
        assert "none.yaml" in result.stderr
