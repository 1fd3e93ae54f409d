"""A search for mechanisms as a person sees it."""

import math
from dataclasses import replace

import numpy as np

from spice.mechanism_search import Candidate, Discovery, Step
from spice.mechanism_search.search import SearchProgress
from spice_nb.state.search import Rung, SearchModel
from spice_nb.state.training import RunState

BOTH = Candidate.of(["learning", "perseveration"])
STEP = Step("perseveration", BOTH, np.array([2.0, 3.0, -0.5, 4.0]), np.full(4, 50.0), 9, ("habit",), is_kept=True)
FOUND = Discovery(BOTH, (STEP,), 0.5123, math.log(2), 11, "nothing adds more", ("lapses: one note.",))


def progress(best: Candidate | None = BOTH, steps: tuple[Step, ...] = (STEP,)) -> SearchProgress:
    return SearchProgress(BOTH, 3, 9, 0.5123 if best else math.nan, 30.0, best, steps)


def test_a_rung_says_what_a_mechanism_adds() -> None:
    rung = Rung.of(STEP)
    assert (rung.gain, rung.people, rung.n_people, rung.ties) == (8.5 / 200, 3, 4, ("habit",))
    assert rung.amount == (
        f"0.0425 nats a choice ({rung.low:.4f} to {rung.high:.4f}), better for 3 of 4 people"
    )  # fmt: skip
    assert rung.sentence.startswith("What was chosen is chosen again")
    alone = Rung.of(replace(STEP, gain=np.array([2.0]), choices=np.array([50.0])))
    assert alone.amount == "0.0400 nats a choice, better for 1 of 1 people"
    both = Rung.of(replace(STEP, mechanism="perseveration + habit"))
    assert "over many trials" in both.sentence


def test_from_ready_to_done() -> None:
    model = SearchModel(blocker="Choose a data set first.")
    assert not model.may_start
    assert model.headline == "Choose a data set first."
    model.blocker = ""
    assert model.may_start
    assert (model.headline, model.action) == ("Ready to search.", "Discover")
    model.begin()
    assert not model.may_start
    assert model.may_stop
    assert (model.headline, model.action) == ("Searching …", "Stop with the best so far")
    model.advance(progress())
    assert model.share == 30 / 600
    assert model.headline == (
        "Searching … Fit 3 of 9 of this round, 9 min 30 s left at most. The best model so far predicts choices held "
        "out by 0.5123 nats."
    )
    assert [rung.name for rung in model.rungs] == ["perseveration"]
    model.end(FOUND)
    assert model.state is RunState.DONE
    assert model.action == "Discover again"
    assert model.headline == (
        "Nothing adds more. 11 models were tried. The best predicts choices held out by 0.5123 nats each; chance is "
        "0.6931."
    )
    assert model.notes == FOUND.notes


def test_before_there_is_a_best_model_none_is_named() -> None:
    model = SearchModel()
    model.begin()
    model.advance(progress(None, ()))
    assert "best" not in model.headline
    assert model.best is None


def test_how_it_ended_is_said() -> None:
    model = SearchModel()
    for ended, said in (("time is up", "Time was up."), ("stopped", "Stopped.")):
        model.begin()
        model.end(replace(FOUND, ended=ended))
        assert model.headline.startswith(said)
    model.begin()
    model.end(None, "No room.")
    assert (model.state, model.headline, model.problem) == (RunState.FAILED, "The search failed.", "No room.")
    model.begin()
    assert (model.problem, model.best, model.rungs, model.notes) == ("", None, (), ())
    model.forget()
    assert model.state is RunState.READY
