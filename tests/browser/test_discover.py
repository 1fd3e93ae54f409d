"""The search for mechanisms in a real browser: started, watched, stopped, and its model fitted."""

from typing import Any

import pytest
from browser.steps import LOOKS, opened, step, wait_until_it_fits


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_a_model_is_searched_and_used(page: Any, voila: str, screen: Any, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, voila, f"?theme={theme}")
    step(page, "Model")
    page.get_by_text("Find the model in the data").click()
    page.get_by_label("Time", exact=True).select_option("A minute")
    screen(page, f"{theme}-{width}-discover-ready")
    page.get_by_role("button", name="Discover", exact=True).click()
    page.get_by_text("The best model so far predicts").first.wait_for()
    page.wait_for_timeout(4_000)
    screen(page, f"{theme}-{width}-discover-running")
    page.get_by_role("button", name="Stop with the best so far").click()
    page.get_by_text("models were tried").wait_for()
    page.get_by_role("button", name="Discover again").wait_for()
    wait_until_it_fits(page, "a ladder")
    screen(page, f"{theme}-{width}-discover-stopped")
    page.get_by_role("button", name="Use this model").click()
    page.get_by_text("A model of your own.").first.wait_for()
    page.get_by_label("Preset").select_option("Quick look")
    page.get_by_role("button", name="Fit", exact=True).first.click()
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
