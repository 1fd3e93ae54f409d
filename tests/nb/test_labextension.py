"""The bundle of the JupyterLab extension that ships, without Node."""

import importlib.util
import json
from pathlib import Path
from typing import Any

from spice.precoded import MODELS
from spice_nb.app import SpiceApp
from spice_nb.run_store import FOLDER_VARIABLE, RunStore

FOLDER = Path(__file__).parents[2] / "spice_nb" / "labextension"
BUNDLE = FOLDER / "static_build"
BUDGET = 150_000


def building() -> Any:
    spec = importlib.util.spec_from_file_location("build_extension", FOLDER / "build_extension.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bundle_is_of_these_sources() -> None:
    script = building()
    assert script.HASH_FILE.read_text().strip() == script.sources_hash(), (
        "The sources changed since the bundle was built: python spice_nb/labextension/build_extension.py"
    )


def test_the_bundle_is_whole_and_small() -> None:
    facts = json.loads((BUNDLE / "package.json").read_text())
    sources = json.loads((FOLDER / "package.json").read_text())
    assert (facts["name"], facts["version"]) == ("spice-nb", sources["version"])
    assert (BUNDLE / facts["jupyterlab"]["_build"]["load"]).is_file()
    assert sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file()) < BUDGET


def test_without_node_it_is_said_that_the_bundle_ships(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in BUNDLE.rglob("*")}
    assert building().build() == "Node.js is not there: the JupyterLab extension is used as it ships."
    assert {path: path.stat().st_mtime_ns for path in BUNDLE.rglob("*")} == before


def test_the_settings_offer_the_models_there_are() -> None:
    schema = json.loads((BUNDLE / "schemas" / "spice-nb" / "plugin.json").read_text())
    offered = [choice["const"] for choice in schema["properties"]["defaultModel"]["oneOf"]]
    assert offered == ["", *MODELS]


def test_the_cells_name_what_the_package_has(tmp_path: Path) -> None:
    code = (FOLDER / "src" / "pure" / "code.ts").read_text()
    assert f'os.environ["{FOLDER_VARIABLE}"]' in code
    assert "from spice_nb import SpiceApp" in code
    app = SpiceApp(RunStore(tmp_path))
    for call in ("app.settings.model.choose(", "app.data.model.read_path("):
        assert call in code
        assert callable(eval(call.removesuffix("("), {"app": app}))
