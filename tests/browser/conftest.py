"""The app in a real browser: a server of its own for each test process, and a page for each test."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from browser.server import ROOT, served

LATE = ("/voila/api/shutdown/", "restore the debugger state", "future for debug_request")
"""Of errors that are not ours: Voila of a page that was left, JupyterLab's debugger at a kernel that ended."""
SCREENS = Path(__file__).parent / "screens"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("No Chromium on this computer: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    command = ["voila", str(ROOT / "notebooks" / "00_app.ipynb"), "--no-browser"]
    # Asking for a static file starts no kernel.
    yield from served(command, "--port={port}", "voila/static/voila.js", tmp_path_factory.mktemp("voila"))


@pytest.fixture(scope="session")
def tutorials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the index of all notebooks."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    command = ["voila", str(ROOT / "notebooks"), "--no-browser"]
    yield from served(command, "--port={port}", "voila/static/voila.js", tmp_path_factory.mktemp("tutorials"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a JupyterLab with the tutorials, and with the app beside a cell that keeps the kernel busy."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'spice-nb[lab]'")
    folder = tmp_path_factory.mktemp("lab")
    notebook = json.loads((ROOT / "notebooks" / "00_app.ipynb").read_text())
    busy = "import time\nfor second in range(40):\n    time.sleep(1)"
    cell = {"cell_type": "code", "id": "busy", "metadata": {}, "source": busy, "execution_count": None, "outputs": []}
    (folder / "app.ipynb").write_text(json.dumps(notebook | {"cells": [*notebook["cells"], cell]}))
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, folder)
    command = [
        "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password=",
        f"--ServerApp.root_dir={folder}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=",
    ]  # fmt: skip
    yield from served(command, "--ServerApp.port={port}", "api", folder)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that reaches this computer only; errors of the page or its console, and what it asks elsewhere, fail."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    elsewhere: list[str] = []
    context.route(_is_elsewhere, lambda route: (elsewhere.append(route.request.url), route.abort()))
    page = context.new_page()
    page.set_default_timeout(120_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(f"{said.text} {said.location}") if said.type == "error" else None)
    yield page
    # A page that is closed while it loads has errors that nobody sees.
    seen = [error for error in errors if not any(words in error for words in LATE)]
    context.close()
    assert seen == []
    assert elsewhere == []


def _is_elsewhere(url: str) -> bool:
    return url.startswith("http") and urlparse(url).hostname != "127.0.0.1"


@pytest.fixture
def screen() -> Any:
    """Write what a page looks like into a folder that git ignores."""
    SCREENS.mkdir(exist_ok=True)

    def save(page: Any, name: str) -> None:
        page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    return save
