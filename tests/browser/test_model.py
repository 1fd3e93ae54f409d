"""The model in a real browser: built without code, its terms ticked, its script copied."""

from typing import Any

import pytest
from browser.steps import LOOKS, opened, step, wait_for_value, wait_until_it_fits


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_a_model_is_built_and_fitted(page: Any, voila: str, screen: Any, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, voila, f"?theme={theme}")
    step(page, "Model")
    page.get_by_role("button", name="Change this model").click()
    page.get_by_role("button", name="Add a state").click()
    # What arrives from Python while a field is filled would stay before what is typed.
    wait_for_value(page, "Name of the state", "x_state")
    page.get_by_label("Name of the state").fill("habit")
    wait_for_value(page, "State to change", "habit")
    page.get_by_role("button", name="Add a mechanism").click()
    page.get_by_label("Its equation is").select_option("given")
    page.get_by_label("Equation, next value =").fill("habit + 0.3 * (1 - hab")
    page.get_by_role("alert").filter(has_text="sum of products").first.wait_for()
    screen(page, f"{theme}-{width}-builder-problem")
    page.get_by_label("Equation, next value =").fill("habit + 0.3 * (1 - habit)")
    page.get_by_role("alert").filter(has_text="sum of products").first.wait_for(state="hidden")
    assert page.get_by_label("Equation, next value =").input_value() == "habit + 0.3 * (1 - habit)"
    page.get_by_label("Reads, beside that value").select_option([])
    page.get_by_text("Candidate terms").click()
    page.get_by_label("becomes an equation").nth(1).uncheck()
    page.get_by_text("stays a network").wait_for()
    screen(page, f"{theme}-{width}-builder")
    wait_until_it_fits(page, "a builder")
    page.get_by_role("button", name="Copy as Python").click()
    page.get_by_text("Script copied").wait_for()
    script = page.evaluate("navigator.clipboard.readText()")
    assert "class OwnRNN(BaseRNN)" in script
    assert "equation={'habit': 0.7, '1': 0.3}" in script
    page.get_by_role("button", name="Fit", exact=True).first.click()
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    page.get_by_text("habit").first.wait_for(state="attached")
