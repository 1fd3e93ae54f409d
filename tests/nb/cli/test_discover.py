"""`spice-nb discover`."""

import json
from io import StringIO

import pandas as pd
import pytest
from mechanism_search.people import PERSEVERING
from rich.console import Console
from tasks import differing, play
from typer.testing import CliRunner

from spice.exceptions import ConfigError
from spice_nb.cli.commands import app
from spice_nb.cli.discover import read_budget, run_discover
from spice_nb.cli.settings import FitSettings


@pytest.fixture
def table(tmp_path):
    played = play("drift", differing(PERSEVERING, 12, 0), 12, 120, 0)
    n, t = played.choices.shape
    frame = pd.DataFrame(
        {
            "who": [f"p{k}" for k in range(n) for _ in range(t)],
            "key": played.choices.ravel(),
            "points": played.rewards.ravel(),
        }
    )
    path = tmp_path / "choices.csv"
    frame.to_csv(path, index=False)
    return path


def test_from_a_table_to_equations_of_what_was_found(table, tmp_path) -> None:
    out = tmp_path / "out"
    settings = FitSettings(
        data=(str(table),), participant="who", choice="key", reward=("points",), block=None, experiment=None,
        out=str(out), estimator_options={"epochs": 4},
    )  # fmt: skip
    console = Console(file=StringIO(), width=110)
    run_discover(settings, console, "5m", ("learning", "perseveration"), 1)
    shown = console.file.getvalue()
    assert "+ perseveration" in shown
    assert "in the end nothing added more" in shown
    document = json.loads((out / "discovery.json").read_text())
    assert document["mechanisms"] == ["learning", "perseveration"]
    assert pd.read_csv(out / "ladder.csv").mechanism.tolist() == ["perseveration"]
    assert "class DiscoveredRNN" in (out / "discovered_model.py").read_text()
    assert (pd.read_csv(out / "equations.csv").mechanism == "x_value_choice_chosen").any()


def test_what_the_library_does_not_have_is_said_in_one_sentence(table, tmp_path) -> None:
    columns = ["--participant", "who", "--choice", "key", "--reward", "points"]
    given = ["discover", str(table), *columns, "--library", "telepathy", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, given)
    assert result.exit_code != 0
    assert "telepathy" in result.output


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1.5 h", 5400)])
def test_times(text: str, seconds: float) -> None:
    assert read_budget(text) == seconds


@pytest.mark.parametrize("text", ["ten minutes", "0s", "-1m", "5"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ConfigError, match="--budget"):
        read_budget(text)
