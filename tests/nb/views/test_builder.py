"""A model of one's own in fields."""

from spice_nb.state.builder import Kind
from spice_nb.state.model_choice import OWN
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
