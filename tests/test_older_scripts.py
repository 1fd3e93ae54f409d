"""Scripts for autospice 0.1.x run as they are, or are told before anything is trained what to change."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from old_forwards import (
    OLD_FORWARDS,
    REFUSED,
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
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import ConfigError, FitWarning, ModelFileError, NotFittedError
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.precoded import ChoiceRNN, ForgettingRNN, ParticipantEmbeddingRNN
from spice.resources.bandits import AgentNetwork
from spice.rollout.networks import NetworkOptions


class WithRewardOfOthersRNN(ParticipantEmbeddingRNN):
    mechanisms = (
        ParticipantEmbeddingRNN.mechanisms[0],
        replace(ParticipantEmbeddingRNN.mechanisms[1], inputs=("c_reward",)),
    )


class SmallerContextRNN(ParticipantEmbeddingRNN):
    context_size = 4


@pytest.fixture(scope="module")
def people():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=80, random_state=1)
    return dataset.xs.numpy(), dataset.ys.numpy()


def quick(model, **parameters):
    defaults = {"epochs": 2, "n_trials_off_policy": 100, "random_state": 0}
    return SpiceEstimator(model, OWN_FORWARD_CONFIG, **(defaults | parameters))


@pytest.fixture(scope="module")
def fitted(people):
    return SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, spice_refine=False, random_state=0).fit(*people)


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

    @pytest.mark.parametrize("model", REFUSED)
    def test_what_cannot_run_is_refused_before_training(self, model, people):
        seen = []
        with pytest.raises(ConfigError) as error:
            quick(model).set_callbacks(seen.append).fit(*people)
        for words in REFUSED[model]:
            assert words in str(error.value)
        assert not [event for event in seen if event.path[-1] == "rnn"]


class TestNamesOfTheEstimator:
    def test_what_is_there_under_other_names(self, fitted):
        assert fitted.rnn_model is fitted.rnn_agent.model
        assert fitted.get_spice_agents() is fitted.spice_agent
        for name in ("rnn_model", "get_spice_agents"):
            with pytest.raises(NotFittedError):
                getattr(SpiceEstimator(), name)()

    def test_halves_are_loaded_one_after_the_other(self, fitted, people, tmp_path):
        fitted.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
        loaded = SpiceEstimator(ParticipantEmbeddingRNN)
        loaded.load_rnn_model(tmp_path / "rnn.pkl")
        assert np.isnan(loaded.predict(people[0])[1]).all()
        loaded.load_spice_model(tmp_path / "spice.pkl", deterministic=False)
        for p, again in zip(fitted.predict(people[0]), loaded.predict(people[0]), strict=True):
            np.testing.assert_array_equal(p, again)
        assert loaded.rnn_agent.deterministic
        assert not loaded.spice_agent.deterministic
        alone = SpiceEstimator(ParticipantEmbeddingRNN).load_spice_model(tmp_path / "spice.pkl")
        np.testing.assert_array_equal(alone.predict(people[0])[1], fitted.predict(people[0])[1])

    def test_equations_of_another_fit_are_refused(self, fitted, people, tmp_path):
        other = SpiceEstimator(ParticipantEmbeddingRNN, epochs=1, spice_refine=False, random_state=1).fit(*people)
        other.save_spice(path_spice=tmp_path / "spice.pkl")
        before = fitted.spice_agent
        with pytest.raises(ModelFileError, match="two fits to the same data"):
            fitted.load_spice_model(tmp_path / "spice.pkl")
        assert fitted.spice_agent is before

    def test_names_of_classes_are_no_reason_to_refuse(self, fitted, people, tmp_path):
        class AnotherNameRNN(BaseRNN):
            init_values = ParticipantEmbeddingRNN.init_values
            mechanisms = ParticipantEmbeddingRNN.mechanisms
            context_size = 8

        fitted.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
        loaded = SpiceEstimator(AnotherNameRNN).load_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
        assert type(loaded.rnn_model) is AnotherNameRNN
        for p, again in zip(fitted.predict(people[0]), loaded.predict(people[0]), strict=True):
            np.testing.assert_array_equal(p, again)

    @pytest.mark.parametrize(
        ("model", "words"),
        [
            (ChoiceRNN, "no state 'x_value_choice', which the class has"),
            (ForgettingRNN, "state 'x_value_reward' with inverse_temperature 'participant', not 'none'"),
            (WithRewardOfOthersRNN, "mechanism 'x_value_reward_not_chosen' with inputs \\[\\], not"),
            (SmallerContextRNN, "weights 'submodules_rnn.x_value_reward_chosen.hidden.weight' of shape"),
        ],
    )
    def test_a_difference_in_structure_is_named(self, fitted, tmp_path, model, words):
        fitted.save_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")
        with pytest.raises(ModelFileError, match=words):
            SpiceEstimator(model).load_spice(tmp_path / "rnn.pkl", tmp_path / "spice.pkl")


class TestConfigs:
    @staticmethod
    def config(modules, **library):
        setup = CONFIG.library_setup | library
        return SpiceConfig(setup, CONFIG.filter_setup, CONFIG.control_parameters, [*CONFIG.rnn_modules, *modules])

    def fit(self, people, config):
        estimator = SpiceEstimator(ParticipantEmbeddingRNN, config, epochs=2, spice_refine=False, random_state=0)
        return estimator.fit(*people)

    def test_a_module_that_the_model_lacks_is_left_out(self, fitted, people, tmp_path):
        config = self.config(["x_ghost"], x_ghost=["c_reward"])
        with pytest.warns(FitWarning, match="ParticipantEmbeddingRNN has not: x_ghost"):
            estimator = self.fit(people, config)
        assert estimator.get_spice_features() == fitted.get_spice_features()
        assert estimator.spice_config == config

    def test_an_input_that_exists_nowhere_is_an_error(self, people):
        with pytest.raises(ConfigError, match=r"library_setup\['x_value_reward_chosen'\].*'x_ghost'"):
            self.fit(people, self.config(["x_ghost"], x_value_reward_chosen=["c_reward", "x_ghost"]))

    def test_a_model_that_has_none_of_the_modules_is_an_error(self, people):
        config = SpiceConfig({}, {}, ["c_action"], ["x_ghost"])
        with pytest.raises(ConfigError, match=r"rnn_modules.*x_value_reward_chosen.*x_ghost"):
            self.fit(people, config)
