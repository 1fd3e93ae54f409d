"""The JupyterLab extension: card, menu, viewer, palette and settings in a real JupyterLab, and other pages with it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from browser.server import END_SOON, ROOT, served
from browser.steps import wait_until

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.figures.estimator import plain_settings
from spice.precoded import ParticipantEmbeddingRNN

VERSION = json.loads((ROOT / "spice_nb" / "labextension" / "package.json").read_text())["version"]
TITLE = "Equations of 12 participants, canonical form"
HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def lab_in(folder: Path, disabled: dict[str, bool]) -> Iterator[str]:
    config = folder / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(
        json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True} | disabled})
    )
    command = [
        "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password=",
        f"--ServerApp.root_dir={folder / 'root'}", END_SOON,
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("JUPYTER_CONFIG_DIR", str(folder / "config"))
        yield from served(command, "--ServerApp.port={port}", "api", folder)


@pytest.fixture(scope="module")
def model() -> dict[str, Any]:
    """Twelve people's equations, as they are saved."""
    dataset, _ = simulate_individual_differences(n_participants=12, n_trials=200, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=32, random_state=0).fit(dataset.xs, dataset.ys)
    return estimator.equations_.canonical().to_document(config=plain_settings(estimator))


@pytest.fixture(scope="module")
def root(model: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a person: tutorials, a table and saved models."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'spice-nb[lab]'")
    root = tmp_path_factory.mktemp("extension") / "root"
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
    for folder in ("data", "odd"):
        (root / folder).mkdir()
    rng = np.random.default_rng(0)
    choices = {"participant": np.repeat(["Ann", "Bob"], 40), "choice": rng.integers(2, size=80)}
    for name in ("people.csv", "gone.csv"):
        pd.DataFrame(choices | {"reward": rng.integers(2, size=80)}).to_csv(root / "data" / name, index=False)
    text = json.dumps(model)
    person = model["participants"][0]
    many = [person | {"index": k, "label": f"{k + 1:,}"} for k in range(20_000)]
    (root / "model.spice.json").write_text(text)
    for name, content in {
        "cut": text[: len(text) // 2],
        "other": '{"cells": []}',
        "newer": json.dumps(model | {"spice-nb": 3}),
        "hostile": json.dumps(model | {"title": HOSTILE, "participants": [person | {"label": HOSTILE}]}),
        "many": json.dumps(model | {"participants": many}),
        "huge": json.dumps(model | {"config": "x" * 51_000_000}),
    }.items():
        (root / "odd" / f"{name}.spice.json").write_text(content)
    return root


@pytest.fixture(scope="module")
def home(root: Path) -> Iterator[str]:
    """Address of a JupyterLab in that folder."""
    yield from lab_in(root.parent, {})


def opened(page: Any, home: str, path: str = "") -> Any:
    page.goto(f"{home}lab{path and f'/tree/{path}'}?reset")
    page.get_by_role("tab", name="Launcher" if not path else Path(path).name).first.wait_for()
    return page


def card(page: Any, name: str) -> Any:
    return page.locator(".jp-LauncherCard[data-category=SPICE]").filter(has_text=name)


def say(page: Any, command: str) -> None:
    """Find a command by its words and run it, by keyboard only."""
    words = page.locator(".lm-CommandPalette-input")

    def is_open() -> bool:
        # JupyterLab takes keys some time after it shows itself.
        page.keyboard.press("Control+Shift+c")
        page.wait_for_timeout(400)
        return bool(words.is_visible())

    wait_until(page, is_open, "a command palette")
    words.fill(command)
    page.locator(".lm-CommandPalette-item.lm-mod-active", has_text=command).wait_for()
    page.keyboard.press("Enter")


def new_notebook(page: Any, home: str, code: str = "") -> Any:
    """A notebook with an idle kernel, and its cells."""
    opened(page, home)
    page.locator(".jp-LauncherCard[data-category=Notebook]").first.click()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    if code:
        cells.first.locator(".cm-content").fill(code)
        page.keyboard.press("Control+Enter")
        page.get_by_text("[1]:").first.wait_for()
    return cells


def code_of(cell: Any) -> str:
    return "\n".join(cell.locator(".cm-line").all_text_contents())


# The launcher and the menu ---------------------------------------------------------------------------------------


def test_the_card_opens_the_app_in_a_notebook_that_names_its_kernel(
    page: Any, home: str, root: Path, screen: Any
) -> None:
    opened(page, home)
    card(page, "SPICE").wait_for()
    screen(page, "extension-launcher")
    card(page, "SPICE").press("Enter")
    page.get_by_role("tab", name="2 Model").wait_for()
    screen(page, "extension-app")
    name = page.locator(".lm-DockPanel-tabBar .lm-mod-current .lm-TabBar-tabLabel").inner_text()
    made = json.loads((root / name).read_text())
    assert made["metadata"]["kernelspec"]["name"] == "python3"
    assert page.get_by_text("pgrade").count() == 0


def through_the_menu(page: Any) -> None:
    page.locator(".lm-MenuBar-itemLabel").get_by_text("File", exact=True).click()
    page.locator(".lm-Menu .lm-Menu-itemLabel").get_by_text("New", exact=True).first.click()
    page.locator(".lm-Menu .lm-Menu-itemLabel").get_by_text("SPICE Notebook").click()


def test_the_menu_of_new_files_opens_it_too(page: Any, home: str) -> None:
    opened(page, home)
    through_the_menu(page)
    page.get_by_role("tab", name="2 Model").wait_for()


def test_the_card_of_the_tutorials_shows_their_folder(page: Any, home: str) -> None:
    opened(page, home)
    card(page, "Tutorials").press("Enter")
    page.get_by_text("00_app.ipynb").wait_for()


def test_where_the_tutorials_are_is_said_when_they_are_not_here(page: Any, home: str, root: Path) -> None:
    (root / "notebooks").rename(root / "elsewhere")
    try:
        opened(page, home)
        card(page, "Tutorials").click()
        page.get_by_text('The tutorials are the folder "notebooks" of a checkout').wait_for()
    finally:
        (root / "elsewhere").rename(root / "notebooks")


def test_a_table_is_fitted_from_the_menu_of_the_file_browser(page: Any, home: str, root: Path, screen: Any) -> None:
    opened(page, home)
    page.locator(".jp-DirListing-item", has_text="data").dblclick()
    gone = page.locator(".jp-DirListing-item", has_text="gone.csv")
    gone.wait_for()
    people = page.locator(".jp-DirListing-item", has_text="people.csv")
    people.click(button="right")
    screen(page, "extension-menu")
    page.get_by_text("Fit with SPICE").click()
    page.get_by_text("2 people, 40 choices each").first.wait_for()
    screen(page, "extension-table")
    assert (root / "data" / "people.ipynb").is_file()
    people.click(modifiers=["Control"])
    gone.click(modifiers=["Control"])
    gone.click(button="right")
    page.get_by_text("Fit with SPICE").click()
    page.get_by_text("Choose one table.").wait_for()
    gone.click()
    gone.click(button="right")
    (root / "data" / "gone.csv").unlink()
    page.get_by_text("Fit with SPICE").click()
    page.get_by_text("no such file: gone.csv").first.wait_for()


def test_what_cannot_be_written_is_said(browser: Any, home: str) -> None:
    # The browser itself logs an answer like this as an error.
    page = browser.new_page()
    page.route(
        "**/api/contents/**",
        lambda route: (
            route.fulfill(status=403, json={"message": "Permission denied: SPICE.ipynb"})
            if route.request.method == "PUT"
            else route.fallback()
        ),
    )
    opened(page, home)
    card(page, "SPICE").click()
    page.get_by_role("dialog").get_by_text("Permission denied").wait_for()
    page.close()


def test_only_tables_have_that_entry(page: Any, home: str) -> None:
    opened(page, home)
    page.locator(".jp-DirListing-item", has_text="model.spice.json").click(button="right")
    page.locator(".lm-Menu").get_by_text("Rename").wait_for()
    assert page.get_by_text("Fit with SPICE").count() == 0


# The viewer ------------------------------------------------------------------------------------------------------


def test_a_saved_model_is_shown_and_its_people_in_pages(
    page: Any, home: str, model: dict[str, Any], screen: Any
) -> None:
    opened(page, home, "model.spice.json")
    viewer = page.get_by_role("region", name=TITLE)
    viewer.get_by_role("heading", name=TITLE).wait_for()
    for person in (model["population"], *model["participants"][:5]):
        for equation in person["equations"]:
            text = equation["text"].replace("<-", "\N{LEFTWARDS ARROW}").replace("-", "\N{MINUS SIGN}")
            viewer.get_by_role("cell", name=text, exact=True).first.wait_for()
    assert viewer.get_by_text("Inverse temperatures: x_value_reward = ").count() == 6
    screen(page, "extension-viewer")
    viewer.get_by_role("button", name="Next").press("Enter")
    viewer.get_by_text("Participants 6 to 10 of 12").wait_for()
    page.keyboard.press("Enter")
    viewer.get_by_text("Participants 11 to 12 of 12").wait_for()
    page.keyboard.press("Enter")
    people = viewer.get_by_role("heading", level=4)
    wait_until(page, lambda: people.all_inner_texts() == ["Participant 10", "Participant 11"], "the last two people")
    viewer.get_by_label("Find a participant").fill("7")
    viewer.get_by_text("Participants 1 to 1 of 1").wait_for()
    wait_until(page, lambda: people.all_inner_texts() == ["Participant 7"], "the one person")
    viewer.get_by_text("Config", exact=True).press("Enter")
    viewer.get_by_text("library_setup").wait_for()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cut", "This file cannot be read as JSON"),
        ("other", "This is no saved SPICE model"),
        ("newer", "Made by a newer spice-nb (format 3; this viewer reads 2): update the extension"),
        ("huge", "characters; this viewer reads up to 50,000,000."),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(page: Any, home: str, screen: Any, name: str, said: str) -> None:
    opened(page, home, f"odd/{name}.spice.json")
    page.get_by_role("alert").filter(has_text=said).wait_for()
    screen(page, f"extension-{name}")


def test_a_large_model_is_paged(page: Any, home: str) -> None:
    opened(page, home, "odd/many.spice.json")
    page.get_by_text("Participants 1 to 5 of 20,000").wait_for()
    assert page.get_by_role("heading", level=4).count() == 5


def test_a_hostile_model_is_text(page: Any, home: str) -> None:
    opened(page, home, "odd/hostile.spice.json")
    page.get_by_role("heading", name=HOSTILE, level=2).wait_for()
    assert page.get_by_role("heading", name=f"Participant {HOSTILE}", level=4).count() == 1
    assert page.locator(".spice-model img, .spice-model script").count() == 0
    assert page.title() != "taken"


def test_an_estimator_is_shown_with_its_mechanisms(page: Any, home: str, screen: Any) -> None:
    code = """
from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN

dataset, _ = simulate_individual_differences(n_participants=12, n_trials=50, random_state=0)
SpiceEstimator(ParticipantEmbeddingRNN, epochs=2).fit(dataset.xs, dataset.ys)
"""
    new_notebook(page, home, code.strip())
    shown = page.get_by_role("region", name="SpiceEstimator of ParticipantEmbeddingRNN, fitted to 12 participants")
    shown.get_by_role("heading", name="Mechanisms").wait_for()
    shown.get_by_role("heading", name="Population").wait_for()
    assert shown.get_by_role("cell", name="x_value_reward_not_chosen", exact=True).count() == 2
    screen(page, "extension-output")


def test_the_viewer_is_read_by_everybody(page: Any, home: str, screen: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    opened(page, home, "model.spice.json")
    viewer = page.get_by_role("region", name=TITLE)
    viewer.wait_for()
    # The rest of the page is JupyterLab's.
    assert axe.Axe().run(page, context=".spice-model").response["violations"] == []
    page.set_viewport_size({"width": 420, "height": 900})
    say(page, "Show Left Sidebar")
    page.wait_for_timeout(500)
    screen(page, "extension-viewer-narrow")
    wait_until(page, lambda: bool(viewer.evaluate("e => e.scrollWidth <= e.clientWidth")), "a viewer that fits")


def test_the_viewer_in_the_dark(page: Any, home: str, screen: Any) -> None:
    opened(page, home, "model.spice.json")
    say(page, "Use Theme: JupyterLab Dark")
    page.locator("body[data-jp-theme-light=false]").wait_for(state="attached")
    page.wait_for_timeout(500)
    screen(page, "extension-viewer-dark")
    ink, paper = page.locator(".spice-model").evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor].map(c => Number(c.match(/\\d+/)[0]))"
    )
    assert ink > 200 > 60 > paper
    say(page, "Use Theme: JupyterLab Light")
    page.locator("body[data-jp-theme-light=true]").wait_for(state="attached")


# The palette -----------------------------------------------------------------------------------------------------


def test_a_new_notebook_by_keyboard(page: Any, home: str) -> None:
    opened(page, home)
    say(page, "New SPICE notebook")
    page.get_by_role("tab", name="2 Model").wait_for()


def test_the_app_is_inserted_below(page: Any, home: str) -> None:
    cells = new_notebook(page, home, "1")
    say(page, "Insert the SPICE app below")
    cells.nth(1).get_by_text("SpiceApp()").wait_for()
    assert code_of(cells.nth(1)) == "from spice_nb import SpiceApp\n\nSpiceApp()"


def test_the_code_of_the_settings_is_inserted_below(page: Any, home: str) -> None:
    cells = new_notebook(page, home, "from spice_nb import SpiceApp\n\nSpiceApp()")
    page.get_by_role("tab", name="Model").click()
    page.get_by_label("Epochs", exact=True).fill("3")
    page.get_by_label("Epochs", exact=True).press("Enter")
    page.get_by_role("tab", name="Data").click()
    say(page, "Insert the code of the current SPICE settings below")
    cells.nth(1).get_by_text("epochs=3,").wait_for()
    page.keyboard.press("Shift+Enter")
    page.get_by_text("[2]:").first.wait_for()
    cells.nth(2).locator(".cm-content").fill("estimator.epochs")
    page.keyboard.press("Control+Enter")
    cells.nth(2).locator(".jp-OutputArea-output").get_by_text("3", exact=True).wait_for()


def test_what_the_package_says_about_the_settings_is_shown(page: Any, home: str) -> None:
    new_notebook(page, home, "1")
    say(page, "Insert the code of the current SPICE settings below")
    page.get_by_text("Run SpiceApp() first.").last.wait_for()


def test_no_notebook_and_no_kernel_are_said(page: Any, home: str) -> None:
    opened(page, home)
    say(page, "Insert the code of the current SPICE settings below")
    page.get_by_text("Open a notebook first.").wait_for()
    new_notebook(page, home)
    for entry in ("Kernel", "Shut Down Kernel"):
        page.locator(".lm-MenuBar-itemLabel, .lm-Menu-itemLabel").get_by_text(entry, exact=True).click()
    page.get_by_text("No Kernel").first.wait_for()
    say(page, "Insert the code of the current SPICE settings below")
    page.get_by_text("This notebook has no kernel.").wait_for()


def test_voila_renders_the_notebook(page: Any, home: str) -> None:
    pytest.importorskip("voila", reason="Voila is not installed: pip install 'spice-nb[app]'")
    opened(page, home, "notebooks/00_app.ipynb")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    # What Voila makes of it is tested elsewhere.
    page.route("**/voila/render/notebooks/00_app.ipynb**", lambda route: route.fulfill(body="by Voila"))
    say(page, "Render this notebook with Voila")
    page.get_by_role("button", name="Render anyway").click()
    page.frame_locator("iframe").get_by_text("by Voila").wait_for()


# Settings and versions -------------------------------------------------------------------------------------------


def test_settings_shape_the_cells(page: Any, home: str, root: Path, screen: Any) -> None:
    try:
        opened(page, home)
        say(page, "Settings Editor")
        page.locator(".jp-PluginList").get_by_text("SPICE", exact=True).click()
        page.locator("select[id$=defaultModel]").select_option("choice")
        page.locator("select[id$=palette]").select_option("none")
        page.locator("body[data-spice-palette=none]").wait_for(state="attached")
        screen(page, "extension-settings")
        cells = new_notebook(page, home, "1")
        say(page, "Insert the SPICE app below")
        cells.nth(1).get_by_text("SpiceApp()").wait_for()
        assert 'app.settings.model.choose("choice")' in code_of(cells.nth(1))
    finally:
        shutil.rmtree(root.parent / "settings" / "spice-nb", ignore_errors=True)


@pytest.mark.parametrize(("version", "said"), [("0.0.9", "Upgrade the extension"), ("9.0.0", "Upgrade the package")])
def test_another_version_is_said(page: Any, home: str, version: str, said: str) -> None:
    def with_version(route: Any) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace(VERSION, version))

    page.route("**/spice-nb/static/*.js*", with_version)
    opened(page, home)
    card(page, "SPICE").click()
    page.get_by_text(said).first.wait_for()


def test_without_the_extension_the_panels_work(page: Any, tmp_path: Path) -> None:
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install 'spice-nb[lab]'")
    (tmp_path / "root").mkdir()
    shutil.copy(ROOT / "notebooks" / "00_app.ipynb", tmp_path / "root")
    for address in lab_in(tmp_path, {"spice-nb": True}):
        opened(page, address)
        page.locator(".jp-LauncherCard").nth(3).wait_for()
        assert card(page, "SPICE").count() == 0
        opened(page, address, "00_app.ipynb")
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        say(page, "Run All Cells")
        page.get_by_role("tab", name="2 Model").wait_for()
        page.goto("about:blank")


# Other pages -----------------------------------------------------------------------------------------------------


def bundles(page: Any) -> list[str]:
    """Parts of the bundle that a page asks for."""
    asked: list[str] = []
    page.on(
        "response",
        lambda response: asked.append(response.url) if response.ok and "/spice-nb/static/" in response.url else None,
    )
    return asked


def test_voila_loads_it(page: Any, voila: str) -> None:
    asked = bundles(page)
    page.goto(voila)
    page.get_by_role("tab", name="2 Model").wait_for()
    wait_until(page, lambda: len(asked) >= 2, "two parts of the bundle")


def test_notebook_7_loads_it(browser: Any, root: Path, tmp_path: Path) -> None:
    pytest.importorskip("notebook", reason="Notebook 7 is not installed: pip install notebook")
    command = [
        "notebook", "--no-browser", "--allow-root", "--ServerApp.token=", "--ServerApp.password=",
        f"--ServerApp.root_dir={root}",
    ]  # fmt: skip
    # Notebook 7.6 has errors of its own, of settings that it does not find, also without the extension.
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(f"{error} {error.stack}"))
    page.on("console", lambda said: errors.append(f"{said.text} {said.location}") if said.type == "error" else None)
    asked = bundles(page)
    for address in served(command, "--ServerApp.port={port}", "api", tmp_path):
        page.goto(f"{address}edit/model.spice.json?factory=SPICE%20model")
        page.get_by_role("heading", name=TITLE).wait_for()
        page.goto(f"{address}notebooks/notebooks/00_app.ipynb")
        page.get_by_text("Python 3 (ipykernel)").first.wait_for()
        page.wait_for_timeout(1_000)
        say(page, "Insert the SPICE app below")
        page.locator(".jp-CodeCell").nth(1).get_by_text("SpiceApp()").wait_for()
        page.goto(f"{address}tree")
        page.get_by_text("model.spice.json").wait_for()
        with page.context.expect_page() as other:
            through_the_menu(page)
        other.value.get_by_text("from spice_nb import SpiceApp").wait_for()
        other.value.close()
        page.close()
    assert len(asked) >= 2
    assert [error for error in errors if "spice" in error.lower().replace("spice.json", "")] == []
