"""Equations and sessions in a real browser: the clipboard, the pointer over charts, sliders, themes."""

import re
from pathlib import Path
from typing import Any

import pytest
from browser.steps import opened, step, wait_until

from spice_nb import SpiceApp
from spice_nb.run_store import RunStore


@pytest.fixture(scope="session")
def app(voila: str, voila_folder: Path) -> str:
    """Address of a fit of the built-in example."""
    app = SpiceApp(RunStore(voila_folder / "runs"))
    app.settings.model.set("epochs", 32)
    app.training.button.click()
    assert app.training.worker.wait(300)
    assert app.run is not None
    return f"{voila}?run={app.run.id}"


def results(page: Any, address: str, name: str) -> None:
    """One step of what a fit found."""
    opened(page, address)
    page.get_by_role("heading", name="Everybody").wait_for()
    step(page, name)


def clipboard(page: Any) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_table_goes_to_a_spreadsheet(page: Any, app: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    results(page, app, "Equations")
    page.get_by_label("Find", exact=True).fill("1")
    page.get_by_text("(of 64 in all)").wait_for()
    n = sum("1" in str(k) for k in range(64))
    page.get_by_role("button", name="Copy table").click()
    page.get_by_text(f"{n} rows copied").wait_for()
    lines = clipboard(page).splitlines()
    assert len(lines) == n + 1
    head, *rows = (line.split("\t") for line in lines)
    assert (head[0], head[-1]) == ("participant", "structure")
    assert all("1" in row[0] and len(row) == len(head) for row in rows)
    first = page.locator(".spice-scroll[aria-label='Coefficients of everybody'] tbody tr").first.locator("td")
    assert float(first.nth(1).inner_text()) == pytest.approx(float(rows[0][1]), abs=0.0006)


@pytest.mark.parametrize("command", [True, False], ids=["by the old command", "by hand"])
def test_a_page_without_a_clipboard(page: Any, app: str, screen: Any, command: bool) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("Clipboard.prototype.writeText = () => Promise.reject(new Error('not allowed'))")
    if not command:
        page.add_init_script("document.execCommand = () => false")
    results(page, app, "Equations")
    page.get_by_role("button", name="Copy table").click()
    if command:
        page.get_by_text("64 rows copied").wait_for()
        assert len(clipboard(page).splitlines()) == 65
        return
    page.get_by_text("press Ctrl+C").wait_for()
    text = page.get_by_label("Text to copy")
    assert len(text.input_value().splitlines()) == 65
    assert text.evaluate("t => t.selectionEnd - t.selectionStart") == len(text.input_value())
    screen(page, "4-equations-copy-by-hand")


def wait_for_field(field: Any, value: str) -> None:
    wait_until(field.page, lambda: field.input_value() == value, f"{value} in the field")


def test_a_structure_shows_its_people(page: Any, app: str) -> None:
    results(page, app, "Equations")
    button = page.get_by_role("button", name="A: ")
    n = button.inner_text().split()[1]
    button.click()
    page.get_by_text(re.compile(rf"People 1 to \d+ of {n}\b")).wait_for()
    structure = page.get_by_label("Structure", exact=True)
    wait_until(page, lambda: structure.input_value().startswith("A: "), "the structure in the list")
    button.click()
    page.get_by_text("People 1 to 20 of 64").wait_for()


def plot(page: Any, k: int) -> dict[str, float]:
    """Plot area of a visible chart on the page."""
    box = page.locator(".spice-charts .bqplot:visible").nth(k).bounding_box()
    return {"left": box["x"] + 64, "right": box["x"] + box["width"] - 16, "middle": box["y"] + box["height"] / 2}


def at(page: Any, k: int, share: float) -> tuple[float, float]:
    area = plot(page, k)
    return area["left"] + share * (area["right"] - area["left"]), area["middle"]


def ticks(page: Any, k: int) -> list[int]:
    """Trials written under a visible chart."""
    axis = page.locator(".spice-charts .bqplot:visible").nth(k).locator("svg .axis").filter(has_text="trial")
    return [int(label) for label in axis.locator(".tick text").all_text_contents() if label]


def sessions(page: Any, address: str) -> None:
    """Charts of the first session, drawn."""
    results(page, address, "Sessions")
    page.get_by_text("Trial 1 of 200").wait_for()
    wait_until(page, lambda: shown(page, 1, 200), "charts of 200 trials")


def shown(page: Any, first: int, last: int) -> bool:
    """Whether every chart shows these trials."""
    found = [ticks(page, k) for k in range(page.locator(".spice-charts .bqplot:visible").count())]
    width = last - first
    return len(found) >= 3 and all(
        len(at) > 2 and first <= min(at) and last - width / 2 < max(at) <= last for at in found
    )


def point(page: Any, k: int, share: float, said: str) -> None:
    """Move the pointer over a chart until what it reads there is said."""

    def is_said() -> bool:
        page.mouse.move(*at(page, k, share))
        return bool(page.get_by_text(re.compile(said)).count())

    wait_until(page, is_said, said)


def test_the_pointer_reads_all_charts_at_one_trial(page: Any, app: str, screen: Any) -> None:
    sessions(page, app)
    top = plot(page, 0)["middle"]
    for k, trial in ((0, 50), (1, 150)):
        point(page, k, (trial - 0.5) / 200, f"Trial {trial} of 200: option")
        wait_for_field(page.get_by_role("slider", name="Trial"), str(trial))
    assert plot(page, 0)["middle"] == top
    screen(page, "5-sessions-reading")
    # By the keyboard as well.
    page.get_by_role("slider", name="Trial").press("ArrowRight")
    page.get_by_text("Trial 151 of 200: option").wait_for()


def test_a_drag_zooms_every_chart(page: Any, app: str, screen: Any) -> None:
    sessions(page, app)
    point(page, 1, 0.5, "Trial 10[01] of 200")
    page.mouse.down()
    page.mouse.move(*at(page, 1, 0.6), steps=4)
    screen(page, "5-sessions-dragging")
    page.mouse.move(*at(page, 1, 0.75), steps=4)
    page.mouse.up()
    wait_for_field(page.get_by_label("Show trials"), "101")
    wait_for_field(page.get_by_label("to", exact=True), "150")
    wait_until(page, lambda: shown(page, 101, 150), "charts of trials 101 to 150")
    point(page, 0, 0.5, "Trial 12[56] of 200")
    screen(page, "5-sessions-zoomed")
    page.get_by_role("button", name="All trials").click()
    wait_for_field(page.get_by_label("to", exact=True), "200")
    wait_until(page, lambda: shown(page, 1, 200), "charts of all trials")


def test_what_if_by_the_keyboard(page: Any, app: str, screen: Any) -> None:
    results(page, app, "Sessions")
    page.get_by_text("What if a coefficient were different?").click()
    slider = page.get_by_role("slider", name=": reward")
    before = float(slider.input_value())
    for _ in range(12):
        slider.press("ArrowLeft")
    row = page.get_by_role("row", name="What if")
    row.wait_for()
    curve = page.locator(".spice-charts .bqplot:visible").first.locator("path.line[style*='rgb(0, 158, 115)']")
    curve.wait_for(state="attached")
    likelihood, drawn = float(row.locator("td").last.inner_text()), curve.get_attribute("d")
    for _ in range(24):
        slider.press("ArrowLeft")
    # Python answers the last of these presses some time after it.
    aim = pytest.approx(before - 0.36, abs=0.006)
    wait_until(page, lambda: float(slider.input_value()) == aim, "36 steps to the left")
    wait_until(page, lambda: float(row.locator("td").last.inner_text()) > likelihood, "a worse likelihood")
    wait_until(page, lambda: curve.get_attribute("d") not in (None, drawn), "another curve")
    screen(page, "5-sessions-what-if")
    page.get_by_role("button", name="As found").click()
    row.wait_for(state="detached")


def test_a_benchmark_and_a_figure(page: Any, app: str, screen: Any) -> None:
    results(page, app, "Sessions")
    page.get_by_label("Rescorla-Wagner benchmark").check()
    page.get_by_text("Benchmark: Rescorla-Wagner, learning rate").wait_for()
    page.get_by_role("row", name="Benchmark").wait_for()
    page.get_by_label("Network", exact=True).uncheck()
    page.get_by_role("row", name="Network").wait_for(state="detached")
    screen(page, "5-sessions-benchmark")
    page.get_by_role("button", name="Make a figure").click()
    for kind, begins in (("PNG", b"\x89PNG"), ("SVG", b"<?xml")):
        with page.expect_download() as download:
            page.get_by_role("link", name=kind, exact=True).click()
        assert Path(download.value.path()).read_bytes().startswith(begins)
