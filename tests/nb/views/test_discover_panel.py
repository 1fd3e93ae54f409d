"""A panel that searches, and hands its model on."""

from functools import partial

import ipywidgets as widgets
import pytest
from mechanism_search.people import PERSEVERING, people

from spice.mechanism_search import Candidate, discover_model
from spice_nb import search_worker
from spice_nb.state.training import RunState
from spice_nb.views.discover_panel import DiscoverPanel


@pytest.fixture(autouse=True)
def few_mechanisms(monkeypatch: pytest.MonkeyPatch) -> None:
    some = partial(discover_model, library=["learning", "perseveration", "forgetting"])
    monkeypatch.setattr(search_worker, "discover_model", some)
    monkeypatch.setenv("SPICE_NB_HOSTED", "1")


def test_it_searches_shows_the_ladder_and_hands_the_model_on() -> None:
    used: list[Candidate] = []
    panel = DiscoverPanel(on_use=used.append)
    assert panel.button.disabled
    assert panel.use.disabled
    assert "Choose a data set first." in panel.headline.value
    panel.dataset = people(PERSEVERING, n_people=8)
    assert not panel.button.disabled
    panel.button.click()
    assert panel.worker.wait(120)
    assert "+ perseveration" in panel.ladder.value
    assert "x_value_choice" in panel.picture.value or "choice value" in panel.picture.value
    assert "perseveration: 0." in panel.record()["text/plain"]
    assert (panel.button.description, panel.bar.value) == ("Discover again", "")
    panel.use.click()
    assert used == [panel.model.best]


def test_other_data_forget_what_was_found() -> None:
    panel = DiscoverPanel(people(PERSEVERING, n_people=8), on_use=lambda _: None)
    panel.button.click()
    assert panel.worker.wait(120)
    panel.dataset = people(PERSEVERING, n_people=9)
    assert panel.model.state is RunState.READY
    assert panel.ladder.value == ""
    assert panel.use.disabled
    panel.dataset = None
    assert panel.button.disabled


def test_one_that_is_used_ends_the_search() -> None:
    used: list[Candidate] = []
    panel = DiscoverPanel(people(PERSEVERING, n_people=8), on_use=used.append)
    panel.model.observe(lambda change: panel.use.click() if change["new"] else None, "best")
    panel.button.click()
    assert panel.worker.wait(120)
    assert used[0].names == ("learning",)
    assert panel.model.result.ended == "stopped"


def test_without_anybody_to_use_it_there_is_no_such_button() -> None:
    assert DiscoverPanel().use.layout.display == "none"


def test_budgets_are_those_that_a_server_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPICE_NB_MAX_MINUTES", "5")
    panel = DiscoverPanel()
    assert list(panel.budget.options) == ["A minute"]
    assert panel.model.budget == 60
    monkeypatch.delenv("SPICE_NB_MAX_MINUTES")
    monkeypatch.setenv("SPICE_NB_HOSTED", "0")
    panel = DiscoverPanel()
    assert (list(panel.budget.options)[-1], panel.model.budget) == ("An hour", 600)
    panel.budget.value = 60.0
    assert panel.model.budget == 60


def test_what_changed_while_a_page_was_loading_is_sent_once_it_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = DiscoverPanel()
    sent: list[tuple[widgets.Widget, object]] = []
    monkeypatch.setattr(widgets.Widget, "send_state", lambda widget, key=None: sent.append((widget, key)))
    panel.shown.sight.seen = True
    assert {panel.headline, panel.ladder, panel.bar} <= {widget for widget, key in sent if key is None}
