"""A mechanism follows a state to its new name: as what it changes, as an input, and in a given equation."""

from spice.resources.mechanisms import Input, Mechanism
from spice_nb.state.renamed_states import with_state_renamed


def test_a_given_equation_follows_with_its_powers() -> None:
    given = Mechanism("decay", "x_old", equation={"x_old": 0.9, "x_old^2": -0.1, "1": 0.2})
    renamed = with_state_renamed(given, "x_old", "x_new")
    assert (renamed.name, renamed.state) == ("decay", "x_new")
    assert renamed.equation == {"x_new": 0.9, "x_new^2": -0.1, "1": 0.2}


def test_inputs_follow_and_what_is_not_of_the_state_stays() -> None:
    reads = Mechanism("x_value_chosen", "x_value", inputs=(Input("x_old", "mean"), "c_reward"))
    renamed = with_state_renamed(reads, "x_old", "x_new")
    assert renamed.entries == (Input("x_new", "mean"), Input("c_reward"))
    assert renamed.state == "x_value"
    assert with_state_renamed(reads, "x_other", "x_new").entries == reads.entries
