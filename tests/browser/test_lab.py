"""The app in JupyterLab, and beside another cell that keeps the kernel busy."""

from typing import Any

import pytest


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_a_fit_runs_beside_other_cells(page: Any, lab: str, screen: Any, busy: bool) -> None:
    page.goto(f"{lab}lab/tree/app.ipynb?reset")
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    cells.first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    cells.first.locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.get_by_role("tab", name="2 Model").click()
    page.get_by_label("Epochs").fill("600")
    page.get_by_label("Epochs").press("Enter")
    page.get_by_role("button", name="Fit", exact=True).click()
    page.get_by_text("epochs per second").first.wait_for()
    if busy:
        cells.nth(1).locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        page.get_by_text("[*]").wait_for()
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    assert page.get_by_text("[*]").count() == int(busy)
    screen(page, f"lab-{'busy' if busy else 'idle'}")
