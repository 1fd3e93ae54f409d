"""Scripts for autospice 0.1.x run as they are, or are told before anything is trained what to change."""

import numpy as np
import pytest
import torch
from old_forwards import (
    OLD_FORWARDS,
    AllOwnRNN,
    GuardedRecordingRNN,
    OwnEmbeddingRNN,
    OwnNetworkRNN,
    OwnTemperatureRNN,
    ParameterTemperatureRNN,
    SetUpWithOptionsRNN,
)
from own_forward import OWN_FORWARD_CONFIG

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.model.build import build_model
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=80, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


def quick(model, **parameters):
    defaults = {"epochs": 2, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, OWN_FORWARD_CONFIG, **(defaults | parameters))


class TestOwnForward:
    @pytest.mark.parametrize("model", OLD_FORWARDS)
    def test_runs_through(self, model, people, tmp_path):
        # Refinement is the same for all, and takes longest.
        refine = model in (AllOwnRNN, GuardedRecordingRNN, ParameterTemperatureRNN)
        estimator = quick(model, spice_refine=refine).fit(*people)
        predicted = estimator.predict(people[0])
        for p in predicted:
            np.testing.assert_allclose(p.sum(-1), 1, atol=1e-6)
        features = estimator.get_spice_features()[3]
        assert features["x_rate"][0] == ["1", "x_rate", "c_reward"]
        assert features["beta_x_value_reward"][1][0] > 0
        estimator.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
        loaded = quick(model).load_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
        for p, again in zip(predicted, loaded.predict(people[0]), strict=True):
            np.testing.assert_allclose(p, again, atol=1e-9)

    def test_people_never_seen_are_the_mean_of_all(self, people):
        estimator = quick(OwnEmbeddingRNN, spice_refine=False).fit(*people)
        table = estimator.rnn_agent.model.participant_embedding[0]
        assert table.num_embeddings == 6
        torch.testing.assert_close(table.weight[5], table.weight[:5].mean(0))
        assert len(estimator.get_participant_embeddings()) == 5

    def test_dropout_of_torch_is_the_fits_own(self, people):
        state = torch.get_rng_state()
        first, second = (quick(AllOwnRNN, spice_refine=False).fit(*people).predict(people[0])[0] for _ in range(2))
        np.testing.assert_array_equal(first, second)
        assert torch.equal(torch.get_rng_state(), state)

    def test_a_network_of_ones_own_gives_the_change(self):
        model = build_model(OwnNetworkRNN, 2, 3, 1, NetworkOptions()).eval()
        model.set_initial_state(3)
        embedding = model.participant_embedding(torch.arange(3))
        found = model.call_module("x_value_reward_not_chosen", "x_value_reward", participant_embedding=embedding)
        inputs = torch.cat([torch.full((3, 1), 0.5), embedding], -1)
        change = model.submodules_rnn["x_value_reward_not_chosen"](inputs)
        torch.testing.assert_close(found, (0.5 + change).expand(3, 2))

    def test_options_of_parts_are_taken(self):
        model = build_model(SetUpWithOptionsRNN, 2, 3, 1, NetworkOptions(8, 0.25))
        assert model.submodules_rnn["x_value_reward_not_chosen"].dropout == 0.1
        assert model.submodules_rnn["x_rate"].dropout == 0.25
        assert model.setup_module(2, hidden_size=3).n_hidden == 3
        beta, embedding = model.betas["x_value_reward"], torch.randn(3, 4)
        torch.testing.assert_close(beta(embedding), torch.nn.functional.softplus(beta.log_beta(embedding)))

    def test_values_are_told_as_they_enter_the_logits(self):
        agent = AgentNetwork(build_model(OwnTemperatureRNN, 2, 3, 1, NetworkOptions()))
        agent.new_sess(participant_id=1)
        agent.update(0, [1.0, np.nan])
        np.testing.assert_allclose(agent.get_state_value("x_value_reward"), agent.q, rtol=1e-6)
