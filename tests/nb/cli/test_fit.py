"""From choices to a filled folder, and fits that end early."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from nb.cli.calls import COLUMNS, QUICK, everything_in, run

from spice.estimator import SpiceEstimator
from spice.exceptions import FitCancelled
from spice.progress import FitControl
from spice_nb.cli.fit import cancelled_by_ctrl_c
from spice_nb.cli.results import FILES


class TestFit:
    def test_fills_the_folder_and_shows_two_tables(self, csv: Path, tmp_path: Path) -> None:
        out = tmp_path / "deep" / "results"
        result = run("fit", csv, *COLUMNS, "--block", "run", "--model", "choice", *QUICK, "--out", out)
        assert result.exit_code == 0, result.stderr
        assert everything_in(out) == set(FILES)
        assert (out / "session.png").read_bytes().startswith(b"\x89PNG")
        for shown in ("6 people, 12 sessions, 360 choices, 2 arms", "person_5 & co", "population", "choices scored"):
            assert shown in result.stdout
        frame = pd.read_csv(out / "equations.csv")
        assert set(frame["form"]) == {"raw", "canonical"}
        assert {"person_0 & co", "population"} <= set(frame["label"])
        likelihood = pd.read_csv(out / "likelihood.csv").set_index(["model", "part"])
        assert likelihood.loc[("chance", "held_out"), "nll_per_choice"] == pytest.approx(np.log(2))
        # Of 30 trials the last 10 are held out, and the first of the other 20 is not scored.
        assert likelihood.loc[("network", "held_out"), "n_choices"] == 12 * 10
        assert likelihood.loc[("network", "training"), "n_choices"] == 12 * 19

    def test_held_out_sessions(self, csv: Path, tmp_path: Path) -> None:
        options = ("--block", "run", "--holdout", "sessions:2", "--out", tmp_path / "o")
        result = run("fit", csv, *COLUMNS, *QUICK, *options)
        assert "session 2 of each participant" in result.stdout
        likelihood = pd.read_csv(tmp_path / "o" / "likelihood.csv")
        assert set(likelihood["n_choices"]) == {6 * 29}

    def test_inputs_reach_the_model(self, csv: Path, tmp_path: Path) -> None:
        options = ("--input", "reaction time", "--no-refine", "--threshold", "0", "--out", tmp_path / "o")
        result = run("fit", csv, *COLUMNS, *QUICK, *options)
        assert result.exit_code == 0, result.stderr
        assert "reaction_time" in set(pd.read_csv(tmp_path / "o" / "equations.csv")["term"])

    def test_equations_of_one_participant(self, csv: Path, tmp_path: Path) -> None:
        options = ("--participant-equations", "person_3 & co", "--model", "participant-embedding")
        result = run("fit", csv, *COLUMNS, *QUICK, *options, "--out", tmp_path / "o")
        assert result.exit_code == 0, result.stderr
        assert "person_3 & co" in result.stdout
        assert "person_0" not in result.stdout
        document = json.loads((tmp_path / "o" / "equations.spice.json").read_text())
        assert [person["label"] for person in document["participants"]] == ["person_3 & co"]
        assert document["config"]["rnn_class"] == "ParticipantEmbeddingRNN"
        likelihood = pd.read_csv(tmp_path / "o" / "likelihood.csv")
        assert set(likelihood["n_choices"]) == {39, 20}


class TestCancel:
    @pytest.mark.parametrize("error", [KeyboardInterrupt(), FitCancelled("fit", "to run", "a cancel", "Again.")])
    def test_during_the_fit(
        self, csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
    ) -> None:
        def fit(*_: object) -> None:
            raise error

        monkeypatch.setattr(SpiceEstimator, "fit", fit)
        result = run("fit", csv, *COLUMNS, "--out", tmp_path / "o")
        assert result.exit_code == 130
        assert result.stderr.strip().splitlines()[-1] == "Cancelled. Nothing was written."
        assert everything_in(tmp_path) == {"choices.csv"}

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
    def test_ctrl_c_that_is_swallowed_still_cancels(self) -> None:
        control, before = FitControl(), signal.getsignal(signal.SIGINT)
        with cancelled_by_ctrl_c(control):
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            with pytest.raises(FitCancelled):
                control.check()
        assert signal.getsignal(signal.SIGINT) is before

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
    def test_ctrl_c_in_a_real_process(self, csv: Path, tmp_path: Path) -> None:
        # A shell's background jobs, and all that they start, ignore Ctrl-C unless told not to.
        listen = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
        main = f"{listen}; from spice_nb.cli import main; main()"
        command = [sys.executable, "-c", main, "fit", str(csv), *COLUMNS, "--epochs", "1000000"]
        process = subprocess.Popen(
            [*command, "--out", str(tmp_path / "o")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        while not process.stdout.readline().startswith("held out"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Cancelled. Nothing was written." in errors
        assert "Traceback" not in errors
        assert everything_in(tmp_path) == {"choices.csv"}
