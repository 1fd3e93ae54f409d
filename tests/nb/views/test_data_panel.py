"""The data panel without a browser."""

from nb.views.tables import CSV

from spice_nb.state.data import DataModel
from spice_nb.views.data_panel import DataPanel


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


def test_pages_turn_and_say_where_they_are() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("mine.csv", CSV.encode())
    assert "Trials 1 to 8 of 60" in panel.shown.value
    assert panel.earlier.disabled
    for _ in range(20):
        panel.later.click()
    assert "Trials 57 to 60 of 60" in panel.shown.value
    assert panel.later.disabled
