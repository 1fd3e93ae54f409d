"""The acceptance suite: from data to equations, as people do it."""

import json
from pathlib import Path
from typing import Any

import pytest
from browser.steps import LOOKS, fit_for, fit_quickly, opened, step, wait_until, wait_until_it_fits

CSV = "participant;choice;reward\n" + "".join(
    f"{person};{(t * 7 + k) % 3 % 2};{(t * 5 + k) % 4 % 2}\n"
    for k, person in enumerate(["<b>Ann</b>", "=1+1", "Jürgen"])
    for t in range(40)
)


def upload(page: Any, name: str, content: bytes) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload a table").click()
    chooser.value.set_files({"name": name, "mimeType": "text/csv", "buffer": content})


def test_the_first_ten_minutes(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    screen(page, "1-data")
    page.get_by_role("button", name="Fit", exact=True).first.click()
    page.get_by_text("Training the network").first.wait_for()
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    screen(page, "4-equations")
    page.locator("math").nth(1).wait_for(state="attached")
    step(page, "Fit")
    page.get_by_text("Done in").first.wait_for()
    screen(page, "3-fit")
    step(page, "Sessions")
    page.get_by_text("Marks above").wait_for()
    page.wait_for_timeout(1_000)
    screen(page, "5-sessions")
    step(page, "Model")
    screen(page, "2-model")


def test_a_table_of_one_s_own(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    upload(page, "mine.csv", CSV.encode())
    page.get_by_text("3 people, 40 choices each").first.wait_for()
    page.get_by_text("<b>Ann</b>").first.wait_for(state="attached")
    screen(page, "data-own")
    page.get_by_label("Choice", exact=True).select_option("reward")
    page.get_by_text("The column 'reward' has two roles").first.wait_for()
    page.get_by_role("button", name="Fit", exact=True, disabled=True).first.wait_for()
    screen(page, "data-problem")
    page.get_by_label("Choice", exact=True).select_option("choice")
    fit_quickly(page)
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    page.get_by_role("cell", name="=1+1").first.wait_for()


def test_cancelling(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    fit_for(page, 100_000)
    page.get_by_text("epochs per second").first.wait_for()
    page.wait_for_timeout(1_500)
    screen(page, "3-fit-running")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_text("Cancelled.").first.wait_for()
    screen(page, "3-fit-cancelled")
    page.get_by_role("button", name="Fit", exact=True, disabled=False).first.wait_for()


def test_a_reload_goes_on_with_the_run(browser: Any, page: Any, voila: str, voila_folder: Path, screen: Any) -> None:
    # Not a page whose requests are looked at: its last one, which ends the kernel, would be lost, and two would fit.
    first = browser.new_page()
    first.set_default_timeout(120_000)
    opened(first, voila)
    # The training must not end by itself, however long a checkpoint takes to come.
    fit_for(first, 100_000)
    kept = first.get_by_text("Kept as run")
    kept.wait_for()
    run = kept.inner_text().removeprefix("Kept as run ").rstrip(".")
    wait_until(first, (voila_folder / "runs" / run / "training.checkpoint").exists, "a checkpoint")
    log = voila_folder / "log.txt"
    ended = log.read_text().count("Kernel shutdown: ")
    first.goto("about:blank")
    wait_until(first, lambda: log.read_text().count("Kernel shutdown: ") > ended, "an end of the kernel")
    first.close()
    opened(page, voila, f"?run={run}")
    page.get_by_text("Goes on after epoch").wait_for()
    screen(page, "3-fit-resumed")
    page.get_by_role("button", name="Find equations now").first.click()
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    page.reload()
    page.get_by_role("heading", name="Everybody").wait_for()
    page.get_by_text(f"This is run {run}").wait_for()


def test_settings_that_cannot_be(page: Any, voila: str, screen: Any) -> None:
    opened(page, voila)
    step(page, "Model")
    page.get_by_label("Epochs").fill("-3")
    page.get_by_label("Epochs").press("Enter")
    page.get_by_role("alert").filter(has_text="epochs").wait_for()
    screen(page, "2-model-problem")


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_looks(page: Any, voila: str, screen: Any, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    opened(page, voila, f"?theme={theme}")
    fit_quickly(page)
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    for k, name in enumerate(("Data", "Model", "Fit", "Equations", "Sessions"), 1):
        step(page, name)
        page.wait_for_timeout(600)
        screen(page, f"{theme}-{width}-{k}-{name.lower()}")
        wait_until_it_fits(page, name)
        frames = page.locator(".spice-scroll:visible")
        for k in range(frames.count()):
            box = frames.nth(k).bounding_box()
            assert box["x"] + box["width"] <= width, f"a table of {name} is cut"


def test_no_serious_barrier(page: Any, voila: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    opened(page, voila)
    fit_quickly(page)
    page.get_by_role("heading", name="Everybody").wait_for(timeout=120_000)
    found: dict[str, set[str]] = {}
    for name in ("Data", "Model", "Fit", "Equations", "Sessions"):
        step(page, name)
        page.wait_for_timeout(300)
        for violation in axe.Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.setdefault(violation["id"], set()).update(
                    json.dumps(node["target"]) for node in violation["nodes"][:3]
                )
    assert found == {}


def test_screens_are_not_in_git() -> None:
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text()
    assert "tests/browser/screens/" in ignored
