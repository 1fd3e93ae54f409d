import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner, Result

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import FitCancelled
from spice.precoded import MODELS
from spice.progress import FitControl
from spice_nb.cli import demo as cli_demo
from spice_nb.cli import scores as cli_scores
from spice_nb.cli.commands import app
from spice_nb.cli.fit import cancelled_by_ctrl_c
from spice_nb.cli.results import FILES

# Enough to go through every step, not to find anything.
QUICK = ("--epochs", "2", "--n-trials-off-policy", "100")
COLUMNS = ("--participant", "who", "--choice", "key", "--reward", "points")


def run(*arguments: str | Path, width: int = 100) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": str(width)})


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Six people in two blocks each, with labels and rewards as they come in real files."""
    dataset, _ = simulate_individual_differences(6, 30, n_sessions=2, random_state=1)
    xs = dataset.xs.numpy()
    chosen = xs[..., :2].argmax(-1)
    people, blocks = xs[..., -1].astype(int), xs[..., -3].astype(int)
    return pd.DataFrame(
        {
            "who": [f"person_{i} & co" for i in people.ravel()],
            "run": blocks.ravel(),
            "key": np.array(["left", "right"])[chosen.ravel()],
            "points": 10 * np.take_along_axis(xs[..., 2:4], chosen[..., None], -1).ravel(),
            "reaction time": np.random.default_rng(0).normal(size=chosen.size).round(3),
        }
    )


@pytest.fixture
def csv(table: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "choices.csv"
    table.to_csv(path, index=False)
    return path


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def numbers(folder: Path) -> tuple[Any, Any]:
    equations, likelihood = (pd.read_csv(folder / f"{name}.csv") for name in ("equations", "likelihood"))
    return equations["coefficient"].to_numpy(), likelihood["nll_per_choice"].to_numpy()


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

    def test_saved_models_are_those_of_the_tables(self, csv: Path, tmp_path: Path) -> None:
        from spice.model.scored_trials import ScoredTrials
        from spice.utils.convert_dataset import convert_dataset

        assert run("fit", csv, *COLUMNS, *QUICK, "--holdout", "none", "--out", tmp_path / "o").exit_code == 0
        loaded = SpiceEstimator.load_spice(tmp_path / "o" / "network.spice", tmp_path / "o" / "equations.spice")
        assert loaded.equations_.labels[0] == "person_0 & co"
        dataset, *_ = convert_dataset(csv, df_participant_id="who", df_choice="key", df_reward="points", keep="block")
        scored = ScoredTrials.of(dataset.xs, dataset.ys, loaded.rnn_agent)
        likelihood = pd.read_csv(tmp_path / "o" / "likelihood.csv").set_index("model")["nll_per_choice"]
        assert scored.mean_nll(loaded.rnn_agent) == pytest.approx(likelihood["network"], abs=1e-6)
        assert scored.mean_nll(loaded.spice_agent) == pytest.approx(likelihood["equations"], abs=1e-6)

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

    def test_counterfactual_feedback(self, table: pd.DataFrame, tmp_path: Path) -> None:
        both = table.assign(left=np.arange(len(table)) % 2, right=np.arange(len(table)) % 3 == 0)
        both.astype({"right": int}).to_csv(tmp_path / "c.csv", index=False)
        columns = ("--participant", "who", "--choice", "key", "--reward", "left", "--reward", "right")
        result = run("fit", tmp_path / "c.csv", *columns, *QUICK, "--out", tmp_path / "o")
        assert result.exit_code == 0, result.stderr
        assert yaml.safe_load((tmp_path / "o" / "config.yaml").read_text())["reward"] == ["left", "right"]

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

    def test_several_files(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(0)
        folder = tmp_path / "study"
        folder.mkdir()
        for name in ("sub-10", "sub-2"):
            rows = pd.DataFrame({"choice": rng.integers(0, 2, 40), "reward": rng.integers(0, 2, 40)})
            rows.to_csv(folder / f"{name}.csv", index=False, sep=";", encoding="utf-16")
        (folder / "README").write_text("no table")
        out = tmp_path / "o"
        for sources in ([folder / "sub-10.csv", folder / "sub-2.csv"], [folder], [folder / "sub-*.csv"]):
            result = run(
                "fit", *sources, *QUICK, "--model", "choice", "--file-pattern", "sub-{participant}", "--out", out
            )
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

    def test_one_file_of_one_person_and_its_encoding(self, tmp_path: Path) -> None:
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

    def test_latex_is_balanced_and_escaped(self, csv: Path, tmp_path: Path) -> None:
        options = ("--model", "participant-embedding", "--out", tmp_path / "o")
        assert run("fit", csv, *COLUMNS, *QUICK, *options).exit_code == 0
        tex = (tmp_path / "o" / "equations.tex").read_text()
        assert tex.count(r"\begin{align*}") == tex.count(r"\end{align*}") == 7
        assert tex.count("{") == tex.count("}")
        assert r"\paragraph{Participant person\_0 \& co}" in tex
        assert tex.rstrip().endswith(r"\end{document}")
        assert "\\\\\n\\end{align*}" not in tex

    def test_raw_and_canonical_tables_differ(self, csv: Path, tmp_path: Path) -> None:
        options = ("--model", "participant-embedding", "--out", tmp_path / "o")
        assert "in canonical form" in run("fit", csv, *COLUMNS, *QUICK, *options).stdout
        assert "as they were found" in run("fit", csv, *COLUMNS, *QUICK, *options, "--raw").stdout

    @pytest.mark.parametrize("width", [80, 120])
    def test_tables_fit_the_terminal(self, csv: Path, tmp_path: Path, width: int) -> None:
        options = ("--model", "reward-choice", "--out", tmp_path / "o")
        lines = run("fit", csv, *COLUMNS, *QUICK, *options, width=width).stdout.splitlines()
        assert max(map(len, lines)) <= width
        # Neither labels nor numbers are cut.
        assert sum("person_5 & co" in line for line in lines) == 1
        assert not any("…" in line or "..." in line for line in lines)

    def test_many_people_are_shown_evenly(self, tmp_path: Path, table: pd.DataFrame) -> None:
        people = [table[table["who"].str.startswith("person_0")].assign(who=f"p{i}") for i in range(30)]
        pd.concat(people).to_csv(tmp_path / "c.csv", index=False)
        options = ("--model", "participant-embedding", "--no-refine", "--out", tmp_path / "o")
        output = run("fit", tmp_path / "c.csv", *COLUMNS, *QUICK, *options).stdout
        assert "8 of 30 people shown, all in equations.csv" in output
        assert " p0" in output
        assert " p29" in output
        assert len(pd.read_csv(tmp_path / "o" / "equations.csv")["label"].unique()) == 31


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


class TestBadInput:
    """A sentence, exit code 2, and nothing left on disk."""

    def refused(self, sentence: str, *arguments: str | Path, folder: Path) -> None:
        before = everything_in(folder)
        result = run("fit", *arguments, "--keep", "block")
        assert result.exit_code == 2, (result.stdout, result.stderr)
        assert sentence in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
        assert "Traceback" not in result.stderr
        assert everything_in(folder) == before

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (("--participant", "subject"), "--participant: expected one of the columns who, run, key, points"),
            (("--choice", "keys"), "Did you mean --choice key?"),
            (("--input", "rt"), "--input: expected one of the columns"),
            (("--reward", "run", "--reward", "reaction time"), "--reward: expected 2 columns"),
            (("--reward", "points"), "got 'points', which is --reward already"),
            (("--model", "rescorla"), "--model: expected one of rescorla-wagner, forgetting"),
            (("--holdout", "session:3"), "--holdout: expected sessions:3,6,9"),
            (("--holdout", "sessions:0"), "--holdout: expected sessions:3,6,9"),
            (("--holdout", "sessions:"), "--holdout: expected sessions:3,6,9"),
            (("--holdout", "last:1.5"), "--holdout: expected sessions:3,6,9"),
            (("--holdout", "last"), "--holdout: expected sessions:3,6,9"),
            (("--holdout", "sessions:7"), "--holdout: expected positions from 1 to 1, but got 7"),
            (("--epochs", "-1"), "--epochs: expected a whole number of 0 or more"),
            (("--threshold", "-1"), "threshold"),
            (("--optimizer", "lasso"), "'lasso'"),
            (("--participant-equations", "person_9"), "--participant-equations: expected one of person_0 & co"),
        ],
    )
    def test_options(self, csv: Path, tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
        self.refused(sentence, csv, *COLUMNS, *QUICK, "--out", tmp_path / "o", *options, folder=tmp_path)

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "which is empty"),
            (b"who,key,points\n", "no rows"),
            (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "DATA: expected a table in text form"),
            (b"who,key,points\n1,a,1\n1,a,0\n1,a,1\n", "--choice: expected at least two arms"),
            (b"who,key,points\n1,a,1\n1,b,0\n1,b,1\n2,a,0\n2,b,1\n", "at least three choices of each participant"),
            (b"who,key,points\n1,a,1\n1,b,\n1,b,1\n1,a,0\n", "nothing in row 3"),
            (b"who,key,points\n1,a,1\n1,b,inf\n1,b,1\n1,a,0\n", "--reward: expected numbers"),
        ],
    )
    def test_tables(self, tmp_path: Path, content: bytes, sentence: str) -> None:
        (tmp_path / "c.csv").write_bytes(content)
        self.refused(sentence, tmp_path / "c.csv", *COLUMNS, *QUICK, "--out", tmp_path / "o", folder=tmp_path)

    def test_no_such_file(self, tmp_path: Path) -> None:
        arguments = (tmp_path / "no.csv", "--out", tmp_path / "o")
        self.refused("DATA: expected the path of a CSV file", *arguments, folder=tmp_path)

    @pytest.mark.parametrize("out", ["choices.csv", "choices.csv/results"])
    def test_a_folder_that_cannot_be(
        self, csv: Path, tmp_path: Path, out: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fit(*_: object) -> None:
            raise AssertionError("found out too late")

        monkeypatch.setattr(SpiceEstimator, "fit", fit)
        self.refused("--out: expected a folder", csv, *COLUMNS, "--out", tmp_path / out, folder=tmp_path)

    def test_a_folder_in_the_place_of_a_file(self, csv: Path, tmp_path: Path) -> None:
        (tmp_path / "o" / "equations.tex").mkdir(parents=True)
        self.refused("it is a folder", csv, *COLUMNS, "--out", tmp_path / "o", folder=tmp_path)

    def test_a_defect_of_ours_keeps_its_traceback(
        self, csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fit(*_: object) -> None:
            raise RuntimeError("a defect")

        monkeypatch.setattr(SpiceEstimator, "fit", fit)
        result = run("fit", csv, *COLUMNS, "--out", tmp_path / "o")
        assert isinstance(result.exception, RuntimeError)


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

    def test_while_writing_leaves_earlier_results_whole(
        self, csv: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        arguments = ("fit", csv, *COLUMNS, *QUICK, "--out", tmp_path / "o")
        assert run(*arguments).exit_code == 0
        before = {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()}

        def save_spice(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(SpiceEstimator, "save_spice", save_spice)
        assert run(*arguments, "--seed", "9").exit_code == 130
        assert {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()} == before
        assert run(*arguments[:-1], tmp_path / "new" / "o").exit_code == 130
        assert not (tmp_path / "new").exists()

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


class TestLists:
    @pytest.mark.parametrize("width", [80, 120])
    def test_models(self, width: int) -> None:
        result = run("models", width=width)
        assert result.exit_code == 0
        assert all(name in result.stdout for name in MODELS)
        assert "…" not in result.stdout
        per_person = [model for model in MODELS.values() if model.context_size]
        assert result.stdout.count("equations per person") == len(per_person)

    def test_datasets(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SPICE_NB_DATA", str(tmp_path))
        place = tmp_path / "zorowitz2023" / "data.csv"
        place.parent.mkdir()
        place.write_text("")
        result = run("datasets", width=200)
        assert result.exit_code == 0
        for shown in ("132,251", "Apache-2.0", "fetched on first use", "yes", "Fontanesi"):
            assert shown in result.stdout
        assert str(place) in result.stdout.replace("\n", "")

    def test_help_says_which_models_are_per_person(self) -> None:
        text = " ".join(run("fit", "--help", width=400).stdout.replace("│", " ").split())
        shared = ", ".join(name for name, model in MODELS.items() if not model.context_size)
        own = ", ".join(name for name, model in MODELS.items() if model.context_size)
        assert f"One equation set for everybody: {shared}." in text
        assert f"own: {own}." in text

    def test_version_and_usage(self) -> None:
        assert run("--version").stdout.startswith("spice-nb ")
        assert run("nonsense").exit_code == 2


def test_help_loads_nothing_slow() -> None:
    code = "import sys, spice_nb.cli; print([m for m in ('torch', 'sklearn', 'pandas', 'yaml') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_a_real_process(csv: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "spice_nb", "fit", str(csv), *COLUMNS, *QUICK]
    done = subprocess.run([*command, "--out", str(tmp_path / "o")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Training the network" in done.stderr
    assert "Training the network" not in done.stdout
    assert everything_in(tmp_path / "o") == set(FILES)


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


def test_a_folder_named_results_beside_the_new_one(tmp_path):
    from spice_nb.cli.results import check_folder

    (tmp_path / "results").mkdir()
    check_folder(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_people_without_canonical_form_are_not_in_the_canonical_table():
    import dataclasses

    from spice.datasets import simulate_individual_differences
    from spice.estimator import SpiceEstimator
    from spice.precoded import ParticipantEmbeddingRNN
    from spice_nb.cli.results import to_table, to_tex

    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=40, random_state=1)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=100, random_state=0)
    equations = estimator.fit(dataset.xs, dataset.ys).equations_
    values = {name: table.copy() for name, table in equations.coefficients.values.items()}
    reward = equations.coefficients.terms["x_value_reward_chosen"].index("c_reward")
    values["x_value_reward_chosen"][2, reward] = 0.0
    changed = dataclasses.replace(equations, coefficients=dataclasses.replace(equations.coefficients, values=values))
    assert changed.without_canonical_form() == {2}
    assert np.isnan(changed.learning_rates()["x_value_reward_chosen"][2])
    assert np.isfinite(changed.learning_rates()["x_value_reward_chosen"][1])
    table = to_table(changed)
    assert set(table.loc[table["form"] == "canonical", "participant"]) == {0, 1, 3, -1}
    assert set(table.loc[table["form"] == "raw", "participant"]) == {0, 1, 2, 3, -1}
    assert to_tex(changed, "made up").count("no canonical form") == 1
