from nb.views.tables import CSV

from spice_nb.state.data import DataModel
from spice_nb.views.data_panel import DataPanel


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
