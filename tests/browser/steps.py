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
