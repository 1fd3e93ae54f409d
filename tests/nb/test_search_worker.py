"""Searches in the background, and every way to end them."""

import gc
from functools import partial

import pytest
from mechanism_search.people import PERSEVERING, people

from spice.data.dataset import DatasetRNN
from spice.mechanism_search import discover_model
from spice_nb import search_worker
from spice_nb.hosting import Hosting
from spice_nb.search_worker import SearchWorker
from spice_nb.state.search import SearchModel
from spice_nb.state.training import RunState

SOME = ["learning", "perseveration", "forgetting"]
HERE = Hosting(is_hosted=True)
"""One fit at a time, in this process."""


@pytest.fixture(scope="module")
def dataset() -> DatasetRNN:
    return people(PERSEVERING, n_people=8)


@pytest.fixture(autouse=True)
def few_mechanisms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_worker, "discover_model", partial(discover_model, library=SOME))


def worker() -> SearchWorker:
    return SearchWorker(SearchModel(), HERE)


def test_a_search_in_the_background_is_the_same_search(dataset: DatasetRNN) -> None:
    alone, working = discover_model(dataset, library=SOME), worker()
    assert working.start(dataset)
    assert working.wait(120)
    assert working.model.state is RunState.DONE
    assert working.model.result.candidate == alone.candidate
    assert working.model.nll == alone.nll
    assert working.model.best == alone.candidate


def test_a_second_start_does_nothing(dataset: DatasetRNN) -> None:
    working = worker()
    assert working.start(dataset)
    assert not working.start(dataset)
    working.stop()
    assert working.wait(60)


def test_stopped_it_has_the_best_so_far_and_goes_on_from_there(dataset: DatasetRNN) -> None:
    working, states = worker(), []
    working.model.observe(lambda change: states.append(change["new"]), "state")
    working.model.observe(lambda change: working.stop() if change["new"] else None, "best")
    working.start(dataset)
    assert working.wait(60)
    assert states == [RunState.RUNNING, RunState.FINISHING, RunState.DONE]
    assert working.model.result.ended == "stopped"
    assert working.model.best.names == ("learning",)
    working.model.unobserve_all("best")
    made = []
    working.model.observe(lambda change: made.append(change["new"]), "trying")
    working.start(dataset)
    assert working.wait(120)
    assert working.model.result.ended == "nothing adds more"
    # The first model was not fitted again.
    assert "learning" not in made


def test_what_is_too_short_says_so(dataset: DatasetRNN) -> None:
    working = worker()
    working.model.budget = 1e-6
    working.start(dataset)
    assert working.wait(60)
    assert working.model.state is RunState.FAILED
    assert "time for one fit at least" in working.model.problem


def test_of_data_that_are_gone_nobody_hears(dataset: DatasetRNN) -> None:
    working = worker()
    working.start(dataset)
    folder = working._folder
    working.forget()
    assert working.model.state is RunState.READY
    assert working.wait(60)
    assert working.model.state is RunState.READY
    assert working.model.best is None
    assert working.start(dataset)
    assert working._folder != folder
    working.stop()
    assert working.wait(60)


def test_what_is_kept_on_disk_goes_with_the_worker(dataset: DatasetRNN) -> None:
    working = worker()
    working.start(dataset)
    working.stop()
    assert working.wait(60)
    folder = working._folder
    assert folder.exists()
    del working
    gc.collect()
    assert not folder.exists()


def test_what_fails_is_said_and_not_lost(monkeypatch: pytest.MonkeyPatch, dataset: DatasetRNN) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MemoryError("no more")

    monkeypatch.setattr(search_worker, "discover_model", fails)
    working = worker()
    working.start(dataset)
    assert working.wait(60)
    assert (working.model.state, working.model.problem) == (RunState.FAILED, "MemoryError: no more")


def test_where_others_use_the_computer_too_time_has_an_end() -> None:
    assert SearchWorker(SearchModel(), Hosting(is_hosted=True, minutes=5)).longest == 300
    assert SearchWorker(SearchModel(), Hosting()).longest is None
