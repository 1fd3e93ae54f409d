"""Searches among few mechanisms: what is found, how it ends, and how it goes on."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from joblib.externals.loky import get_reusable_executor
from mechanism_search.people import PERSEVERING, PLAIN, learners, people

from spice.data.dataset import DatasetRNN
from spice.exceptions import ConfigError, OutputError
from spice.mechanism_search import discover_model, search
from spice.mechanism_search.kept_fits import KEPT
from spice.mechanism_search.search import SearchProgress
from spice.mechanism_search.until import STOP, Until

SOME = ["learning", "forgetting", "perseveration"]
SCORE = search._score


def test_what_people_have_is_found() -> None:
    found = discover_model(people(PERSEVERING), library=SOME)
    assert "perseveration" in found.candidate.names
    assert found.ended == "nothing adds more"
    assert found.nll < found.chance - 0.05
    ladder = found.ladder()
    assert (ladder[ladder.kept].low > 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_added_where_there_is_nothing(seed: int) -> None:
    found = discover_model(people(PLAIN, seed=seed, kind=("drift", "reversal")[seed % 2]), library=SOME)
    assert found.candidate.names == ("learning",)
    assert found.n_models == 3


def test_a_search_goes_on_from_the_fits_it_made(tmp_path) -> None:
    dataset, told = people(PLAIN, n_people=8), []
    first = discover_model(dataset, library=SOME, folder=tmp_path)
    # A killed search leaves a last line that is cut.
    with (tmp_path / KEPT).open("a") as file:
        file.write('{"key": "learni')
    again = discover_model(dataset, library=SOME, folder=tmp_path, on_progress=told.append)
    assert not told
    assert (again.candidate, again.nll) == (first.candidate, first.nll)
    assert all(json.loads(line) for line in (tmp_path / KEPT).read_text().splitlines()[:-1])
    # A fit that is made after the cut line is there the next time.
    discover_model(dataset, library=[*SOME, "forgetting to a level"], folder=tmp_path)
    discover_model(dataset, library=[*SOME, "forgetting to a level"], folder=tmp_path, on_progress=told.append)
    assert not told
    with pytest.raises(ConfigError, match="same choices"):
        # The same choices by other people.
        discover_model(DatasetRNN(dataset.xs.flip(0), dataset.ys.flip(0)), folder=tmp_path)
    with pytest.raises(ConfigError, match="same choices"):
        discover_model(people(PLAIN, n_people=8, seed=5), folder=tmp_path)


def test_it_can_be_stopped_with_the_best_so_far() -> None:
    told: list[SearchProgress] = []

    def stop_after_four(now: SearchProgress) -> bool:
        told.append(now)
        return len(told) < 4

    found = discover_model(people(PLAIN, n_people=8), library=SOME, on_progress=stop_after_four)
    assert found.ended == "stopped"
    assert found.candidate.names == ("learning",)
    assert len(told) == 4


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_file_stops_fits_that_are_being_made(tmp_path, n_jobs: int) -> None:
    told: list[SearchProgress] = []

    def stop_after_three(now: SearchProgress) -> None:
        told.append(now)
        if len(told) == 3:
            (tmp_path / STOP).touch()

    arguments = {"library": SOME, "folder": tmp_path, "n_jobs": n_jobs}
    found = discover_model(people(PLAIN, n_people=8), on_progress=stop_after_three, **arguments)
    assert found.ended == "stopped"
    assert found.candidate.names == ("learning",)
    # What was being made then is given up, and made the next time.
    assert len(told) <= 2 + n_jobs + 1
    again = discover_model(people(PLAIN, n_people=8), **arguments)
    assert again.ended == "nothing adds more"


def test_a_fit_is_given_up_when_time_is_up(monkeypatch) -> None:
    """Time passes when a fit of the second round looks at the choices for the second time."""
    dataset, looks = people(PLAIN, n_people=8), []
    check = Until.check

    def slow(until: Until) -> None:
        looks.append(until)
        check(replace(until, time=0.0) if len(looks) > n_first + 1 else until)

    monkeypatch.setattr(Until, "check", slow)
    n_first = 10**9
    discover_model(dataset, library=["learning"])
    n_first = len(looks)
    looks.clear()
    monkeypatch.setattr(Until, "reason", property(lambda _: "time is up" if len(looks) > n_first + 1 else ""))
    found = discover_model(dataset, library=SOME, budget=1000.0)
    assert found.ended == "time is up"
    assert found.candidate.names == ("learning",)
    assert len(looks) == n_first + 2


def test_progress_tells_the_ladder_so_far() -> None:
    told: list[SearchProgress] = []
    discover_model(people(PERSEVERING), library=SOME, on_progress=told.append)
    assert told[0].best is None
    assert np.isnan(told[0].nll)
    steps = [[step.mechanism for step in now.steps] for now in told]
    assert steps == sorted(steps, key=len)
    assert steps[-1][0] == "perseveration"
    assert told[-1].best is not None
    assert told[-1].nll < told[3].nll - 0.01


def test_budgets() -> None:
    dataset = people(PLAIN, n_people=8)
    with pytest.raises(ConfigError, match="one fit at least"):
        discover_model(dataset, library=SOME, budget=1e-6)
    with pytest.raises(ConfigError, match="budget"):
        discover_model(dataset, budget=-1)
    # Stopped after the first of three parts of the first model.
    with pytest.raises(ConfigError, match="one fit at least"):
        discover_model(dataset, library=SOME, on_progress=lambda _: False)


def test_a_folder_that_cannot_be_written(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="folder"):
        discover_model(people(PLAIN, n_people=8), library=SOME, folder=tmp_path / "file")


def test_what_needs_more_than_the_data_show_is_left_out() -> None:
    dataset = people(PLAIN, n_people=8)
    names = ["learning", "forgetting", "counterfactual outcomes"]
    found = discover_model(dataset, library=names)
    assert found.n_models == 2
    assert [note for note in found.notes if note.startswith("counterfactual outcomes: left out")]


def test_outcomes_of_other_options_are_learned_from_where_they_are_shown() -> None:
    names = ["learning", "forgetting", "coupling", "counterfactual outcomes"]
    found = discover_model(learners(sees_both=True), library=names)
    assert "counterfactual outcomes" in found.candidate.names
    assert not found.notes


def test_lapses_are_found_where_they_are() -> None:
    names = ["learning", "lapses"]
    assert discover_model(learners(lapse=0.25, n_people=24, n_trials=300), library=names).candidate.names == (*names,)
    assert discover_model(learners(), library=names).candidate.names == ("learning",)


def _dies_elsewhere(*task: object) -> object:
    """A fit that ends the process it is in, unless that is the one which started the search."""
    if os.environ["STARTED_BY"] != str(os.getpid()):
        os._exit(1)
    return SCORE(*task)


def test_a_process_that_dies_takes_no_search_with_it(monkeypatch) -> None:
    dataset = people(PLAIN, n_people=8)
    expected = discover_model(dataset, library=SOME)
    monkeypatch.setenv("STARTED_BY", str(os.getpid()))
    # Processes of earlier tests know nothing of that.
    get_reusable_executor().shutdown(wait=True)
    monkeypatch.setattr(search, "_score", _dies_elsewhere)
    found = discover_model(dataset, library=SOME, n_jobs=2)
    assert (found.candidate, found.nll) == (expected.candidate, expected.nll)
    assert any("died" in note for note in found.notes)


def test_chance_is_that_of_the_options_on_offer() -> None:
    """Three arms, of which two are offered at a time."""
    rng, n_people, n_trials = np.random.default_rng(5), 6, 60
    xs, ys = np.zeros((n_people, n_trials, 9)), np.full((n_people, n_trials, 3), np.nan)
    hidden, place = rng.integers(0, 3, (2, n_people, n_trials))
    chosen = np.where(place == hidden, (place + 1) % 3, place)
    xs[..., :3] = np.eye(3)[chosen] - np.eye(3)[hidden]
    xs[..., 3:6] = np.where(np.eye(3)[chosen] == 1, rng.integers(0, 2, (n_people, n_trials, 1)), np.nan)
    xs[..., -1] = np.arange(n_people)[:, None]
    ys[:, :-1] = xs[:, 1:, :3]
    found = discover_model(DatasetRNN(*(torch.tensor(a, dtype=torch.float32) for a in (xs, ys))), library=["learning"])
    assert found.chance == pytest.approx(np.log(2))
    assert found.nll < np.log(3)
