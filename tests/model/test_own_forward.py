"""Models that write their own forward, as scripts for autospice 0.1.x do."""

import numpy as np
import pytest
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from quick_fit import few_people, quick

from spice.estimator import SpiceConfig
from spice.exceptions import (
    ConfigError,
)


@pytest.fixture(scope="module")
def people():
    return few_people(5)


def test_published_style_runs_unchanged(people):
    estimator = quick(OwnForwardRNN, spice_config=OWN_FORWARD_CONFIG, epochs=2).fit(*people)
    features = estimator.get_spice_features()[0]
    assert features["x_rate"][0] == ["1", "x_rate", "c_reward"]
    p_spice = estimator.predict(people[0])[1]
    np.testing.assert_allclose(p_spice.sum(-1), 1, atol=1e-9)
    agent = estimator.spice_agent
    agent.new_sess(participant_id=2)
    for trial in range(3):
        agent.update(int(people[0][2, trial, 1]), people[0][2, trial, 2:4])
        np.testing.assert_allclose(agent.get_choice_probs(), p_spice[2, trial], atol=1e-5)
    rate = agent.get_state_value("x_rate")
    assert ((rate >= 0) & (rate <= 1)).all()


def test_signals_must_be_recorded(people):
    config = SpiceConfig({"x_rate": ["c_gaze"]}, {}, ["c_gaze"], ["x_rate"])
    with pytest.raises(ConfigError, match="c_gaze"):
        quick(OwnForwardRNN, spice_config=config, epochs=0).fit(*people)


def test_a_config_is_needed(people):
    with pytest.raises(ConfigError, match="SpiceConfig"):
        quick(OwnForwardRNN).fit(*people)
