"""What mechanisms of a trained network saw and did."""

import numpy as np
import pytest
from quick_fit import few_people, quick

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.datasets import simulate_individual_differences
from spice.discovery.samples import sample_mechanisms
from spice.exceptions import ConfigError, FitWarning
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.config import SpiceConfig
from spice.precoded import PARTICIPANT_EMBEDDING_RNN_CONFIG as CONFIG
from spice.resources.mechanisms import Mechanism
from spice.rollout.networks import NetworkOptions


class GivenRNN(BaseRNN):
    """Its equation is given, so that samples of a known function can be taken from a learned one beside it."""

    init_values = {"x_value_reward": 0.5}
    mechanisms = (
        Mechanism("x_chosen", state="x_value_reward", applies_to="chosen", inputs=("c_reward",)),
        Mechanism(
            "x_other",
            state="x_value_reward",
            applies_to="not_chosen",
            equation={"x_value_reward": 0.8, "1": 0.1},
        ),
    )


@pytest.fixture(scope="module")
def people():
    return few_people()


@pytest.fixture(scope="module")
def fitted(people):
    return quick(epochs=2, spice_refine=False).fit(*people)


@pytest.fixture(scope="module")
def dataset():
    return simulate_individual_differences(n_participants=6, n_trials=80, random_state=2)[0]


def test_samples_are_what_the_network_does(dataset):
    model = build_model(GivenRNN, 2, 1, 1, NetworkOptions())
    trials, _ = read_conditions(dataset.xs[:1], 2)
    samples = sample_mechanisms(model, SpiceConfig.from_model(GivenRNN), trials, Ids.of(trials, (0,), (0,)))
    chosen = samples["x_chosen"]
    np.testing.assert_array_equal(chosen.mask, trials.actions.numpy() > 0)
    np.testing.assert_array_equal(chosen.variables[..., 1][chosen.mask], trials.rewards.sum(-1).ravel().numpy())
    # Between two trials an arm not chosen moves by the given equation.
    value = np.full(2, 0.5)
    for t, arm in enumerate(chosen.mask[:, 0, 1].astype(int)):
        assert chosen.variables[t, 0, arm, 0] == pytest.approx(value[arm], abs=1e-5)
        value = 0.8 * value + 0.1
        value[arm] = chosen.targets[t, 0, arm]


def test_filters_that_refinement_would_ignore(people):
    config = SpiceConfig(
        {"x_value_reward_chosen": ["c_reward"]},
        {"x_value_reward_chosen": [["c_action", 1, True], ["c_reward", 1, True]]},
        ["c_action", "c_reward"],
        ["x_value_reward_chosen"],
    )
    with pytest.raises(ConfigError, match="spice_refine=False"):
        quick(spice_config=config).fit(*people)
    features = quick(spice_config=config, spice_refine=False).fit(*people).get_spice_features()
    assert features[0]["x_value_reward_chosen"][0] == ["1", "x_value_reward_chosen"]


class TestConfigs:
    @staticmethod
    def config(modules, **library):
        setup = CONFIG.library_setup | library
        return SpiceConfig(setup, CONFIG.filter_setup, CONFIG.control_parameters, [*CONFIG.rnn_modules, *modules])

    def fit(self, people, config):
        return quick(spice_config=config, epochs=2, spice_refine=False).fit(*people)

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
