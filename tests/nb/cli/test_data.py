"""Choices from files of all kinds."""

from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from nb.cli.calls import QUICK, run


def test_several_files(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    folder = tmp_path / "study"
    folder.mkdir()
    for name in ("sub-10", "sub-2"):
        rows = pd.DataFrame({"choice": rng.integers(0, 2, 40), "reward": rng.integers(0, 2, 40)})
        rows.to_csv(folder / f"{name}.csv", index=False, sep=";", encoding="utf-16")
    (folder / "README").write_text("no table")
    out = tmp_path / "o"
    for sources in ([folder / "sub-10.csv", folder / "sub-2.csv"], [folder], [folder / "sub-*.csv"]):
        result = run("fit", *sources, *QUICK, "--model", "choice", "--file-pattern", "sub-{participant}", "--out", out)
        assert result.exit_code == 0, result.stderr
        assert "2 people, 80 choices" in result.stdout
        assert ("Left out, no tables: README." in result.stdout) == (sources == [folder])
        labels = pd.read_csv(out / "equations.csv", dtype=str)["label"]
        assert list(dict.fromkeys(labels))[:2] == ["2", "10"]
    again = run("fit", "--config", out / "config.yaml", "--epochs", "1", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    assert "study: 2 people, 80 choices" in again.stdout
    config = yaml.safe_load((tmp_path / "again" / "config.yaml").read_text())
    assert (config["data"], config["file-pattern"]) == ("../study/sub-*.csv", "sub-{participant}")


def test_one_file_of_one_person_and_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "ann.txt"
    rows = "key coins\n" + "左 0\n右 1\n左 0\n右 0\n" * 5
    path.write_bytes(rows.encode("gb18030"))
    columns = ("--choice", "key", "--reward", "coins", *QUICK, "--holdout", "none", "--out", tmp_path / "o")
    result = run("fit", path, *columns, width=200)
    assert result.exit_code == 2
    assert "gb18030 (左, 右)" in result.stderr
    result = run("fit", path, *columns, "--encoding", "gb18030")
    assert result.exit_code == 0, result.stderr
    assert "1 person, 20 choices" in result.stdout
    assert "ann" in set(pd.read_csv(tmp_path / "o" / "equations.csv")["label"])


def test_counterfactual_feedback(table: pd.DataFrame, tmp_path: Path) -> None:
    both = table.assign(left=np.arange(len(table)) % 2, right=np.arange(len(table)) % 3 == 0)
    both.astype({"right": int}).to_csv(tmp_path / "c.csv", index=False)
    columns = ("--participant", "who", "--choice", "key", "--reward", "left", "--reward", "right")
    result = run("fit", tmp_path / "c.csv", *columns, *QUICK, "--out", tmp_path / "o")
    assert result.exit_code == 0, result.stderr
    assert yaml.safe_load((tmp_path / "o" / "config.yaml").read_text())["reward"] == ["left", "right"]
