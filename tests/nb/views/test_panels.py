"""Panels without a browser: what they show of their models, and what is left of them without a kernel."""

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from spice.datasets import simulate_forgetting, simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.exceptions import FitWarning
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.bandits import AgentQ
from spice_nb.app import SpiceApp
from spice_nb.run_store import RunStore
from spice_nb.state.data import DataModel
from spice_nb.views.data_panel import DataPanel
from spice_nb.views.equations_panel import EquationsPanel
from spice_nb.views.loss_chart import thinned
from spice_nb.views.model_panel import ModelPanel
from spice_nb.views.panel import escaped, paragraph, table
from spice_nb.views.session_panel import SessionPanel
from spice_nb.views.training_panel import TrainingPanel

CSV = "person,choice,reward\n" + "".join(
    f"{name},{t % 2},{t % 3 % 2}\n" for name in ("<script>alert(1)</script>", "=1+1") for t in range(30)
)


@pytest.fixture(scope="module")
def fitted():
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=60, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=4, n_trials_off_policy=100, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset


def test_a_data_panel_gives_its_data_set() -> None:
    panel = DataPanel()
    assert panel.dataset.xs.shape == (64, 200, 7)
    assert "64 people, 200 choices each" in panel.said.value
    assert panel.columns.layout.display == "none"


def test_columns_are_shown_and_can_be_changed() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("mine.csv", CSV.encode())
    assert panel.columns.layout.display == ""
    assert "(check)" not in "".join(w.description for w in panel.roles.values())
    choice = next(w for role, w in panel.roles.items() if role.value == "choice")
    assert choice.value == "choice"
    choice.value = ""
    assert "Choose the column of choice." in panel.remarks.value
    assert 'role="alert"' in panel.remarks.value
    choice.value = "choice"
    assert panel.dataset is not None


def test_rows_are_left_out_by_a_box_that_stays() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("mine.csv", (CSV + "=1+1,1,<b>\n").encode())
    (line, remarks) = panel.checks.children
    said, box = line.children
    assert (box.description, box.value) == ("Leave out this row", False)
    assert "Row 62: expected numbers" in said.value
    assert "&lt;b&gt;" in said.value
    box.value = True
    assert panel.dataset.xs.shape == (2, 30, 7)
    assert panel.checks.children == (line, remarks)
    assert "Row 62 left out" in said.value
    assert "Row 62 left out" in panel.record()["text/plain"]
    assert "leave_out=[&#x27;reward&#x27;]" in panel.script.text.value
    box.value = False
    assert panel.dataset is None


def test_an_upload_asks_for_one_piece_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    panel, asked = DataPanel(DataModel()), []
    content = CSV.encode()
    monkeypatch.setattr(panel.upload, "send", asked.append)

    def says(kind: str, *buffers: bytes, **more: object) -> None:
        panel.upload._handle_custom_msg({"kind": kind, "upload": "a", **more}, [memoryview(b) for b in buffers])

    says("begin", files=[{"name": "mine.csv", "size": len(content)}])
    assert panel.upload.is_active
    says("piece", content[:100], offset=0)
    assert panel.upload.sentence.startswith("Uploading mine.csv")
    assert panel.upload.share == pytest.approx(100 / len(content))
    says("piece", content[100:], offset=100)
    assert [message["offset"] for message in asked] == [0, 100]
    assert panel.dataset.xs.shape == (2, 30, 7)
    assert (panel.upload.sentence, panel.upload.is_active) == ("", False)
    says("begin", files=[{"name": "<b>.csv", "size": 10**9}])
    assert "<b>.csv has 1,000 MB" in panel.upload.problem
    assert panel.dataset is not None
    says("begin", files=[{"name": "a.csv", "size": 5}])
    says("left")
    assert "interrupted after 0.0 MB" in panel.upload.problem
    says("begin", files=[{"name": "a.csv", "size": 5}])
    says("cancel")
    assert "was cancelled" in panel.upload.problem


def test_pages_turn_and_say_where_they_are() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("mine.csv", CSV.encode())
    assert "Trials 1 to 8 of 60" in panel.shown.value
    assert panel.earlier.disabled
    for _ in range(20):
        panel.later.click()
    assert "Trials 57 to 60 of 60" in panel.shown.value
    assert panel.later.disabled


def test_nothing_that_people_wrote_becomes_html() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("<img src=x>.csv", CSV.encode())
    shown = panel.said.value + panel.remarks.value + panel.rows.value + panel.record()["text/html"]
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown
    assert escaped("<&'\"") == "&lt;&amp;&#x27;&quot;"
    assert "<b>" not in paragraph("<b>") + table(["<b>"], [["<b>"]])


def test_settings_follow_fields_and_fields_follow_settings() -> None:
    panel = ModelPanel()
    panel.fields["epochs"].value = "12"
    assert panel.model.values == {"epochs": 12}
    panel.fields["epochs"].value = "-2"
    assert "epochs" in panel.said.value
    assert panel.model.values == {"epochs": 12}
    panel.fields["epochs"].value = "many"
    assert "a number" in panel.said.value
    panel.preset.value = "Quick look"
    assert panel.fields["epochs"].value == "32"
    assert panel.said.value == ""
    assert "epochs=32" in panel.script.text.value


def test_a_training_panel_fits_and_says_how_it_went(fitted) -> None:
    _, dataset = fitted
    estimator, heard = SpiceEstimator(ParticipantEmbeddingRNN, epochs=4, n_trials_off_policy=100), []
    panel = TrainingPanel(estimator, on_done=heard.append)
    assert panel.button.disabled
    assert "Choose a data set first." in panel.headline.value
    panel.dataset = dataset
    assert not panel.button.disabled
    panel.button.click()
    assert panel.worker.wait(60)
    assert heard == [estimator]
    assert panel.button.description == "Fit again"
    assert panel.stages.value.count("done in") == 3
    assert len(panel.chart.lines["loss"].y) == 4
    assert "loss: " in panel.record()["text/plain"]


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
    assert panel.downloads.value.count("download=") == 5
    assert json.loads(panel.model.document())["config"]["epochs"] == fitted[0].epochs


def test_a_terminal_gets_a_sentence() -> None:
    assert repr(EquationsPanel()) == "EquationsPanel, to be seen in a notebook that runs"


def test_equations_that_all_people_share_need_no_table() -> None:
    dataset, _ = simulate_individual_differences(n_participants=4, n_trials=60, random_state=0)
    estimator = SpiceEstimator(RescorlaWagnerRNN, epochs=4, n_trials_off_policy=100, random_state=0)
    panel = EquationsPanel(estimator.fit(dataset.xs, dataset.ys))
    assert "All 4 people have these equations." in panel.shared.value
    assert panel.differing.layout.display == "none"


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


def test_charts_come_when_they_are_seen_and_only_those_with_curves(fitted) -> None:
    panel = SessionPanel(*fitted)
    assert panel.charts.children == (panel.charts.sight,)
    panel.charts.sight.seen = True
    titles = ["Probability", "Q value", "Reward value"]
    assert panel.charts.children[1:-1] == tuple(panel.charts.charts[title].figure for title in titles)
    panel.agents["Benchmark"].value = True
    assert len(panel.charts.children) == 6


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


def test_the_app_leads_from_data_to_sessions(tmp_path: Path) -> None:
    app = SpiceApp(RunStore(tmp_path))
    app.data.model.read_upload("mine.csv", CSV.encode())
    app.settings.model.set("epochs", 3)
    app.settings.model.set("n_trials_off_policy", 50)
    app.training.button.click()
    assert app.steps.selected_index == 2
    assert app.training.worker.wait(60)
    assert app.training.model.problem == ""
    assert app.steps.selected_index == 3
    assert [name for name, _ in app.equations.model.people] == ["<script>alert(1)</script>", "=1+1"]
    assert "nats per choice" in app.sessions.reading.value
    app.data.model.read_upload("empty.csv", b"")
    assert app.training.button.disabled


def test_thinned_lines_end_where_they_end() -> None:
    assert list(thinned(0, 10)) == []
    assert list(thinned(4, 10)) == [0, 1, 2, 3]
    assert thinned(1_005, 100)[-1] == 1_004
    assert len(thinned(100_000, 1_000)) <= 1_000


def test_a_saved_notebook_shows_results_without_a_kernel() -> None:
    cells = [
        "from spice_nb.views.data_panel import DataPanel\npanel = DataPanel()\npanel",
        "panel.model.use_example('forgetting')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    notebook.metadata.pop("widgets", None)
    outputs = notebook.cells[0].outputs
    assert "application/vnd.jupyter.widget-view+json" in outputs[0].data
    assert set(outputs[1].data) == {"text/plain", "text/html"}
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert "Forgetting: 64 people, 200 choices each" in page
    assert "People who differ" not in page


def test_questions_have_a_button_for_each_answer() -> None:
    panel = DataPanel(DataModel())
    rows = [f"{who},{'<none>' if t == 3 else t % 2},{t % 3 % 2}" for who in "ab" for t in range(30)]
    panel.model.read_upload("mine.csv", ("person,choice,reward\n" + "\n".join(rows)).encode())
    (box,) = panel.questions.children
    said, buttons = box.children
    assert "&#x27;&lt;none&gt;&#x27; stands in column" in said.value
    assert [button.description for button in buttons.children] == ["No choice was made", "It is an option"]
    assert "1 question about the data is open." in panel.said.value
    buttons.children[0].click()
    assert panel.dataset.n_actions == 2
    assert "missed=[&#x27;&lt;none&gt;&#x27;]" in panel.script.text.value
    (box,) = panel.questions.children
    answer, back = box.children[1].children
    assert "Your answer: No choice was made" in answer.value
    back.click()
    assert panel.dataset.n_actions == 3
    assert "1 question about the data is open." in panel.said.value


def test_rows_are_filtered_and_taken_back() -> None:
    panel = DataPanel(DataModel())
    assert panel.row_choices.layout.display == "none"
    panel.model.read_upload("mine.csv", CSV.encode())
    filters = panel.row_choices
    filters.column.value, filters.relation.value, filters.value.value = "person", "is not", "=1+1"
    assert filters.upper.layout.display == "none"
    filters.add.click()
    assert panel.dataset.xs.shape == (1, 30, 7)
    assert "where=[&quot;person != &#x27;=1+1&#x27;&quot;]" in panel.script.text.value
    filters.column.value, filters.relation.value, filters.value.value = "choice", "is between", "a"
    filters.add.click()
    assert "expected a number, but got &#x27;a&#x27;" in filters.problem.value
    filters.active.children[0].children[1].click()
    assert panel.dataset.xs.shape == (2, 30, 7)
    assert filters.active.children == ()


def test_order_and_missed_labels_can_be_chosen() -> None:
    panel = DataPanel(DataModel())
    rows = [f"{who},{20 - t},{'x' if t == 3 else t % 2},{t % 3 % 2}" for who in "ab" for t in range(20)]
    panel.model.read_upload("mine.csv", ("person,number,choice,reward\n" + "\n".join(rows)).encode())
    chosen = panel.row_choices
    assert (chosen.order.value, chosen.missed.options, chosen.missed.value) == ("", ("0", "1", "x"), ())
    first = panel.dataset.xs[0, 0].tolist()
    chosen.missed.value = ("x",)
    assert panel.dataset.n_actions == 2
    assert "missed=[&#x27;x&#x27;]" in panel.script.text.value
    chosen.order.value = "number"
    assert panel.dataset.xs[0, -1, :4].tolist() == [1, 0, first[3], -1]
    assert "order=&#x27;number&#x27;" in panel.script.text.value
    assert panel.model.reminder == ""
    chosen.order.value, chosen.missed.value = "", ()
    assert panel.dataset.n_actions == 3
    assert panel.dataset.xs[0, 0].tolist() == first
    question = next(check for check in panel.model.checks if check.doubt.code == "order")
    panel.model.answer(question.doubt, question.doubt.answers[0])
    assert chosen.order.value == "number"
    chosen.order.value = ""
    assert any(check.is_open for check in panel.model.checks)


def test_a_result_that_should_not_be_believed_says_so_above_the_equations() -> None:
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=40, random_state=0)
    estimator = SpiceEstimator(ForgettingRNN, epochs=0, spice_refine=False, random_state=0)
    with pytest.warns(FitWarning):
        panel = EquationsPanel(estimator.fit(dataset.xs, dataset.ys))
    assert "Do not believe this result yet</h4><p>The network predicts the choices worse" in panel.doubts.value
    assert panel.doubts.layout.display == ""
    assert str(estimator.diagnostics_[0]) in panel.record()["text/plain"]
    panel.model.doubts = ()
    panel.equations = replace(estimator.equations_, mean_reward=0.4)
    assert panel.doubts.layout.display == "none"
