"""The panel of sessions without a browser."""

from spice.resources.bandits import AgentQ
from spice_nb.views.session_panel import SessionPanel


def test_what_if_adds_curves_and_as_found_takes_them_away(fitted) -> None:
    panel = SessionPanel(*fitted)
    slider = panel.sliders.children[0]
    lines = panel.charts.charts["Probability"].lines
    changed = lines["What if"]
    assert len(changed.x) == 0
    slider.value += 0.3
    assert len(changed.x) == 60
    panel.reset.click()
    assert len(changed.x) == 0
    panel.agents["Network"].value = False
    assert len(lines["Network"].x) == 0
    panel.picture.click()
    assert panel.pictures.value.count("download=") == 2
    panel.agents["Equations"].value = False
    panel.picture.click()
    assert "Show an agent first." in panel.pictures.value


def test_a_trial_is_read_by_pointer_and_by_slider(fitted) -> None:
    panel = SessionPanel(*fitted)
    assert panel.trial.high == 60
    panel.charts.pointer.trial = 23
    assert panel.trial.value == panel.model.trial == 23
    assert "Trial 23 of 60: " in panel.reading.value
    curves = panel.shown.curves["Probability"]
    assert f"<td class='number'>{curves['Network'][22]:.3f}</td>" in panel.reading.value
    panel.trial.value = 24
    assert panel.charts.pointer.trial == 24
    assert f"<td class='number'>{curves['Equations'][23]:.3f}</td>" in panel.reading.value
    panel.session.value = 1
    assert panel.trial.value == 1


def test_a_drag_zooms_all_charts_and_all_trials_goes_back(fitted) -> None:
    panel = SessionPanel(*fitted)
    scale, pointer = panel.charts.trials, panel.charts.pointer
    assert (scale.min, scale.max) == (0.5, 60.5)
    pointer.dragged = [9.7, 30.2]
    assert (scale.min, scale.max) == (pointer.low, pointer.high) == (9.5, 30.5)
    assert (panel.first.value, panel.last.value) == (10, 30)
    panel.last.value = 20
    assert (scale.min, scale.max) == (9.5, 20.5)
    panel.first.value = 20
    assert (scale.min, scale.max, panel.first.value) == (9.5, 20.5, 10)
    panel.whole.click()
    assert (scale.min, scale.max) == (0.5, 60.5)
    pointer.dragged = [9.7, 30.2]
    assert (panel.first.value, panel.last.value) == (10, 30)


def test_the_benchmark_is_one_click_away(fitted) -> None:
    panel = SessionPanel(*fitted)
    box = panel.agents["Benchmark"]
    assert (box.description, box.value) == ("Rescorla-Wagner benchmark", False)
    box.value = True
    assert len(panel.charts.charts["Probability"].lines["Benchmark"].x) == 60
    assert "fitted to all choices of this person" in panel.said.value
    assert panel.reading.value.count("<th scope='row'>") == 3
    given = SessionPanel(*fitted, benchmark=AgentQ())
    assert (given.agents["Benchmark"].description, given.agents["Benchmark"].value) == ("Benchmark", True)
