"""Tutorials where little may be written and nothing fetched: they work, or say what to do."""

import json
from pathlib import Path

import pytest
from notebooks.execute import execute

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# A folder in which nobody can write, an administrator neither.
READ_ONLY = Path("/proc")


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """Variables of somebody whose home cannot be written, which on a server nobody may have made."""
    file = tmp_path / "file"
    file.touch()
    names = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "NUMBA_CACHE_DIR", "IPYTHONDIR", "MPLCONFIGDIR")
    return dict.fromkeys(names, str(file / "home")) | {"SPICE_NB_DATA": ""}


FIT = """
app = _
for name, value in {"epochs": 3, "n_trials_off_policy": 50}.items():
    app.settings.model.set(name, value)
app.training.button.click()
assert app.training.worker.wait(120)
import json
print(json.dumps([app.kept.value, app.training.model.state.value, app.equations.equations is not None]))
"""


def test_the_app_fits_where_nothing_can_be_written(nowhere: dict[str, str]) -> None:
    executed = execute(NOTEBOOKS / "00_app.ipynb", READ_ONLY, nowhere, after=FIT)
    assert executed.errors == []
    kept, state, has_equations = json.loads(executed.after[0])
    assert "This run is not kept: " in kept
    assert "a folder that can be written" in kept
    assert (state, has_equations) == ("done", True)


def test_the_app_keeps_its_runs_in_the_folder_that_a_variable_names(nowhere: dict[str, str], tmp_path: Path) -> None:
    kept, *_ = json.loads(
        execute(
            NOTEBOOKS / "00_app.ipynb", READ_ONLY, nowhere | {"SPICE_NB_RUNS": str(tmp_path / "runs")}, after=FIT
        ).after[0]
    )
    (run,) = (tmp_path / "runs").iterdir()
    assert f"Kept as run {run.name}." in kept


def test_a_tutorial_runs_where_nothing_can_be_written(nowhere: dict[str, str]) -> None:
    executed = execute(NOTEBOOKS / "02_rescorla_wagner.ipynb", READ_ONLY, nowhere, "print(len(recovered))")
    assert executed.errors == []
    assert executed.after == ("2\n",)


@pytest.mark.parametrize("may_write", [True, False])
def test_real_data_that_cannot_be_fetched(nowhere: dict[str, str], tmp_path: Path, may_write: bool) -> None:
    # Nothing listens there, so no request leaves this computer.
    refused = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")} if may_write else {}
    executed = execute(NOTEBOOKS / "07_real_people.ipynb", tmp_path, nowhere | refused | cache)
    said = executed.errors[0]
    assert said.startswith("DatasetUnavailableError: dezfouli2019")
    assert "Download https://" in said
    assert "choices_diagno.csv.zip on a computer with a network" in said
    assert "SPICE_NB_DATA" in said
