"""The model panel without a browser: building, ticking terms, explaining parameters."""

from collections.abc import Iterator

import ipywidgets as widgets

from spice_nb.state.builder import Kind
from spice_nb.state.candidates import Candidates
from spice_nb.state.settings import OWN
from spice_nb.views.model_panel import ModelPanel


def test_a_model_is_built_with_fields() -> None:
    panel = ModelPanel(inputs=("reaction time",))
    assert panel.builder.layout.display == "none"
    panel.change.click()
    assert panel.kind.value == OWN
    assert panel.builder.layout.display == ""
    builder = panel.builder
    builder.add_state.click()
    builder.states["name"].value = "habit"
    builder.add_mechanism.click()
    assert builder.mechanism.options[-1] == ("habit_chosen", 2)
    builder.mechanisms["inputs"].value = [
        entry for words, entry in builder.mechanisms["inputs"].options if words == "reward"
    ]
    builder.mechanisms["kind"].value = Kind.GIVEN
    builder.mechanisms["equation"].value = "habit + 0.2 * (c_reward - hab"
    assert "equation" in panel.said.value
    assert builder.mechanisms["equation"].value.endswith("hab")
    builder.mechanisms["equation"].value = "habit + 0.2 * (c_reward - habit)"
    assert panel.said.value == ""
    assert panel.model.own.mechanisms[2].equation == {"habit": 0.8, "c_reward": 0.2}
    assert panel.about.value.count("<rect") == 3
    assert "class OwnRNN(BaseRNN)" in panel.script.text.value
    builder.name.value = "<b>"
    assert "<b>" not in panel.said.value
    panel.kind.value = "choice"
    assert builder.layout.display == "none"
    panel.kind.value = OWN
    assert builder.name.value == "OwnRNN"


def test_candidate_terms_are_ticked() -> None:
    panel = ModelPanel()
    row = panel.matrix.rows["x_value_reward_chosen"]
    assert row.equation.value.count("<msub>") == 3
    row.inputs["c_reward"].value = False
    assert row.equation.value.count("<msub>") == 2
    assert panel.model.candidates == {"x_value_reward_chosen": Candidates(("c_reward",))}
    assert "spice_config" in panel.script.text.value
    panel.matrix.rows["x_value_reward_not_chosen"].found.value = False
    assert "stays a network" in panel.matrix.rows["x_value_reward_not_chosen"].equation.value
    row.where.value = "c_reward"
    assert "spice_refine" in panel.said.value
    panel.fields["spice_refine"].value = False
    row.where.value, row.value.value = "c_reward", 0.0
    assert panel.model.candidates["x_value_reward_chosen"].only_where == ("c_reward", 0.0)
    panel.fields["spice_library_polynomial_degree"].value = "3"
    panel.kind.value = "choice"
    assert len(panel.matrix.rows) == 4
    assert panel.matrix.rows["x_value_reward_chosen"].inputs["c_reward"].value is False


def test_every_parameter_shows_its_help_and_bounds() -> None:
    panel = ModelPanel()
    shown = " ".join(part.value for part in _parts(panel) if isinstance(part, widgets.HTML))
    assert shown.count("Default: ") == len(panel.fields)
    assert "A whole number from 1 to 5. Default: 1." in shown


def _parts(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _parts(child)
