"""The JupyterLab extension in a real JupyterLab."""

import json
import re
from pathlib import Path
from typing import Any

import pytest


def launcher(page: Any, lab: str) -> Any:
    page.goto(f"{lab}lab?reset")
    page.locator(".jp-LauncherCard", has_text="SPICE").first.wait_for()
    return page


def palette(page: Any, command: str) -> None:
    """Find a command by its words and run it, by keyboard only."""
    page.keyboard.press("Control+Shift+c")
    page.get_by_placeholder("SEARCH").last.fill(command)
    page.wait_for_timeout(300)
    page.keyboard.press("Enter")


def test_the_card_opens_the_app(page: Any, lab: str, screen: Any) -> None:
    launcher(page, lab)
    screen(page, "extension-launcher")
    page.locator(".jp-LauncherCard[data-category=Notebook]", has_text="SPICE").press("Enter")
    page.get_by_role("tab", name="2 Model").wait_for()
    screen(page, "extension-app")
