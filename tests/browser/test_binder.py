"""Voila inside a Jupyter server below an address of its own, as Binder and hubs have it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.server import ROOT, served
from browser.steps import opened, wait_until

BELOW = "user/somebody/"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and log of a server with the settings that the build for Binder gives it."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'spice-nb[lab]'")
    folder = tmp_path_factory.mktemp("hub")
    shutil.copy(ROOT / "voila.json", folder / "jupyter_server_config.json")
    command = [
        "jupyterlab", "--no-browser", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={ROOT}",
        f"--ServerApp.base_url=/{BELOW}", f"--config={folder / 'jupyter_server_config.json'}",
    ]  # fmt: skip
    for address in served(command, "--ServerApp.port={port}", BELOW + "api", folder):
        yield address + BELOW, folder / "log.txt"


def test_the_app_on_binder_has_our_template_and_its_kernel_ends_with_the_page(
    browser: Any, hub: tuple[str, Path]
) -> None:
    address, log = hub
    # Not a page whose requests are looked at: a last one would be lost.
    page = browser.new_page()
    opened(page, address, "voila/render/notebooks/00_app.ipynb")
    width = "getComputedStyle(document.querySelector('#rendered_cells > div')).maxWidth"
    assert page.evaluate(width) == "1112px"
    assert "Culling kernels with idle durations > 600 seconds" in log.read_text()
    page.goto("about:blank")
    # Long before idle kernels end.
    wait_until(page, lambda: "Kernel shutdown: " in log.read_text(), "an end of the kernel")
    page.close()
