"""Tables that a fit ends with."""

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from equations.tables import DELTA, equations, who_lacks_what, with_probabilities
from nb.cli.calls import COLUMNS, QUICK, run
from rich.console import Console

from spice.diagnostics import Diagnostic
from spice.precoded import ForgettingRNN
from spice_nb.cli.tables import diagnostics_told, equations_table, prevalence_table, rates_table


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


def lines_of(table: Any) -> list[str]:
    """What a terminal shows, a space between words."""
    console = Console(width=80, file=io.StringIO(), record=True)
    console.print(table)
    return [" ".join(line.split()) for line in console.export_text().splitlines()]


def test_each_line_of_an_equation_says_how_sure_it_is() -> None:
    made = who_lacks_what()
    states = {name: SimpleNamespace(readout=True) for name in ("x_value_reward", "x_value_choice")}
    estimator: Any = SimpleNamespace(
        equations_=made, rnn_agent=SimpleNamespace(model=SimpleNamespace(states=states))
    )  # fmt: skip
    lines = lines_of(equations_table(estimator, Console(file=io.TextIOWrapper(io.BytesIO(), "utf-8")), raw=False))
    assert "not chosen V ← V + 0.25 (0.40 \N{MINUS SIGN} V) .97" in lines
    assert "no C .98" in lines
    # Bob, who does not forget, and the population, of whom two in five do.
    assert "not chosen V ← V .96" in lines
    assert "not chosen V ← V 40 %" in lines
    assert any("below, how many people have it" in line for line in lines)


def test_how_many_people_have_what_stands_with_its_interval() -> None:
    lines = lines_of(prevalence_table(who_lacks_what()))
    assert "asymmetry of learning 47 % 37 to 57 %" in lines
    assert "perseveration 60 % 50 to 70 %" in lines
    shared = with_probabilities(equations(ForgettingRNN, [DELTA]), [{}])
    assert prevalence_table(shared) is None


def test_rates_of_the_population_leave_out_what_most_people_lack() -> None:
    lines = lines_of(rates_table(who_lacks_what()))
    assert any(line.startswith("learning rate 0.50 0.4") for line in lines)
    assert not any("forgetting" in line or "asymmetry" in line for line in lines)
    shared = lines_of(rates_table(equations(ForgettingRNN, [DELTA])))
    assert "Rates of everyone" in shared
    assert any(line.startswith("forgetting rate 0.20") for line in shared)
    odd = {**DELTA, "x_value_reward_chosen": {"x_value_reward_chosen": 0.5}}
    assert rates_table(equations(ForgettingRNN, [odd], betas={"x_value_reward": [3.0]})) is None


def test_how_a_result_came_about_is_no_doubt_about_it() -> None:
    note = Diagnostic("training-settled", "The loss fell by 1 %.", is_doubt=False)
    doubt = Diagnostic("worse", "Worse than chance.", "Fit longer.")
    assert diagnostics_told(()) == []
    (calm,) = map(lines_of, diagnostics_told([note]))
    assert calm[1:] == ["How the result came about", "• The loss fell by 1 %."]
    told = [line for table in diagnostics_told([doubt, note]) for line in lines_of(table)]
    assert told[-2:] == ["Do not believe this result yet", "• Worse than chance. Fit longer."]
