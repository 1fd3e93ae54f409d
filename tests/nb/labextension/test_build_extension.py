"""How the bundle of the JupyterLab extension is built."""

import importlib.util
import os
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "spice_nb" / "labextension"
BUNDLE = FOLDER / "static_build"


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


def test_without_node_it_is_said_that_the_bundle_ships(monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    before = {path: path.stat().st_mtime_ns for path in BUNDLE.rglob("*")}
    assert building().build() == "Node.js is not there: the JupyterLab extension is used as it ships."
    assert {path: path.stat().st_mtime_ns for path in BUNDLE.rglob("*")} == before


def test_a_build_that_fails_leaves_the_bundle_as_it_was(monkeypatch: Any, tmp_path: Path) -> None:
    script = building()
    bundle = tmp_path / "static_build"
    bundle.mkdir()
    (bundle / "remoteEntry.js").write_text("as it ships")
    commands: list[tuple[str, ...]] = []

    def run(*command: str) -> None:
        commands.append(command)
        if "bundle" in command:
            (bundle / "remoteEntry.js").unlink()
            raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(script.shutil, "which", lambda name: f"/usr/bin/{name}")
    for name, value in {"FOLDER": tmp_path, "BUNDLE": bundle, "HASH_FILE": tmp_path / "hash", "_run": run}.items():
        monkeypatch.setattr(script, name, value)
    said = script.build()
    assert said.startswith("The JupyterLab extension was not built and is used as it ships: ")
    assert [command[1] for command in commands] == ["ci", "run"]
    assert (bundle / "remoteEntry.js").read_text() == "as it ships"
    assert not (tmp_path / "hash").exists()


def test_packages_are_fetched_again_where_the_lock_file_is_newer(monkeypatch: Any, tmp_path: Path) -> None:
    script = building()
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    own, fetched = tmp_path / "package-lock.json", tmp_path / "node_modules" / ".package-lock.json"
    own.write_text("{}")
    assert not script._are_fetched()
    fetched.parent.mkdir()
    fetched.write_text("{}")
    os.utime(own, (100, 100))
    os.utime(fetched, (200, 200))
    assert script._are_fetched()
    os.utime(own, (300, 300))
    assert not script._are_fetched()
