"""The app in JupyterLab: with the kernel idle and busy, in two tabs, in the dark."""

import json
from pathlib import Path
from typing import Any

import pytest
from browser.steps import ENOUGH, set_field, wait_until


def started(page: Any, lab: str) -> Any:
    """Open the notebook, run its first cell to its end; gives the cells."""
    page.goto(f"{lab}lab/tree/app.ipynb?reset")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    cells.first.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("[1]:").wait_for()
    page.get_by_role("tab", name="2 Model").wait_for()
    return cells


def fit_for(page: Any, epochs: int) -> None:
    page.get_by_role("tab", name="2 Model").click()
    set_field(page, "Epochs", str(epochs))
    page.get_by_role("button", name="Fit", exact=True).click()


@pytest.mark.parametrize(
    "busy", [pytest.param(False, id="idle", marks=pytest.mark.nightly), pytest.param(True, id="busy")]
)
def test_a_fit_runs_beside_other_cells(page: Any, lab: str, lab_folder: Path, screen: Any, busy: bool) -> None:
    cells = started(page, lab)
    fit_for(page, 600)
    page.get_by_text("epochs per second").first.wait_for()
    if busy:
        cells.nth(1).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        page.get_by_text("[*]").wait_for()
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    assert page.get_by_text("[*]").count() == int(busy)
    screen(page, f"lab-{'busy' if busy else 'idle'}")
    if busy:
        (lab_folder / ENOUGH).touch()
        page.get_by_text("[2]:").wait_for()


def has_saved_the_app(path: Path) -> bool:
    outputs = json.loads(path.read_text())["cells"][0]["outputs"]
    return any("application/vnd.jupyter.widget-view+json" in output.get("data", {}) for output in outputs)


def test_two_tabs_on_one_kernel(page: Any, lab: str, lab_folder: Path, screen: Any) -> None:
    started(page, lab)
    page.keyboard.press("Control+s")
    # The second tab shows what is in the file.
    wait_until(page, lambda: has_saved_the_app(lab_folder / "app.ipynb"), "a saved app")
    other = page.context.new_page()
    other.set_default_timeout(60_000)
    other.goto(f"{lab}lab/tree/app.ipynb")
    other.get_by_role("tab", name="2 Model").wait_for()
    fit_for(page, 100_000)
    other.get_by_role("button", name="Cancel").wait_for()
    page.get_by_text("epochs per second").first.wait_for()
    other.get_by_role("tab", name="3 Fit").click()
    other.get_by_text("epochs per second").first.wait_for()
    screen(other, "lab-second-tab")
    other.get_by_role("button", name="Cancel").click()
    for tab in (page, other):
        tab.get_by_text("Cancelled.").first.wait_for()
        tab.get_by_role("button", name="Fit", exact=True).wait_for()


def test_buttons_and_headers_by_keyboard(page: Any, lab: str) -> None:
    started(page, lab)
    page.get_by_role("button", name="Simulate people").press("Enter")
    page.get_by_role("button", name="Simulate", exact=True).wait_for()
    page.get_by_role("button", name="Fit", exact=True).press("Enter")
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)


def test_the_dark_theme_and_a_what_if(page: Any, lab: str, screen: Any) -> None:
    started(page, lab)
    for entry in ("Settings", "Theme", "JupyterLab Dark"):
        page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel").get_by_text(entry, exact=True).click()
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    fit_for(page, 16)
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    screen(page, "lab-dark-equations")
    page.get_by_role("tab", name="5 Sessions").click()
    page.get_by_text("What if a coefficient were different?").click()
    slider = page.get_by_role("slider", name=": reward")
    for _ in range(10):
        slider.press("ArrowLeft")
    page.get_by_role("row", name="What if").first.wait_for()
    page.wait_for_timeout(500)
    screen(page, "lab-dark-sessions")
