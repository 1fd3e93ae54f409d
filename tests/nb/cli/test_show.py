"""The equations of a results folder again; `test_model.py` shows folders of models of one's own."""

from pathlib import Path

from nb.cli.calls import COLUMNS, QUICK, run


def test_what_the_fit_showed_is_shown_again(csv: Path, tmp_path: Path) -> None:
    out = tmp_path / "o"
    fitted = run("fit", csv, *COLUMNS, *QUICK, "--model", "rescorla-wagner", "--out", out)
    assert fitted.exit_code == 0, fitted.stderr
    for option, title in (((), "in canonical form"), (("--raw",), "as they were found")):
        shown = run("show", out, *option)
        assert shown.exit_code == 0, shown.stderr
        assert title in shown.stdout
    equations = fitted.stdout.split("Equations")[1].split("Negative")[0].strip()
    assert equations in run("show", out).stdout
    # A name that is given is looked up, and has to be that of the fit.
    assert run("show", out, "--model", "rescorla-wagner").stdout == run("show", out).stdout
    other = run("show", out, "--model", "choice")
    assert other.exit_code == 2
    assert len(other.stderr.strip().splitlines()) == 1


def test_no_results_to_show(tmp_path: Path) -> None:
    result = run("show", tmp_path / "none")
    assert result.exit_code == 2
    assert "FOLDER: expected a results folder, with config.yaml" in result.stderr
