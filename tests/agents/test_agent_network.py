"""A network a trial at a time."""

import numpy as np
import pytest
import torch
from quick_fit import few_people, quick
from rollout.slow_loop import NAN, EverythingRNN

from spice.data.trials import read_conditions
from spice.datasets import simulate_forgetting
from spice.exceptions import DataError
from spice.model import run as model_run
from spice.precoded import LearningRateRNN, RewardChoiceRNN
from spice.resources.bandits import AgentNetwork
from spice.resources.rnn import BaseRNN
from spice.rollout.networks import NetworkOptions, network_options


@pytest.fixture(params=["compiled", "reference"])
def run_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models choose the compiled rollout themselves wherever it can run."""
    if request.param == "reference":
        monkeypatch.setattr(model_run, "can_compile", lambda *_: False)


@pytest.mark.usefixtures("run_by")
@pytest.mark.parametrize("n_actions", [2, 5])
@pytest.mark.parametrize("model_class", [EverythingRNN, LearningRateRNN, RewardChoiceRNN])
def test_an_agent_a_trial_at_a_time_is_the_rollout(model_class: type[BaseRNN], n_actions: int) -> None:
    rng = np.random.default_rng(9)
    n_trials = 14
    choices = rng.integers(0, n_actions, n_trials)
    choices[[3, 4, 9]] = -1
    rewards = rng.uniform(-2, 3, size=(n_trials, n_actions))
    rewards[rng.uniform(size=rewards.shape) < 0.3] = NAN
    rewards[np.arange(n_trials), choices] = rng.uniform(-2, 3, n_trials)
    additional = np.stack([rng.normal(size=n_trials), rng.integers(0, 2, n_trials)], -1)
    blocks = np.repeat([0, 1], n_trials // 2)
    xs = np.column_stack(
        [np.eye(n_actions)[choices], rewards, additional, blocks, np.zeros(n_trials), np.ones(n_trials)]
    )
    xs[choices < 0, : 2 * n_actions] = NAN
    torch.manual_seed(0)
    with network_options(NetworkOptions(hidden_size=5)):
        model = model_class(n_actions=n_actions, n_participants=2)
    agent = AgentNetwork(model, reward_range=(-2.0, 3.0))
    trials, _ = read_conditions(xs, n_actions, agent.reward_range)
    logits = trials.scatter(agent.run(trials).logits.double().numpy(), before_first=np.full((1, n_actions), NAN))[0]
    agent.new_sess(participant_id=1)
    for t in range(n_trials):
        agent.update(choices[t], rewards[t], block=blocks[t], additional_inputs=additional[t])
        np.testing.assert_allclose(agent.q, logits[t], atol=2e-6, err_msg=f"trial {t}")
    assert np.abs(np.diff(logits, axis=0)).max() > 0.01
    held = agent.q.copy()
    agent.update(-1, np.full(n_actions, NAN))
    np.testing.assert_array_equal(agent.q, held)


def test_nobody_in_particular_is_the_population():
    agent = quick().fit(*few_people()).spice_agent
    probabilities = []
    for ids in ({}, {"participant_id": 12345}, {"participant_id": 0}):
        agent.new_sess(**ids)
        agent.update(0, [1.0, -1])
        probabilities.append(agent.get_choice_probs())
    np.testing.assert_array_equal(probabilities[0], probabilities[1])
    assert np.abs(probabilities[0] - probabilities[2]).max() > 1e-5


def test_a_data_set_is_no_choice():
    dataset, _ = simulate_forgetting(n_participants=3, n_trials=5, random_state=0)
    agent = AgentNetwork(RewardChoiceRNN(n_actions=2))
    with pytest.raises(DataError, match=r"choice: expected one whole number, but got a DatasetRNN\. Pass the index"):
        agent.update(dataset, [1.0, -1.0])
    with pytest.raises(DataError, match=r"reward: expected one reward per arm, shape \(2,\), but got a DatasetRNN"):
        agent.update(0, dataset)
    agent.new_sess(n_sessions=3)
    with pytest.raises(DataError, match=r"choice: expected one choice per session, shape \(3,\), but got a DatasetRNN"):
        agent.update(dataset, [[1.0, -1.0]] * 3)
