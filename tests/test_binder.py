"""What Binder builds from: versions as tested, and settings that sessions have too."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BINDER = ROOT / "binder"


def pins(file: Path) -> dict[str, str]:
    lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return dict(line.split("==") for line in lines if "==" in line)


def test_versions_are_those_that_were_tested_together() -> None:
    tested, asked = pins(ROOT / "constraints.txt"), pins(BINDER / "requirements.txt")
    assert set(asked) == {"torch", "jupyterlab", "ipykernel", "ipywidgets", "voila"}
    for name, version in asked.items():
        assert version.removesuffix("+cpu") == tested[name]
    assert asked["torch"].endswith("+cpu")
    python = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"Python {python}" in (ROOT / "constraints.txt").read_text().splitlines()[0]


def test_a_session_starts_what_it_is_given_with_one_thread() -> None:
    code = "import json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"
    done = subprocess.run(
        [BINDER / "start", sys.executable, "-c", code, "two words", "--x=$HOME"],
        capture_output=True, text=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "8"}, cwd="/",
    )  # fmt: skip
    arguments, environment = json.loads(done.stdout)
    assert arguments == ["two words", "--x=$HOME"]
    assert environment["OMP_NUM_THREADS"] == environment["NUMBA_NUM_THREADS"] == "1"
    assert environment["NUMBA_CPU_NAME"] == "generic"
    assert environment["SPICE_NB_HOSTED"] == "0"


def test_a_build_ends_where_a_step_fails_but_for_data_that_cannot_be_fetched() -> None:
    script = (BINDER / "postBuild").read_text()
    assert os.access(BINDER / "postBuild", os.X_OK)
    assert "\nset -e\n" in script
    subprocess.run(["bash", "-n", BINDER / "postBuild"], check=True)
    assert script.count("||") == 1
