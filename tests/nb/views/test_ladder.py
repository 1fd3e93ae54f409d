"""Bars of what mechanisms add."""

from dataclasses import replace

import numpy as np

from spice.mechanism_search import Candidate, Step
from spice_nb.state.search import Rung
from spice_nb.views.ladder import ladder

RUNG = Rung("perseveration", "They <stay>.", True, 0.02, 0.015, 0.025, 30, 32, ("habit",))


def test_the_longest_interval_is_the_whole_width() -> None:
    shown = ladder("learning", [RUNG, replace(RUNG, name="habit", gain=0.005, low=-0.001, high=0.01, ties=())])
    assert "width:80.0%" in shown
    assert "left:60.0%;width:40.0%" in shown
    # An interval that goes below nothing begins at nothing.
    assert "left:0.0%;width:40.0%" in shown
    assert "0.0200 nats a choice (0.0150 to 0.0250), better for 30 of 32 people" in shown
    assert "They &lt;stay&gt;. About as good: habit." in shown


def test_before_the_first_there_is_only_the_start() -> None:
    assert "learning" in ladder("learning", [])
    assert "Bars:" not in ladder("learning", [])


def test_one_person_has_no_interval_and_what_is_dropped_is_said() -> None:
    step = Step("habit", Candidate.of(["learning"]), np.array([1.0]), np.array([50.0]), 3, (), is_kept=False)
    shown = ladder("learning", [Rung.of(step)])
    assert "nan" not in shown
    assert "\N{MINUS SIGN} habit" in shown
    assert "Not needed beside what came later." in shown
    nothing_gained = Rung.of(replace(step, gain=np.array([-1.0])))
    assert "width:0.0%" in ladder("learning", [nothing_gained])
