"""Two visitors of one server: neither reads its files, and neither sees what the other has."""

import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from browser.server import ROOT, served
from browser.steps import fit_for, fit_quickly, opened, step, wait_until, wait_until_it_fits

APP = "voila/render/00_app.ipynb"
NAME = "Zebedee"
TABLE = "person,choice,reward\n" + "".join(
    f"{person},{(t * 7 + k) % 3 % 2},{(t * 5 + k) % 4 % 2}\n"
    for k, person in enumerate([NAME, "Ann"])
    for t in range(40)
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Address and folder of a server as others are given it: no variable says that it is one."""
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    folder = tmp_path_factory.mktemp("hosted")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "tmp").mkdir()
    environment = {
        "SPICE_NB_HOSTED": "", "SPICE_NB_RUNS": "", "TMPDIR": str(folder / "tmp"), "SPICE_NB_MAX_MINUTES": "0.5",
    }  # fmt: skip
    command = ["voila", str(folder / "notebooks"), "--no-browser"]
    for address in served(command, "--port={port}", "voila/static/voila.js", folder, environment):
        yield address, folder


@pytest.fixture
def visitors(browser: Any) -> Iterator[tuple[Any, Any]]:
    """Pages of two people with browsers of their own."""
    contexts = [browser.new_context(viewport={"width": 1280, "height": 900}) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.set_default_timeout(120_000)
    yield tuple(pages)
    for context in contexts:
        context.close()


def upload(page: Any, content: str = TABLE) -> None:
    page.locator(".spice-upload input").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_text("2 people, 40 choices each").first.wait_for()


def runs(folder: Path) -> list[str]:
    return [path.name for path in (folder / "notebooks" / ".spice-runs").glob("*")]


def leave(page: Any, folder: Path) -> None:
    """Leave a page, and wait until its kernel has ended."""
    log = folder / "log.txt"
    before = log.read_text().count("Kernel shutdown: ")
    page.goto("about:blank")
    wait_until(page, lambda: log.read_text().count("Kernel shutdown: ") > before, "an end of the kernel")


def files_that_say(folder: Path, word: str) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        # A file may go between being found and being read.
        with suppress(FileNotFoundError):
            found += [path] if path.is_file() and word.encode() in path.read_bytes() else []
    return found


def barriers(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page).response["violations"]
    return [violation["id"] for violation in found if violation["impact"] in ("serious", "critical")]


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_visitor_has_no_path_and_no_list_of_runs(page: Any, server: tuple[str, Path], screen: Any) -> None:
    address, _ = server
    opened(page, address, APP)
    page.get_by_text("deleted when you leave unless kept").wait_for()
    page.get_by_label("Keep my data and runs on this server").wait_for()
    assert page.get_by_label("Path", exact=True).count() == 0
    assert page.get_by_label("Earlier runs").count() == 0
    screen(page, "hosted-data")
    page.set_viewport_size({"width": 420, "height": 900})
    page.wait_for_timeout(500)
    screen(page, "hosted-data-420")
    wait_until_it_fits(page, "a page of a visitor")


def test_nobody_sees_the_run_of_another(visitors: tuple[Any, Any], server: tuple[str, Path], screen: Any) -> None:
    address, folder = server
    one, other = visitors
    opened(one, address, APP)
    upload(one)
    fit_quickly(one)
    one.get_by_role("heading", name="Everybody").wait_for()
    assert runs(folder) == []
    one.get_by_label("Keep my data and runs on this server").check()
    link = one.get_by_role("link", name=re.compile("^20"))
    link.wait_for()
    link.scroll_into_view_if_needed()
    screen(one, "hosted-kept")
    assert barriers(one) == []
    (run_id,) = runs(folder)
    assert link.get_attribute("href") == f"?run={run_id}"

    opened(other, address, f"{APP}?run={run_id[:-1]}")
    other.get_by_role("alert").filter(has_text="the id of a run that was kept on this server").wait_for()
    screen(other, "hosted-wrong-run")
    assert run_id not in other.content()
    assert NAME not in other.content()
    other.get_by_role("button", name="Fit", exact=True, disabled=False).first.wait_for()
    for place in ("voila/tree/", "voila/tree/.spice-runs", f"voila/files/.spice-runs/{run_id}/run.json"):
        other.goto(address + place)
        assert run_id not in other.content().replace(place, "")
    assert status(f"{address}voila/files/.spice-runs/{run_id}/run.json") >= 400
    assert status(f"{address}voila/files/.spice-runs/{run_id}/data.spice") >= 400

    leave(one, folder)
    assert runs(folder) == [run_id]
    # Who was given the link sees it, and can delete it.
    opened(other, address, f"{APP}?run={run_id}")
    other.get_by_role("heading", name="Everybody").wait_for()
    other.get_by_role("cell", name=NAME).first.wait_for()
    other.get_by_label("Keep my data and runs on this server").uncheck()
    other.get_by_text("Deleted from this server.").wait_for()
    assert runs(folder) == []
    wait_until(other, lambda: files_that_say(folder, NAME) == [], "an end of all files of the visitor")


def test_what_was_not_kept_is_gone_with_the_page(visitors: tuple[Any, Any], server: tuple[str, Path]) -> None:
    address, folder = server
    one, other = visitors
    opened(one, address, APP)
    upload(one)
    fit_quickly(one)
    one.get_by_role("heading", name="Everybody").wait_for()
    leave(one, folder)
    assert runs(folder) == []
    # The kernel tidies up while it ends.
    wait_until(one, lambda: files_that_say(folder, NAME) == [], "an end of all files of the visitor")
    opened(other, address, APP)
    assert NAME not in other.content()


@pytest.mark.nightly
def test_a_fit_ends_after_its_minutes(page: Any, server: tuple[str, Path], screen: Any) -> None:
    address, _ = server
    opened(page, address, APP)
    # Few people: the equations have a quarter of the time, also where the computer does other things.
    upload(page)
    fit_for(page, 100_000)
    page.get_by_role("heading", name="Everybody").wait_for()
    step(page, "Fit")
    page.get_by_text("The training ended early: this server gives a fit 0.5 minutes.").wait_for()
    screen(page, "hosted-fit-ended")
