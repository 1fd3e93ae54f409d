"""The app in a real browser: a server of its own for each test process, and a page for each test."""

import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest
from browser.server import END_SOON, ROOT, served
from browser.steps import ENOUGH

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
def voila_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app keeps its runs."""
    return tmp_path_factory.mktemp("voila")


@pytest.fixture(scope="session")
def voila(voila_folder: Path) -> Iterator[str]:
    """Address of the app."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    command = ["voila", str(ROOT / "notebooks" / "00_app.ipynb"), "--no-browser", END_SOON]
    # Asking for a static file starts no kernel.
    yield from served(command, "--port={port}", "voila/static/voila.js", voila_folder)


@pytest.fixture(scope="session")
def tutorials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the index of all notebooks."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    command = ["voila", str(ROOT / "notebooks"), "--no-browser", END_SOON]
    yield from served(command, "--port={port}", "voila/static/voila.js", tmp_path_factory.mktemp("tutorials"))


@pytest.fixture(scope="session")
def lab_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where JupyterLab has its notebooks."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def lab_server(lab_folder: Path) -> Iterator[str]:
    """Address of a JupyterLab with the tutorials."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'spice-nb[lab]'")
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(path, lab_folder)
    command = [
        "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password=",
        "--ServerApp.disable_check_xsrf=True", f"--ServerApp.root_dir={lab_folder}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=", END_SOON,
    ]  # fmt: skip
    yield from served(command, "--ServerApp.port={port}", "api", lab_folder)


@pytest.fixture
def lab(lab_server: str, lab_folder: Path) -> str:
    """That JupyterLab without kernels of other tests; `app.ipynb` has the app, and a cell that keeps the kernel busy.

    What another test left (a kernel that is still busy, an app that was saved) would be taken for what this one does.
    """
    with urllib.request.urlopen(f"{lab_server}api/kernels", timeout=60) as answer:
        kernels = json.load(answer)
    for kernel in kernels:
        end = urllib.request.Request(f"{lab_server}api/kernels/{kernel['id']}", method="DELETE")
        urllib.request.urlopen(end, timeout=60).close()
    notebook = json.loads((ROOT / "notebooks" / "00_app.ipynb").read_text())
    busy = f"import time\nfrom pathlib import Path\n\nwhile not Path({ENOUGH!r}).exists():\n    time.sleep(0.1)"
    cell = {"cell_type": "code", "id": "busy", "metadata": {}, "source": busy, "execution_count": None, "outputs": []}
    (lab_folder / "app.ipynb").write_text(json.dumps(notebook | {"cells": [*notebook["cells"], cell]}))
    (lab_folder / ENOUGH).unlink(missing_ok=True)
    return lab_server


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that reaches this computer only; errors of the page or its console, and what it asks elsewhere, fail."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    elsewhere: list[str] = []
    context.route(_is_elsewhere, lambda route: (elsewhere.append(route.request.url), route.abort()))
    sockets: set[str] = set()
    context.on("page", lambda opened: opened.on("websocket", lambda socket: sockets.add(socket.url)))
    page = context.new_page()
    page.set_default_timeout(120_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(f"{said.text} {said.location}") if said.type == "error" else None)
    yield page
    # A page that is closed while it loads has errors that nobody sees.
    seen = [error for error in errors if not any(words in error for words in LATE)]
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    context.close()
    _end_kernels(sockets, cookies.get("_xsrf", ""))
    assert seen == []
    assert elsewhere == []


def _end_kernels(sockets: set[str], xsrf: str) -> None:
    """End the kernels that a page had: a fit that nobody looks at would take the time of all tests after it."""
    for socket in sockets:
        kernel = re.fullmatch(r"ws(://[^?]*/api/kernels/[^/?]+)/channels.*", socket)
        if kernel is None:
            continue
        end = urllib.request.Request(f"http{kernel[1]}", method="DELETE")
        end.add_header("X-XSRFToken", xsrf)
        end.add_header("Cookie", f"_xsrf={xsrf}")
        try:
            urllib.request.urlopen(end, timeout=60).close()
        except urllib.error.HTTPError as error:
            # It ended in the test already.
            if error.code != 404:
                raise
        except OSError:
            # And so did its server.
            pass


def _is_elsewhere(url: str) -> bool:
    return url.startswith("http") and urlparse(url).hostname != "127.0.0.1"


@pytest.fixture
def screen() -> Any:
    """Write what a page looks like into a folder that git ignores."""
    SCREENS.mkdir(exist_ok=True)

    def save(page: Any, name: str) -> None:
        page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    return save
