"""Known truth comes back: canonical slopes against maximum likelihood of the true structure on the same data."""

import numpy as np
import pytest
from maximum_likelihood import fit_q_learning, q_learning_nll

from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.precoded import ChoiceRNN, ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.bandits import AgentQ, BanditsDrift, create_dataset

CHOSEN, NOT_CHOSEN, RATE = "x_value_reward_chosen", "x_value_reward_not_chosen", "x_learning_rate_reward"
TOLERANCE = 0.03


def simulate(agents, n_trials=100, n_sessions=100):
    """Sessions of each agent with the agent's position as participant id; arrays and (choices, rewards) of each."""
    xs, ys, behaviour = [], [], []
    for participant, agent in enumerate(agents):
        dataset, sessions, _ = create_dataset(
            agent, BanditsDrift(sigma=0.2), n_trials, n_sessions, random_state=10 + participant
        )
        conditions = dataset.xs.numpy().copy()
        conditions[..., -1] = participant
        xs.append(conditions)
        ys.append(dataset.ys.numpy())
        choices = np.array([s.choices for s in sessions])
        rewards = np.array([s.rewards for s in sessions])
        behaviour.append((choices, np.take_along_axis(rewards, choices[..., None], -1)[..., 0]))
    return np.concatenate(xs), np.concatenate(ys), behaviour


def fit(model, xs, ys, degree):
    estimator = SpiceEstimator(
        model, epochs=64, spice_library_polynomial_degree=degree, random_state=0, n_trials_off_policy=500
    )
    return estimator.fit(xs, ys).equations_


def assert_learning(terms, truth):
    assert set(terms) <= {CHOSEN, "c_reward", "1"}
    assert terms[CHOSEN] == pytest.approx(1 - truth["alpha"], abs=TOLERANCE)
    assert terms["c_reward"] == pytest.approx(truth["alpha"], abs=TOLERANCE)


def assert_forgetting(terms, truth):
    assert set(terms) <= {NOT_CHOSEN, "1"}
    assert terms[NOT_CHOSEN] == pytest.approx(1 - truth["forget"], abs=TOLERANCE)


def test_rescorla_wagner():
    xs, ys, [(choices, rewards)] = simulate([AgentQ(alpha_reward=0.3)])
    truth = fit_q_learning(choices, rewards, {"alpha": 0.5, "beta": 2.0})
    equations = fit(RescorlaWagnerRNN, xs, ys, degree=2).canonical()
    assert_learning(equations.terms(0)[CHOSEN], truth)
    assert equations.inverse_temperatures(0)["x_value_reward"] == pytest.approx(truth["beta"], abs=0.3)


def test_forgetting():
    xs, ys, [(choices, rewards)] = simulate([AgentQ(alpha_reward=0.3, forget_rate=0.2)])
    truth = fit_q_learning(choices, rewards, {"alpha": 0.5, "forget": 0.5, "beta": 2.0})
    terms = fit(ForgettingRNN, xs, ys, degree=2).canonical().terms(0)
    assert_learning(terms[CHOSEN], truth)
    assert_forgetting(terms[NOT_CHOSEN], truth)


def test_hard_coded_prediction_error():
    xs, ys, [(choices, rewards)] = simulate([AgentQ(alpha_reward=0.3, forget_rate=0.2)])
    truth = fit_q_learning(choices, rewards, {"alpha": 0.5, "forget": 0.5, "beta": 2.0})
    equations = fit(LearningRateRNN, xs, ys, degree=2)
    terms = equations.terms(0)
    assert set(terms[RATE]) == {"1"}
    assert terms[RATE]["1"] == pytest.approx(truth["alpha"], abs=TOLERANCE)
    assert_forgetting(terms[NOT_CHOSEN], truth)
    assert equations.inverse_temperatures(0)["x_value_reward"] == pytest.approx(truth["beta"], abs=0.3)


def test_two_people():
    agents = [AgentQ(alpha_reward=alpha, forget_rate=0.2) for alpha in (0.2, 0.8)]
    xs, ys, behaviour = simulate(agents)
    equations = fit(ParticipantEmbeddingRNN, xs, ys, degree=2).canonical()
    for participant, (choices, rewards) in enumerate(behaviour):
        truth = fit_q_learning(choices, rewards, {"alpha": 0.5, "forget": 0.5, "beta": 2.0})
        assert_learning(equations.terms(participant)[CHOSEN], truth)
        assert_forgetting(equations.terms(participant)[NOT_CHOSEN], truth)


def test_choice_perseverance():
    agent = AgentQ(alpha_reward=0.3, forget_rate=0.2, beta_choice=1.0, alpha_choice=1.0)
    xs, ys, [(choices, rewards)] = simulate([agent])
    start = {"alpha": 0.5, "forget": 0.5, "beta": 2.0, "beta_choice": 0.5, "alpha_choice": 0.8}
    truth = fit_q_learning(choices, rewards, start)
    equations = fit(ChoiceRNN, xs, ys, degree=1).canonical()
    terms = equations.terms(0)
    assert_learning(terms[CHOSEN], truth)
    assert_forgetting(terms[NOT_CHOSEN], truth)
    for mechanism in ("x_value_choice_chosen", "x_value_choice_not_chosen"):
        slope = terms[mechanism].get(mechanism, 0.0)
        assert slope == pytest.approx(1 - truth["alpha_choice"], abs=TOLERANCE)
    assert equations.inverse_temperatures(0)["x_value_choice"] == pytest.approx(truth["beta_choice"], abs=0.15)


def test_asymmetric_learning_rates_need_degree_two():
    xs, ys, _ = simulate([AgentQ(alpha_reward=0.8, alpha_penalty=0.2)], n_sessions=200)
    terms = fit(RescorlaWagnerRNN, xs, ys, degree=2).canonical().terms(0)[CHOSEN]
    # 0.8 V + 0.8 r - 0.6 V r
    assert terms[CHOSEN] == pytest.approx(0.8, abs=0.06)
    assert terms["c_reward"] == pytest.approx(0.8, abs=0.06)
    assert terms[f"{CHOSEN} c_reward"] == pytest.approx(-0.6, abs=0.08)


def test_documented_defaults():
    agent = AgentQ(n_actions=2, alpha_reward=0.6, alpha_penalty=0.6, forget_rate=0.3)
    dataset, sessions, _ = create_dataset(agent, BanditsDrift(sigma=0.2), n_trials=200, n_sessions=256, random_state=0)
    estimator = SpiceEstimator(rnn_class=ForgettingRNN, random_state=0).fit(dataset.xs, dataset.ys)
    choices = np.array([s.choices for s in sessions])
    rewards = np.take_along_axis(np.array([s.rewards for s in sessions]), choices[..., None], -1)[..., 0]
    truth = fit_q_learning(choices, rewards, {"alpha": 0.5, "forget": 0.5, "beta": 2.0})
    terms = estimator.equations_.canonical().terms(17)
    assert_learning(terms[CHOSEN], truth)
    assert_forgetting(terms[NOT_CHOSEN], truth)


def test_individual_differences():
    """64 people: learning rates are recovered and choices not seen are predicted near the limit."""
    train, truth = simulate_individual_differences(n_participants=64, n_trials=200, n_sessions=2, random_state=5)
    first = train.xs[:, 0, -3] == 0
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=60, random_state=0)
    estimator.fit(train.xs[first], train.ys[first])
    rates = estimator.equations_.canonical().learning_rates()[CHOSEN]
    assert np.corrcoef([rates[p] for p in truth.index], truth["alpha"])[0, 1] > 0.85
    held_out = -estimator.score(train.xs[~first], train.ys[~first])
    choices = train.xs[~first][..., :2].argmax(-1).numpy()
    rewards = (train.xs[~first][..., 2:4] * train.xs[~first][..., :2]).sum(-1).numpy()
    limit = sum(
        q_learning_nll(choices[[p]], rewards[[p]], row["alpha"], row["forget_rate"], row["beta"])
        for p, row in truth.iterrows()
    ) / (choices.size - len(choices))
    assert limit < held_out < limit + 0.012
