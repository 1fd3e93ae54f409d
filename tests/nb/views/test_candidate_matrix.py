"""Candidate terms to tick."""

from spice_nb.state.candidates import Candidates
from spice_nb.views.model_panel import ModelPanel


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
