"""Parameters in a panel: all that a person may set, explained, and read as people write numbers."""

import pytest

from spice.exceptions import ConfigError
from spice_nb.state.parameters import ADVANCED, BASIC, OFFERED, explained, read_value


def test_each_is_offered_once() -> None:
    shown = [*BASIC, *(name for names in ADVANCED.values() for name in names)]
    assert sorted(shown) == sorted(OFFERED)
    assert BASIC == (
        "epochs", "learning_rate", "spice_optim_threshold", "spice_library_polynomial_degree", "random_state",
    )  # fmt: skip
    assert list(ADVANCED) == ["Network", "Training", "Equations"]
    assert "use_optuna" in ADVANCED["Equations"]


def test_the_data_and_the_model_decide_the_rest() -> None:
    assert not OFFERED.keys() & {"rnn_class", "spice_config", "n_actions", "n_participants", "verbose", "save_path_rnn"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "dropout",
            "Share of hidden units silenced where training begins; it falls to none over 32 epochs. "
            "A number from 0 to 0.99. Default: 0.25.",
        ),
        ("scheduler", "Let the learning rate fall along a cosine. Default: off."),
        (
            "spice_optimizer_type",
            "pysindy's optimizers, solved for all participants at once. Default: SR3_weighted_l1.",
        ),
        (
            "batch_size",
            "Sequences in a mini-batch; -1 (or None) for all. A whole number above 0, or none for no limit. "
            "Default: 64.",
        ),
    ],
)  # fmt: skip
def test_explanations(name: str, text: str) -> None:
    assert explained(OFFERED[name]) == text


def test_numbers_are_read_as_people_write_them() -> None:
    rate = OFFERED["learning_rate"]
    assert read_value(rate, "0.01") == read_value(rate, "0,01") == read_value(rate, " 1e-2 ") == 0.01
    assert read_value(OFFERED["batch_size"], "") is None
    assert read_value(OFFERED["train_test_ratio"], "[2, 3]") == [2, 3]
    assert read_value(OFFERED["device"], "cpu") == "cpu"
    with pytest.raises(ConfigError, match="a number"):
        read_value(rate, "fast")
    with pytest.raises(ConfigError, match=r"numbers such as \[2, 3\]"):
        read_value(OFFERED["train_test_ratio"], "[2")
