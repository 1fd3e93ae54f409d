"""What people do in the app, for tests to say."""

from typing import Any


def opened(page: Any, address: str, query: str = "") -> Any:
    page.goto(address + query)
    page.get_by_role("tab", name="Data").wait_for()
    return page


def step(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def fit_quickly(page: Any) -> None:
    step(page, "Model")
    page.get_by_label("Preset").select_option("Quick look")
    page.get_by_role("button", name="Fit", exact=True).first.click()
