import subprocess
import sys
from pathlib import Path

# Enough to go through every step, not to find anything.
from nb.cli.calls import COLUMNS, QUICK, everything_in, run

from spice.precoded import MODELS
from spice_nb.cli.results import FILES


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


def test_help_says_which_models_are_per_person() -> None:
    text = " ".join(run("fit", "--help", width=400).stdout.replace("│", " ").split())
    shared = ", ".join(name for name, model in MODELS.items() if not model.context_size)
    own = ", ".join(name for name, model in MODELS.items() if model.context_size)
    assert f"One equation set for everybody: {shared}." in text
    assert f"own: {own}." in text


def test_version_and_usage() -> None:
    assert run("--version").stdout.startswith("spice-nb ")
    assert run("nonsense").exit_code == 2
