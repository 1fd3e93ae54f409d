"""Some of the arms on offer in each trial: what is not on offer cannot be chosen."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN

from spice.agents.rescorla_wagner import fit_rescorla_wagner
from spice.data.targets import read_targets
from spice.data.trials import read_conditions
from spice.estimator import SpiceConfig, SpiceEstimator
from spice.exceptions import DataError
from spice.model.scored_trials import ScoredTrials
from spice.observation.softmax import SOFTMAX
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.bandits import AgentQ, get_update_dynamics
from spice.resources.rnn_utils import DatasetRNN, split_data_along_timedim

Arrays = tuple[NDArray[np.float64], NDArray[np.float64]]


def pairs(n_people: int = 20, n_trials: int = 120, beta: float = 5.0, forced: float = 0.0, seed: int = 0) -> Arrays:
    """People who see two of four arms, or now and then one, and learn their values at a rate of .4."""
    rng = np.random.default_rng(seed)
    xs, ys = np.zeros((n_people, n_trials, 11)), np.full((n_people, n_trials, 4), np.nan)
    for person in range(n_people):
        value = np.full(4, 0.5)
        for t in range(n_trials):
            two = rng.choice(4, 1 if rng.random() < forced else 2, replace=False)
            weights = np.exp(beta * value[two])
            choice = rng.choice(two, p=weights / weights.sum())
            reward = float(rng.random() < (0.8, 0.6, 0.4, 0.2)[choice])
            value[choice] += 0.4 * (reward - value[choice])
            action = np.full(4, -1.0)
            action[two] = 0.0
            action[choice] = 1.0
            xs[person, t] = [*action, *np.where(action == 1, reward, -1.0), 0, 0, person]
    ys[:, :-1] = xs[:, 1:, :4]
    return xs, ys


@pytest.fixture(scope="module")
def data() -> Arrays:
    return pairs()


@pytest.fixture(scope="module")
def fitted(data: Arrays) -> SpiceEstimator:
    return SpiceEstimator(RescorlaWagnerRNN, n_actions=4, random_state=0).fit(*data)


def test_the_truth_is_found(data: Arrays, fitted: SpiceEstimator) -> None:
    equations = fitted.equations_.canonical()
    assert equations.learning_rates()["x_value_reward_chosen"][0] == pytest.approx(0.4, abs=0.06)
    # Without an inverse temperature the values of arms always and never rewarded are that far apart.
    (own, reward) = (equations.coefficients.values["x_value_reward_chosen"][0, k] for k in (1, 2))
    raw = fitted.equations_.coefficients.values["x_value_reward_chosen"][0]
    assert raw[2] / (1 - raw[1]) == pytest.approx(5.0, abs=0.8)
    assert own + reward == pytest.approx(1.0, abs=1e-6)
    assert -fitted.score(*data) < 0.60


def test_probabilities_are_of_what_is_on_offer(data: Arrays, fitted: SpiceEstimator) -> None:
    xs, _ = data
    for p in fitted.predict(xs):
        np.testing.assert_allclose(p.sum(-1), 1.0, atol=1e-9)
        assert (p[:, :-1][xs[:, 1:, :4] == -1] == 0).all()
        assert (p[:, :-1][xs[:, 1:, :4] >= 0] > 0).all()
        # Of the choice after the last trial nothing is known.
        assert (p[:, -1] > 0).all()


@pytest.mark.parametrize(
    ("model", "config"),
    [(ParticipantEmbeddingRNN, None), (ForgettingRNN, None), (OwnForwardRNN, OWN_FORWARD_CONFIG)],
)
def test_kernels_and_reference_score_alike(
    model: type, config: SpiceConfig | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    xs, ys = pairs(3, 30, forced=0.2)
    estimator = SpiceEstimator(model, config, n_actions=4, epochs=2, random_state=0).fit(xs, ys)
    agent = estimator.rnn_agent_
    scored = ScoredTrials.of(xs, ys, agent)
    kernels = agent.run(scored.trials).nll(scored.targets)
    p = estimator.predict(xs)[0]
    several = (ys >= 0).sum(-1) > 1
    by_hand = -np.log((p * (ys == 1)).sum(-1)[several]).sum()
    assert float(kernels.sum()) == pytest.approx(by_hand, rel=1e-5)
    monkeypatch.setattr("spice.model.run.can_compile", lambda *_: False)
    torch.testing.assert_close(agent.run(scored.trials).nll(scored.targets), kernels, rtol=1e-4, atol=1e-4)


def test_chance_is_that_of_what_was_on_offer() -> None:
    xs, ys = pairs(2, 40, forced=0.3)
    trials, _ = read_conditions(xs, 4)
    targets, trials = read_targets("targets", ys, xs.shape, trials)
    assert SOFTMAX.chance(targets, trials.offered) == pytest.approx(np.log(2))
    assert SOFTMAX.chance(targets, None) == pytest.approx(np.log(4))
    # A forced choice is learned from, and not scored.
    assert float(targets.sum()) == ((ys >= 0).sum(-1) == 2).sum()
    assert trials.lengths.tolist() == [40, 40]


def test_the_first_choice_is_one_of_those_on_offer(fitted: SpiceEstimator) -> None:
    xs, _ = pairs(1, 5)
    late = np.concatenate([np.full((1, 2, 11), np.nan), xs], axis=1)
    late[:, :2, -3:] = xs[:, :2, -3:]
    p = fitted.predict(late)[1]
    np.testing.assert_array_equal(p[0, 0], np.where(xs[0, 0, :4] >= 0, 0.5, 0.0))


def test_a_data_set_keeps_what_was_on_offer(fitted: SpiceEstimator) -> None:
    xs, ys = pairs(4, 60)
    whole = DatasetRNN(xs, ys)
    assert fitted.score(whole.xs, whole.ys) == pytest.approx(fitted.score(xs, ys), abs=1e-6)
    train, test = split_data_along_timedim(whole, 0.5)
    assert ScoredTrials.of(test.xs, test.ys, fitted.rnn_agent_).chance == pytest.approx(np.log(2))
    in_stretches = DatasetRNN(xs, ys, sequence_length=7, stride=7)
    # The choice after the end of a stretch has its offers from the targets.
    assert ScoredTrials.of(in_stretches.xs, in_stretches.ys, fitted.rnn_agent_).chance == pytest.approx(np.log(2))
    assert train.xs.shape[1] <= 31


def test_agents_choose_among_what_is_on_offer() -> None:
    agent = AgentQ(n_actions=4, beta_reward=3.0, random_state=0)
    agent.update(2, [np.nan, np.nan, 1.0, np.nan])
    offered = np.array([True, False, False, True])
    np.testing.assert_allclose(agent.get_choice_probs(offered), [0.5, 0, 0, 0.5])
    assert {agent.get_choice(offered) for _ in range(50)} == {0, 3}
    agent.deterministic = True
    assert agent.get_choice() == 2
    assert agent.get_choice([True, True, False, False]) == 0


def test_a_recorded_session_is_lived_through_with_its_offers(fitted: SpiceEstimator) -> None:
    xs, _ = pairs(1, 20)
    _, p, _ = get_update_dynamics(xs[0], fitted.spice_agent_)
    np.testing.assert_array_equal(p == 0, xs[0, :, :4] == -1)
    np.testing.assert_allclose(p[1:], fitted.predict(xs)[1][0, :-1], atol=1e-6)


def test_an_arm_that_was_not_on_offer_cannot_have_been_chosen() -> None:
    xs, _ = pairs(1, 5)
    xs[0, 2, :4] = [-1, -1, 0, 0]
    with pytest.raises(DataError, match="on offer"):
        read_conditions(xs, 4)


def test_the_textbook_benchmark_knows_what_was_on_offer(data: Arrays) -> None:
    agent = fit_rescorla_wagner(list(data[0][:8]), 4)
    assert agent.parameters["alpha_reward"] == pytest.approx(0.4, abs=0.1)
    assert agent.parameters["beta_reward"] == pytest.approx(5.0, abs=1.0)
