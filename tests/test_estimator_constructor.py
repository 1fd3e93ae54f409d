"""Parameters as scikit-learn wants them, and what is refused before anything is trained."""

import pytest
from quick_fit import few_people, quick
from sklearn.base import clone

from spice.estimator import SpiceConfig
from spice.exceptions import ConfigError


@pytest.fixture(scope="module")
def people():
    return few_people()


def test_wrong_settings_are_found_before_training(people):
    config = SpiceConfig(
        {"x_value_reward_chosen": ["c_reward"]},
        {"x_value_reward_chosen": ["c_gaze", 1, True]},
        ["c_action", "c_reward", "c_gaze"],
        ["x_value_reward_chosen"],
    )
    for parameters, words in (
        ({"spice_participant_id": 99}, r"\[0, 1, 2, 3\]"),
        ({"spice_config": config, "spice_refine": False}, "c_gaze"),
        ({"spice_config": SpiceConfig({}, {}, ["c_reward"], ["x_other"])}, "x_other"),
        ({"device": "abacus"}, "device"),
        ({"train_test_ratio": None}, "train_test_ratio"),
        ({"batch_size": 0}, "batch_size"),
        ({"spice_optim_threshold": None}, "spice_optim_threshold"),
    ):
        epochs = []
        estimator = quick(**parameters).set_callbacks(lambda e, epochs=epochs: epochs.append(e.path[-1]))
        with pytest.raises(ConfigError, match=words):
            estimator.fit(*people)
        assert "rnn" not in epochs


def test_clone_and_parameters():
    estimator = quick(learning_rate=0.1)
    twin = clone(estimator)
    assert twin.get_params() == estimator.get_params()
    assert twin.set_params(epochs=7).epochs == 7
    with pytest.raises(ValueError, match="epoch"):
        twin.set_params(epoch=7)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"epochs": -1}, "epochs.*of 0 or more.*-1"),
        ({"dropout": 1.5}, "dropout"),
        ({"n_actions": 1}, "n_actions.*of 2 or more"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"hidden_size": 2.5}, "hidden_size.*whole"),
        ({"spice_optimizer_type": "lasso"}, "spice_optimizer_type.*STLSQ"),
        ({"spice_library_polynomial_degree": 9}, "degree"),
        ({"rnn_class": dict}, "rnn_class"),
        ({"n_actions": 3}, "n_actions.*2"),
        ({"n_participants": 3}, "n_participants.*4"),
        ({"train_test_ratio": 1.2}, "train_test_ratio"),
        ({"spice_config": SpiceConfig({}, {}, ["c_reward"], ["x_other"])}, "x_other"),
    ],
)
def test_parameters(people, parameters, words):
    with pytest.raises(ConfigError, match=words):
        quick().set_params(**parameters).fit(*people)
