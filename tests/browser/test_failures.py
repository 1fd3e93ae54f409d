"""What goes wrong in a browser is said there, and nothing is lost."""

from typing import Any

from browser.steps import fit_for, opened, set_field, step


def test_a_fit_that_fails_says_why_and_keeps_the_model_before(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    fit_for(page, 8)
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    step(page, "Model")
    set_field(page, "Learning rate of the network", "1e30")
    page.get_by_role("button", name="Fit again").first.click()
    page.get_by_text("The fit failed. The model before it stays.").first.wait_for(timeout=120_000)
    page.get_by_role("alert").filter(has_text="learning_rate").first.wait_for()
    screen(page, "3-fit-failed")
    step(page, "Equations")
    page.get_by_role("heading", name="Everybody").wait_for()
    step(page, "Model")
    set_field(page, "Learning rate of the network", "0.005")
    page.get_by_role("button", name="Fit again").first.click()
    page.get_by_text("Done in").first.wait_for(timeout=120_000)


def test_a_run_that_is_not_there(page: Any, voila: str) -> None:
    opened(page, voila, "?run=<b>nothing</b>")
    page.get_by_role("alert").filter(has_text="<b>nothing</b>").wait_for()
    page.get_by_role("button", name="Fit", exact=True, disabled=False).first.wait_for()
