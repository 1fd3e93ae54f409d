"""Bars of prevalences."""

from spice_nb.state.effects import Effect
from spice_nb.views.prevalences import prevalences


def test_a_bar_has_its_interval_and_says_both() -> None:
    html = prevalences([Effect("forgetting", 0.47, 0.35, 0.63, ("V: <i>",))])
    assert "width:47.0%" in html
    assert "left:35.0%;width:28.0%" in html
    assert "47 % of people (35 to 63 %)" in html
    assert "<i>" not in html


def test_without_prevalences_there_is_no_heading() -> None:
    assert prevalences([]) == ""
