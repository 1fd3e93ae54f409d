"""Which terms are part of whose equations."""

from equations.tables import DELTA, equations, who_lacks_what

from spice.precoded import ForgettingRNN
from spice_nb.state.presence import present, unchanging


def test_neither_an_idle_mechanism_nor_a_state_without_influence_has_a_term() -> None:
    table = who_lacks_what().coefficients
    ann, bob, _ = present(table)
    of_ann = {(kind, name, term) for (kind, name, term), there in zip(table.parameters, ann, strict=True) if there}
    of_bob = {(kind, name, term) for (kind, name, term), there in zip(table.parameters, bob, strict=True) if there}
    learning, forgetting = "x_value_reward_chosen", "x_value_reward_not_chosen"
    assert of_ann == {
        ("values", learning, learning), ("values", learning, "c_reward"), ("values", learning, f"{learning} c_reward"),
        ("values", forgetting, forgetting), ("values", forgetting, "1"),
        ("betas", "x_value_reward", "1"), ("initial", "x_value_reward", "1"),
    }  # fmt: skip
    assert not any(name == forgetting for _, name, _ in of_bob)
    assert ("initial", "x_value_choice", "1") in of_bob
    assert unchanging(table, forgetting).tolist() == [False, True, True]


def test_what_is_forgotten_at_once_is_not_kept() -> None:
    """V <- 0 is no equation without a mechanism."""
    table = equations(ForgettingRNN, [{**DELTA, "x_value_reward_not_chosen": {}}]).coefficients
    assert not unchanging(table, "x_value_reward_not_chosen").any()
