"""From data to a what-if without a mouse."""

from collections.abc import Callable
from typing import Any

from browser.steps import opened

MOST = 120
"""Presses of Tab before it is said that an element cannot be reached."""


def press_until(page: Any, key: str, reached: Callable[[dict[str, str]], bool]) -> None:
    """Press a key until the element with the focus is the right one; each on the way can be seen to have it."""
    met = []
    for _ in range(MOST):
        page.keyboard.press(key)
        focused = page.evaluate(
            """() => {
                const element = document.activeElement, style = getComputedStyle(element);
                const label = element.labels?.[0]?.textContent;
                const name = element.getAttribute('aria-label') || label || element.textContent || element.title;
                const seen = element.matches(':focus-visible') || style.boxShadow !== 'none';
                return { tag: element.tagName, role: element.getAttribute('role') || '', name: name.trim(), seen };
            }"""
        )
        met.append(focused)
        if reached(focused):
            assert focused["seen"], focused
            return
    raise AssertionError(f"never reached: {met}")


def test_a_whole_analysis_by_keyboard(page: Any, voila: str) -> None:
    opened(page, voila)
    press_until(page, "Tab", lambda focused: focused["name"] == "Fit")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    press_until(page, "Tab", lambda focused: focused["role"] == "tab")
    press_until(page, "ArrowRight", lambda focused: "Sessions" in focused["name"])
    page.keyboard.press("Enter")
    page.get_by_text("Marks above").wait_for()
    press_until(page, "Tab", lambda focused: focused["name"].startswith("What if a coefficient"))
    header = "What if a coefficient were different?"
    page.get_by_role("button", name=header, expanded=False).wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="As found").wait_for()
    page.get_by_role("button", name=header, expanded=True).wait_for()
    press_until(page, "Tab", lambda focused: focused["tag"] == "INPUT" and ": reward" in focused["name"])
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    page.get_by_role("row", name="What if").first.wait_for()
