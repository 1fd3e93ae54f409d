"""Tables that a fit ends with."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from nb.cli.calls import COLUMNS, QUICK, run


def test_raw_and_canonical_tables_differ(csv: Path, tmp_path: Path) -> None:
    options = ("--model", "participant-embedding", "--out", tmp_path / "o")
    assert "in canonical form" in run("fit", csv, *COLUMNS, *QUICK, *options).stdout
    assert "as they were found" in run("fit", csv, *COLUMNS, *QUICK, *options, "--raw").stdout


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_the_terminal(csv: Path, tmp_path: Path, width: int) -> None:
    options = ("--model", "reward-choice", "--out", tmp_path / "o")
    lines = run("fit", csv, *COLUMNS, *QUICK, *options, width=width).stdout.splitlines()
    assert max(map(len, lines)) <= width
    # Neither labels nor numbers are cut.
    assert sum("person_5 & co" in line for line in lines) == 1
    assert not any("…" in line or "..." in line for line in lines)


def test_many_people_are_shown_evenly(tmp_path: Path, table: pd.DataFrame) -> None:
    people = [table[table["who"].str.startswith("person_0")].assign(who=f"p{i}") for i in range(30)]
    pd.concat(people).to_csv(tmp_path / "c.csv", index=False)
    options = ("--model", "participant-embedding", "--no-refine", "--out", tmp_path / "o")
    output = run("fit", tmp_path / "c.csv", *COLUMNS, *QUICK, *options).stdout
    assert "8 of 30 people shown, all in equations.csv" in output
    assert " p0" in output
    assert " p29" in output
    assert len(pd.read_csv(tmp_path / "o" / "equations.csv")["label"].unique()) == 31


def test_names_that_the_terminal_cannot_show(table: pd.DataFrame, tmp_path: Path) -> None:
    people = table["who"].str.replace("person", "größe")
    table.assign(who=people).to_csv(tmp_path / "c.csv", index=False)
    command = [sys.executable, "-m", "spice_nb", "fit", str(tmp_path / "c.csv"), *COLUMNS, *QUICK]
    options = ["--model", "participant-embedding", "--no-refine", "--out", str(tmp_path / "o")]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*command, *options], capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"gr??e_0 & co" in done.stdout
    assert b" <- " in done.stdout
