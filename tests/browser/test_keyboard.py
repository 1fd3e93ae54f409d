"""From data to a what-if without a mouse."""

from typing import Any


def focus(page: Any, role: str, name: str, most: int = 80) -> None:
    """Press Tab until an element of that role and name has the focus."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    for _ in range(most):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement || element.contains(document.activeElement)"):
            visible = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert visible != "none" or page.evaluate(
                "getComputedStyle(document.activeElement).boxShadow !== 'none' || "
                "document.activeElement.matches(':focus-visible')"
            )
            return
    raise AssertionError(f"Tab never comes to the {role} {name!r}")


def test_a_whole_analysis_by_keyboard(page: Any, voila: str) -> None:
    page.goto(voila)
    page.get_by_role("tab", name="Data").wait_for()
    focus(page, "button", "Fit")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    focus(page, "tab", "4 Equations")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.get_by_text("Marks above").wait_for()
    before = page.get_by_text("nats per choice").first.inner_text()
    focus(page, "button", "What if a coefficient were another?")
    page.keyboard.press("Enter")
    page.get_by_role("slider").first.wait_for()
    focus(page, "slider", page.get_by_role("slider").first.get_attribute("aria-label") or "")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.get_by_text("What if:").wait_for()
    assert page.get_by_text("nats per choice").first.inner_text() != before
