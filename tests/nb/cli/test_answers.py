"""Questions about a table on the command line: said on stderr with their options, answered, and kept in config.yaml."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from click.testing import Result
from data.table.doubts.tables import clean
from typer.testing import CliRunner

from spice.exceptions import ConfigError, DataError
from spice_nb.cli.commands import app
from spice_nb.cli.config import gather_settings
from spice_nb.cli.data import read_choices

QUICK = ["--model", "rescorla-wagner", "--epochs", "1", "--holdout", "none", "--n-trials-off-policy", "50"]


def doubtful() -> pd.DataFrame:
    """Practice, a word for missed trials, outcomes as words, and rows sorted by choice."""
    frame = clean(40)
    frame = frame.assign(
        choice=frame.choice.mask(frame.index.isin([20, 60]), "timeout"),
        reward=frame.reward.map({0: "loss", 1: "win"}),
        phase=["practice" if trial <= 5 else "main" for trial in frame.trial],
    )
    return frame.sort_values(["participant", "choice"], ignore_index=True)


ANSWERED = [
    "--where", "phase == 'main'", "--order", "trial", "--missed", "timeout", "--reward-words", "win=1",
    "--reward-words", "loss=0",
]  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "doubtful.csv"
    doubtful().to_csv(path, index=False)
    return path


def fit(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["fit", *map(str, arguments)], env={"COLUMNS": "100"})


def test_doubts_are_said_with_their_options(file: Path) -> None:
    result = fit(file, *QUICK)
    assert result.exit_code == 2
    *doubts, error = result.stderr.strip().splitlines()
    assert [line.startswith("Please check: ") for line in doubts] == [True] * 4
    assert """Leave out practice: --where 'phase != '"'"'practice'"'"''.""" in doubts[0]
    assert "Sort by trial: --order trial. The rows are in order: --keep order:trial." in doubts[1]
    assert "No choice was made: --missed timeout." in doubts[2]
    assert "loss = 0, win = 1: --reward-words loss=0 --reward-words win=1." in doubts[3]
    assert error.startswith("--reward: expected numbers")


def test_answers_are_kept_in_the_config(file: Path, tmp_path: Path) -> None:
    result = fit(file, *QUICK, *ANSWERED, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert "Please check" not in result.stderr
    assert "2 people, 68 choices, 2 arms, 2 trials missed" in result.stdout
    config = yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())
    assert config["where"] == ["phase == 'main'"]
    assert (config["order"], config["missed"], config["reward-words"]) == ("trial", ["timeout"], ["win=1", "loss=0"])
    again = fit("--config", tmp_path / "out" / "config.yaml", "--out", tmp_path / "again")
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "again" / "likelihood.csv").read_text() == (tmp_path / "out" / "likelihood.csv").read_text()


def settings(file: Path, **given: Any) -> Any:
    return gather_settings({"data": str(file), "holdout": "none", **given}, None)


@pytest.mark.parametrize(
    ("given", "choices"),
    [
        ({"leave_out": ("reward",), "leave_out_few": True}, 38),
        ({"leave_out": ("reward",), "keep": ("missed",), "where": ("participant != 'c'",)}, 38),
        ({"leave_out_few": True, "reward_missing": ("7",), "where": ("reward != ''",)}, 37),
    ],
)
def test_rows_are_left_out(tmp_path: Path, given: dict[str, Any], choices: int) -> None:
    frame = clean().astype(object)
    frame.loc[3, "reward"], frame.loc[4, "reward"], frame.loc[5, "reward"] = None, None, 7
    frame.loc[len(frame)] = ["c", 1, "left", 1]
    frame.to_csv(tmp_path / "some.csv", index=False)
    assert read_choices(settings(tmp_path / "some.csv", **given)).n_choices == choices


def test_a_range_and_labels(tmp_path: Path) -> None:
    frame = clean().assign(choice=lambda f: f.choice.mask(f.index == 4, "Left"), reward=lambda f: 10 * f.reward)
    frame.to_csv(tmp_path / "some.csv", index=False)
    read = read_choices(settings(tmp_path / "some.csv", reward_range="0:20", relabel=("Left=left",)))
    assert read.whole.reward_range == (0, 20)
    assert read.whole.actions == ("left", "right")


def test_no_label_means_missed(tmp_path: Path) -> None:
    frame = clean().assign(choice=lambda f: f.choice.map({"left": 0, "right": 1}).mask(f.index == 4, -1))
    frame.to_csv(tmp_path / "some.csv", index=False)
    assert read_choices(settings(tmp_path / "some.csv")).whole.n_actions == 2
    assert read_choices(settings(tmp_path / "some.csv", missed=())).whole.n_actions == 3
    result = fit(tmp_path / "some.csv", *QUICK, "--no-missed", "--keep", "rare", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert yaml.safe_load((tmp_path / "out" / "config.yaml").read_text())["missed"] == []
    assert "3 arms" in fit("--config", tmp_path / "out" / "config.yaml", "--missed", "-9").stdout


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"relabel": ("left",)}, "--relabel: expected two sides such as Left=left, but got 'left'"),
        ({"reward_words": ("=1",)}, "--reward-words: expected two sides such as win=1"),
        ({"reward_range": "0-100"}, "--reward-range: expected two numbers such as 0:100"),
        ({"reward_range": "5:x"}, "reward_range: expected finite numbers, but got 'x'"),
        ({"reward_missing": ("none",)}, "reward_missing: expected finite numbers, but got 'none'"),
    ],
)
def test_what_cannot_be_read(file: Path, given: dict[str, Any], expected: str) -> None:
    with pytest.raises((ConfigError, DataError), match=expected):
        settings(file, **given)
