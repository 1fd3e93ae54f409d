"""Kernels end: with the page, or some time after everybody has gone without a word."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from browser.server import ROOT, served
from browser.steps import opened, wait_until

ENDED, CULLED = "Kernel shutdown: ", "Culling '"


@pytest.fixture(scope="module")
def tutorials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and log of a server of all notebooks, as by `make tutorials` but that idle kernels end soon."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    folder = tmp_path_factory.mktemp("tutorials")
    notebooks = folder / "notebooks"
    shutil.copytree(ROOT / "notebooks", notebooks)
    cell = nbformat.v4.new_code_cell("raise ValueError('a secret')")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), notebooks / "failing.ipynb")
    soon = ["--MappingKernelManager.cull_idle_timeout=6", "--MappingKernelManager.cull_interval=1"]
    command = ["voila", str(notebooks), "--no-browser", *soon]
    for address in served(command, "--port={port}", "voila/static/voila.js", folder):
        yield address, folder / "log.txt"


def ended(log: Path) -> int:
    return log.read_text().count(ENDED)


def wait_for_ends(page: Any, log: Path, count: int) -> None:
    wait_until(page, lambda: ended(log) >= count, "an end of the kernel")
    assert ended(log) == count, log.read_text()


def test_who_leaves_a_page_ends_its_kernel(browser: Any, tutorials: tuple[str, Path]) -> None:
    address, log = tutorials
    before = ended(log)
    # Not a page whose requests are looked at: a last one would be lost.
    page = browser.new_page()
    opened(page, address, "voila/render/00_app.ipynb")
    culled = log.read_text().count(CULLED)
    page.goto("about:blank")
    wait_for_ends(page, log, before + 1)
    assert log.read_text().count(CULLED) == culled, "it ended only because nobody used it"
    page.close()


def test_kernels_that_nobody_looks_at_end_and_others_do_not(page: Any, tutorials: tuple[str, Path]) -> None:
    address, log = tutorials
    before = ended(log)
    opened(page, address, "voila/render/00_app.ipynb")
    page.wait_for_timeout(10_000)
    assert ended(log) == before, "a kernel was ended while somebody read its page"
    # As when a laptop is shut: the page cannot say that it goes.
    page.close(run_before_unload=False)
    wait_for_ends(page.context.new_page(), log, before + 1)


def test_a_cell_that_fails_says_what_to_do(page: Any, tutorials: tuple[str, Path]) -> None:
    address, _ = tutorials
    page.goto(address + "voila/render/failing.ipynb")
    page.get_by_text("The cells below it were not run.").wait_for()
    assert page.get_by_text("a secret").count() == 0
