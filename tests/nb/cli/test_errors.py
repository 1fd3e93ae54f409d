"""How the command line ends when something is wrong."""

from pathlib import Path

import pytest
from nb.cli.calls import COLUMNS, QUICK, everything_in, run

from spice.estimator import SpiceEstimator
from spice_nb.cli.errors import as_options


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


def test_errors_name_options() -> None:
    assert as_options("l2_weight_decay: expected a number") == "--weight-decay: expected a number"
    assert as_options("spice_optimizer_type: expected one") == "--optimizer: expected one"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("file: expected a path. Check the file: it is odd", "DATA: expected a path. Check the file: it is odd"),
        ("Did you mean df_choice='key'?", "Did you mean --choice key?"),
        ("Name the column with df_reward=...", "Name the column with --reward ..."),
        ("Leave them out with leave_out_few=True, or not", "Leave them out with --leave-out-few, or not"),
        # Everyday words mean an option only ahead of a colon.
        ("order: expected a column that gives the order", "--order: expected a column that gives the order"),
    ],
)
def test_errors_of_the_engine_are_said_in_options(sentence: str, said: str) -> None:
    assert as_options(sentence) == said
