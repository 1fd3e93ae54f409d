"""The panel of equations without a browser."""

import json
from dataclasses import replace

import pytest
from equations.tables import DELTA, equations, who_lacks_what

from spice.datasets import simulate_forgetting, simulate_individual_differences
from spice.diagnostics import Diagnostic
from spice.estimator import SpiceEstimator
from spice.exceptions import FitWarning
from spice.precoded import ForgettingRNN, RescorlaWagnerRNN
from spice_nb.views.equations_panel import EquationsPanel


def test_equations_of_two_people_and_of_everybody(fitted) -> None:
    panel = EquationsPanel(fitted[0])
    assert panel.equations_of.value.count("<math") == 3
    panel.other.value = 2
    assert panel.equations_of.value.count("<math") == 6
    assert panel.everybody.value.count("<tr>") == 5
    panel.search.value = "3"
    assert panel.everybody.value.count("<tr>") == 2
    assert "of 1 (of 4 in all)" in panel.shown.value
    panel.search.value = "nobody"
    assert "Nobody fits." in panel.shown.value
    panel.search.value = ""
    name, button = next(iter(panel.structures.buttons.items()))
    button.value = True
    assert panel.model.group == panel.group.value == name
    assert panel.everybody.value.count("<tr>") == 1 + panel.model.structures[0].people
    panel.group.value = ""
    assert not button.value
    assert panel.downloads.value.count("download=") == 6
    assert json.loads(panel.model.document())["config"]["epochs"] == fitted[0].epochs


def test_probabilities_and_prevalences_are_shown() -> None:
    panel = EquationsPanel(who_lacks_what())
    assert "forgetting</span>" in panel.prevalences.value
    assert "40 % of people (30 to 50 %)" in panel.prevalences.value
    assert "Shows no perseveration (probability .98)." in panel.equations_of.value
    assert '<th scope="col" class=number>Probability</th>' in panel.equations_of.value
    assert "<td class=number>not there</td>" in panel.equations_of.value
    panel.canonical.value = False
    assert "40 % of people" in panel.prevalences.value
    panel.equations = replace(who_lacks_what(), labels=("Eve", "Bob"))
    panel.equations = equations(ForgettingRNN, [DELTA])
    assert panel.prevalences.value == ""


def test_equations_that_all_people_share_need_no_table() -> None:
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=60, random_state=0)
    estimator = SpiceEstimator(RescorlaWagnerRNN, epochs=4, n_trials_off_policy=100, random_state=0)
    panel = EquationsPanel(estimator.fit(dataset.xs, dataset.ys))
    assert "All 4 people have these equations." in panel.shared.value
    assert panel.differing.layout.display == "none"


def test_a_result_that_should_not_be_believed_says_so_above_the_equations() -> None:
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=40, random_state=0)
    estimator = SpiceEstimator(ForgettingRNN, epochs=0, spice_refine=False, random_state=0)
    with pytest.warns(FitWarning):
        panel = EquationsPanel(estimator.fit(dataset.xs, dataset.ys))
    assert "Do not believe this result yet</h4><p>The network predicts the choices worse" in panel.doubts.value
    assert panel.doubts.layout.display == ""
    assert str(estimator.diagnostics_[0]) in panel.record()["text/plain"]
    assert "<summary>How this result came about</summary>" in panel.notes.value
    panel.model.tell(())
    panel.equations = replace(estimator.equations_, mean_reward=0.4)
    assert panel.doubts.layout.display == panel.notes.layout.display == "none"


def test_what_is_no_doubt_is_told_calmly() -> None:
    panel = EquationsPanel()
    note = Diagnostic("training-settled", "The loss fell by <1 %.", is_doubt=False)
    panel.model.tell([note])
    panel.equations = who_lacks_what()
    assert panel.doubts.layout.display == "none"
    assert panel.notes.layout.display == ""
    assert "<p>The loss fell by &lt;1 %.</p>" in panel.notes.value
