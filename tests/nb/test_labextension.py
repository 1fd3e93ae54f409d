"""The bundle of the JupyterLab extension that ships, without Node."""

import json
from pathlib import Path

from spice.precoded import MODELS
from spice_nb.app import SpiceApp
from spice_nb.run_store import FOLDER_VARIABLE, RunStore

FOLDER = Path(__file__).parents[2] / "spice_nb" / "labextension"
BUNDLE = FOLDER / "static_build"
BUDGET = 150_000


def test_the_bundle_is_whole_and_small() -> None:
    facts = json.loads((BUNDLE / "package.json").read_text())
    sources = json.loads((FOLDER / "package.json").read_text())
    assert (facts["name"], facts["version"]) == ("spice-nb", sources["version"])
    assert (BUNDLE / facts["jupyterlab"]["_build"]["load"]).is_file()
    assert sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file()) < BUDGET


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
