"""The tutorials as pages and in JupyterLab: they run, their panels can be used, and the story reads."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser.server import ROOT
from browser.steps import wait_until_it_fits

NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb") if not path.stem.startswith("00"))
# Each tutorial is run as a page, and those with other panels here too; the rest at night.
IN_JUPYTERLAB = [
    pytest.param(name, marks=() if name[:2] in ("01", "02", "05", "08") else pytest.mark.nightly) for name in NAMES
]


def look_at_data(page: Any) -> None:
    page.get_by_label("Choice", exact=True).select_option("points")
    page.get_by_text("The column 'points' has two roles").first.wait_for()


def look_at_sessions(page: Any) -> None:
    page.get_by_label("Session", exact=True).select_option(index=1)
    page.get_by_role("button", name="What if a coefficient were different?").click()
    slider = page.get_by_role("slider", name="chosen: ").first
    for _ in range(10):
        slider.press("ArrowLeft")
    page.get_by_role("row", name="What if").first.wait_for()


def look_at_equations(page: Any) -> None:
    page.get_by_label("Participant", exact=True).select_option("7")
    page.get_by_label("Beside", exact=True).select_option("3")
    page.get_by_text("Learning rate 0.").nth(1).wait_for()


def look_at_model(page: Any) -> None:
    page.get_by_role("button", name="Change this model").click()
    page.get_by_label("Name of the model").fill("Tired")
    page.get_by_role("button", name="As Python").first.click()
    page.get_by_text("class Tired(BaseRNN)").first.wait_for()


def search_for_mechanisms(page: Any) -> None:
    page.get_by_role("button", name="Discover", exact=True).click()
    page.get_by_text("The best model so far predicts").first.wait_for()
    page.get_by_role("button", name="Stop with the best so far").click()
    page.get_by_text("models were tried").nth(1).wait_for()


USE: dict[str, tuple[str, Callable[[Any], None]]] = {
    "01": ("Data", look_at_data),
    "05": ("Equations", look_at_equations),
    "08": ("Model", look_at_model),
    "10": ("Discover", search_for_mechanisms),
}
"""Heading of a panel, and what is done with it."""
SESSIONS = ("Sessions", look_at_sessions)


def use_a_panel(page: Any, name: str, screen: Callable[[Any, str], None], picture: str) -> None:
    heading, use = USE.get(name[:2], SESSIONS)
    panel = page.get_by_role("heading", name=heading, exact=True).first
    panel.scroll_into_view_if_needed()
    panel.evaluate("element => element.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(1_500)
    screen(page, picture)
    use(page)


def last_words(name: str) -> str:
    """The beginning of the last cell, up to a link."""
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text())
    return "".join(notebook["cells"][-1]["source"]).strip()[:40].partition("[")[0].strip()


def test_the_index_leads_to_every_tutorial(page: Any, tutorials: str, screen: Any) -> None:
    page.goto(tutorials)
    links = page.locator(".cards a")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        card = page.locator(f".cards a[href*='{path.name}']")
        assert card.count() == 1, f"{path.name} has no card in voila_template/tutorials.html"
        title = json.loads(path.read_text())["metadata"]["title"]
        assert card.get_by_role("heading").inner_text() == title
    assert links.count() == len(NAMES) + 1
    broken = page.locator(".cards img").evaluate_all(
        "images => images.filter(i => i.complete && !i.naturalWidth).length"
    )
    assert broken == 0
    screen(page, "tutorials")
    page.set_viewport_size({"width": 420, "height": 900})
    wait_until_it_fits(page, "an index")
    screen(page, "tutorials-420")
    nothing = page.request.get(f"{tutorials}voila/render/nothing.ipynb")
    assert nothing.status == 404
    assert "There is nothing at this address." in nothing.text()


@pytest.fixture
def name(request: pytest.FixtureRequest, public_data: Callable[[str], Path]) -> str:
    """A tutorial whose data are on this computer."""
    if request.param == "07_real_people":
        public_data("dezfouli2019")
    return str(request.param)


@pytest.mark.parametrize("name", NAMES, indirect=True)
def test_as_a_page(name: str, page: Any, tutorials: str, screen: Any) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{tutorials}voila/render/{name}.ipynb")
    page.get_by_text(last_words(name)).first.wait_for(timeout=180_000)
    assert page.locator("#rendered_cells .jp-InputArea-editor:visible").count() == 0
    assert page.get_by_text("Traceback").count() == 0
    use_a_panel(page, name, screen, f"tutorial-{name}")
    page.get_by_text("Solution", exact=True).click()
    page.locator("details[open] pre").first.wait_for()


@pytest.mark.parametrize("name", IN_JUPYTERLAB, indirect=True)
def test_in_jupyterlab(name: str, page: Any, lab: str, screen: Any) -> None:
    page.goto(f"{lab}lab/tree/{name}.ipynb?reset")
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    for entry in ("Run", "Run All Cells"):
        page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel").get_by_text(entry, exact=True).click()
    page.get_by_text("Python 3 (ipykernel) | Busy").wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=180_000)
    use_a_panel(page, name, screen, f"lab-{name}")
    assert page.get_by_text("Traceback").count() == 0
