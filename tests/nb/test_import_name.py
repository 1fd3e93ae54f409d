import os
import subprocess
import sys
from pathlib import Path

import pytest

import spice_nb
from spice_nb import _import_name


def install(folder: Path, name: str) -> None:
    (folder / f"{name}-0.2.0.dist-info").mkdir()
    (folder / f"{name}-0.2.0.dist-info" / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.2.0\n"
    )
    (folder / f"{name}-0.2.0.dist-info" / "top_level.txt").write_text("spice\n")


def import_spice_nb(folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", "import spice_nb"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, cwd=folder)


def test_alone_it_is_imported() -> None:
    _import_name.check_import_name()
    assert spice_nb.__version__


def test_the_known_other_distribution(tmp_path: Path) -> None:
    install(tmp_path, "autospice")
    done = import_spice_nb(tmp_path)
    assert done.returncode == 1
    assert "autospice claims it too" in done.stderr
    assert "pip uninstall autospice; then: pip install --force-reinstall" in done.stderr


def test_any_other_that_comes_first_on_the_path(tmp_path: Path) -> None:
    install(tmp_path, "circuits")
    (tmp_path / "spice").mkdir()
    (tmp_path / "spice" / "__init__.py").write_text("")
    done = import_spice_nb(tmp_path)
    assert done.returncode == 1
    assert "pip uninstall circuits" in done.stderr


def test_a_folder_that_no_distribution_owns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_import_name, "find_spec", lambda _: None)
    with pytest.raises(ImportError, match="remove the other"):
        _import_name.check_import_name()
