"""The regression problems of all participants."""

import numpy as np
import pytest

from spice.data.ids import Ids
from spice.data.trials import read_conditions
from spice.datasets import simulate_individual_differences
from spice.discovery.regressions import OffPolicy, set_up_regressions
from spice.discovery.samples import sample_mechanisms
from spice.discovery.sparse_regression import SparseOptions
from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.model.config import SpiceConfig
from spice.resources.mechanisms import Mechanism
from spice.rollout.networks import NetworkOptions


@pytest.fixture(scope="module")
def dataset():
    return simulate_individual_differences(n_participants=6, n_trials=80, random_state=2)[0]


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


def test_filters_on_any_signal(dataset):
    model = build_model(GivenRNN, 2, 1, 1, NetworkOptions())
    config = SpiceConfig(
        {"x_chosen": ["c_reward"]},
        {"x_chosen": [["c_action", 1, True], ["c_reward", 1, True]]},
        ["c_action", "c_reward"],
        ["x_chosen"],
    )
    trials, _ = read_conditions(dataset.xs[:1], 2)
    samples = sample_mechanisms(model, config, trials, Ids.of(trials, (0,), (0,)))["x_chosen"]
    assert samples.mask.sum() == trials.rewards.sum()
    regressions = set_up_regressions(model, config, trials, np.array([-1]), 2, OffPolicy(200), np.random.default_rng(0))
    # With the reward fixed at 1 every term with it stands for one without.
    names = np.array(regressions["x_chosen"].terms.names)[regressions["x_chosen"].allowed]
    assert not any("c_reward" in name for name in names)


def test_binary_rewards_have_no_square(dataset):
    model = build_model(GivenRNN, 2, 1, 1, NetworkOptions())
    trials, _ = read_conditions(dataset.xs[:1], 2)
    regression = set_up_regressions(
        model, SpiceConfig.from_model(GivenRNN), trials, np.array([-1]), 2, OffPolicy(200),
        np.random.default_rng(0),
    )["x_chosen"]  # fmt: skip
    allowed = np.array(regression.terms.names)[regression.allowed].tolist()
    assert "c_reward" in allowed
    assert "c_reward^2" not in allowed
    assert np.all(regression.solve(SparseOptions())[:, ~regression.allowed] == 0)
