"""`Weinhardt2024RNN`: a rate that is learned, beside a trace of choices; and fits of it and of that of 2025."""

import numpy as np
import pytest
import torch
from tasks import RULES, play

from spice.estimator import SpiceEstimator
from spice.model.build import build_model
from spice.precoded import (
    MODELS,
    WEINHARDT_2024_CONFIG,
    WEINHARDT_2025_CONFIG,
    Weinhardt2024RNN,
    Weinhardt2025RNN,
)
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions

BOTH = [("weinhardt-2024", WEINHARDT_2024_CONFIG), ("weinhardt-2025", WEINHARDT_2025_CONFIG)]


@pytest.mark.parametrize("model", [Weinhardt2024RNN, Weinhardt2025RNN])
def test_states_and_the_prediction_error(model):
    built = build_model(model, 2, 3, 1, NetworkOptions())
    assert {name: state.initial for name, state in built.states.items()} == {
        "x_value_reward": 0.5, "x_value_choice": 0.0, "x_learning_rate_reward": 0.0,
    }  # fmt: skip
    assert built.embedding_size == 8
    assert [name for name, beta in built.betas.items() if isinstance(beta.log_beta, torch.nn.Linear)] == [
        "x_value_reward", "x_value_choice",
    ]  # fmt: skip
    agent = AgentNetwork(built)
    agent.new_sess(participant_id=1)
    value = agent.get_state_value("x_value_reward", multiply_with_beta=False)
    for reward in (1.0, 0.0, 1.0):
        agent.update(0, [reward, np.nan])
        rate = agent.get_state_value("x_learning_rate_reward")
        assert 0 < rate[0] < 1
        assert rate[1] == 0
        expected = value[0] + rate[0] * (reward - value[0])
        value = agent.get_state_value("x_value_reward", multiply_with_beta=False)
        assert value[0] == pytest.approx(expected, abs=1e-6)
        trace = agent.get_state_value("x_value_choice", multiply_with_beta=False)
        assert ((trace > 0) & (trace < 1)).all()


def test_what_each_mechanism_reads():
    assert WEINHARDT_2024_CONFIG.library_setup == {
        "x_learning_rate_reward": ["c_reward", "x_value_reward"],
        "x_value_reward_not_chosen": [],
        "x_value_choice_chosen": [],
        "x_value_choice_not_chosen": [],
    }


@pytest.mark.parametrize(("name", "config"), BOTH)
def test_a_fit_tells_people_apart_and_beats_chance(name, config, tmp_path):
    xs, ys = play("drift", RULES[name][0], 4, 150, 0).arrays
    estimator = SpiceEstimator(MODELS[name], config, epochs=40, random_state=0).fit(xs, ys)
    features = estimator.get_spice_features()
    assert list(features) == [0, 1, 2, 3]
    assert set(features[0]) == {*config.rnn_modules, "beta_x_value_reward", "beta_x_value_choice"}
    assert estimator.score(xs, ys) > np.log(0.5) + 0.03
    for p in estimator.predict(xs):
        np.testing.assert_allclose(p[:, :-1].sum(-1), 1, atol=1e-9)
    estimator.save_spice(tmp_path / "rnn", tmp_path / "spice")
    loaded = SpiceEstimator.load_spice(tmp_path / "rnn", tmp_path / "spice")
    assert type(loaded.rnn_agent.model) is MODELS[name]
    np.testing.assert_array_equal(loaded.predict(xs)[1], estimator.predict(xs)[1])
