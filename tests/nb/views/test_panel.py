"""What all panels share: plain text, and a record that needs no kernel."""

import nbformat
from nb.views.tables import CSV
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from spice_nb.state.data import DataModel
from spice_nb.views.data_panel import DataPanel
from spice_nb.views.equations_panel import EquationsPanel
from spice_nb.views.panel import escaped, paragraph, table


def test_nothing_that_people_wrote_becomes_html() -> None:
    panel = DataPanel(DataModel())
    panel.model.read_upload("<img src=x>.csv", CSV.encode())
    shown = panel.said.value + panel.remarks.value + panel.rows.value + panel.record()["text/html"]
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "&lt;script&gt;" in shown
    assert escaped("<&'\"") == "&lt;&amp;&#x27;&quot;"
    assert "<b>" not in paragraph("<b>") + table(["<b>"], [["<b>"]])


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


def test_a_terminal_gets_a_sentence() -> None:
    assert repr(EquationsPanel()) == "EquationsPanel, to be seen in a notebook that runs"
