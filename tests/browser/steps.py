"""What people do in the app, for tests to say."""

import time
from collections.abc import Callable
from typing import Any

import pytest

ENOUGH = "enough.txt"
"""A file that ends the cell of the app's notebook in JupyterLab which keeps its kernel busy."""
LOOKS = [
    ("light", 1280), ("dark", 420),
    pytest.param("dark", 1280, marks=pytest.mark.nightly), pytest.param("light", 420, marks=pytest.mark.nightly),
]  # fmt: skip
"""Themes and widths: each once at each commit, and each with the other at night."""


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


def set_field(page: Any, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)
    page.get_by_label(label, exact=True).press("Enter")


def fit_for(page: Any, epochs: int) -> None:
    step(page, "Model")
    set_field(page, "Epochs", str(epochs))
    page.get_by_role("button", name="Fit", exact=True).first.click()


def wait_for_value(page: Any, label: str, value: str) -> None:
    """Wait until a field or the choice of a list is this."""
    field = page.get_by_label(label, exact=True).element_handle()
    now = "field => field.selectedOptions ? field.selectedOptions[0]?.text : field.value"
    page.wait_for_function(f"([field, value]) => ({now})(field) === value", arg=[field, value])


def wait_until(page: Any, is_so: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Wait for a fact that is outside of the page."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"there never was {what}"
        # The page goes on meanwhile.
        page.wait_for_timeout(100)


def wait_until_it_fits(page: Any, what: str) -> None:
    """Wait until the page does not scroll sideways: charts follow its width some time after it has changed."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    wait_until(page, lambda: bool(page.evaluate(wider) <= 1), f"{what} that does not scroll sideways", seconds=20)
