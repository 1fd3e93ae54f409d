"""Fits on tasks that nothing here was tuned on: a small part of `benchmarks/robustness.py`, judged as that is."""

import numpy as np
import pytest
from tasks import KINDS, RULES, Rules, maximum_likelihood, play

from spice.estimator import SpiceEstimator
from spice.model.scored_trials import ScoredTrials
from spice.precoded import MODELS

CASES = [
    ("rescorla-wagner", 12, 360, "reversal", 0),
    ("rescorla-wagner", 1, 200, "reversal", 1),
    ("rescorla-wagner", 20, 100, "four arms", 2),
    ("forgetting", 4, 200, "graded", 0),
    ("learning-rate", 12, 200, "drift", 1),
    ("participant-embedding", 12, 200, "drift", 2),
    ("participant-embedding", 1, 300, "graded", 0),
    ("choice", 12, 200, "stationary", 1),
    ("reward-choice", 4, 200, "reversal", 2),
    ("weinhardt-2024", 4, 200, "reversal", 2),
    ("weinhardt-2025", 4, 200, "reversal", 2),
]


@pytest.mark.filterwarnings("error::spice.exceptions.FitWarning")
@pytest.mark.parametrize(("model", "people", "trials", "kind", "seed"), CASES)
def test_a_fit_comes_close_to_maximum_likelihood(model, people, trials, kind, seed):
    rules, free = RULES[model]
    played = play(kind, rules, people, trials, seed)
    xs, ys = played.arrays
    _, limit = maximum_likelihood(played, free)
    estimator = SpiceEstimator(MODELS[model], n_actions=played.n_arms, random_state=seed).fit(xs, ys)
    network, equations = (
        ScoredTrials.of(xs, ys, agent).mean_nll(agent) for agent in (estimator.rnn_agent_, estimator.spice_agent_)
    )
    assert network < min(np.log(played.n_arms), limit + 0.05)
    assert equations < limit + 0.01


def test_people_who_differ_are_told_apart_whatever_the_seed():
    alphas, betas = (0.1, 0.9, 0.4, 0.6, 0.25, 0.75), (6.0, 2.0, 8.0, 1.0, 4.0, 5.0)
    people = [
        play("reversal", Rules(alpha=a, beta=b), 1, 300, k) for k, (a, b) in enumerate(zip(alphas, betas, strict=True))
    ]
    xs, ys = (np.concatenate(parts) for parts in zip(*(person.arrays for person in people), strict=True))
    xs[..., -1] = np.arange(len(people))[:, None]
    found = []
    for seed in range(3):
        estimator = SpiceEstimator(MODELS["participant-embedding"], random_state=seed).fit(xs, ys)
        rates = estimator.equations_.canonical().learning_rates()["x_value_reward_chosen"]
        assert np.corrcoef(list(rates.values()), alphas)[0, 1] > 0.6
        found.append(estimator.score(xs, ys))
    assert np.ptp(found) < 0.003


def test_the_simulated_tasks_are_what_they_say():
    assert {play(kind, Rules(), 3, 90, 0).n_arms for kind in KINDS} == {2, 4}
    played = play("reversal", Rules(), 200, 80, 0)
    first, second = (played.choices[:, 30:40] == 0).mean(), (played.choices[:, 70:80] == 0).mean()
    assert first > 0.6 > 0.4 > second
    assert len(np.unique(play("graded", Rules(), 3, 90, 0).rewards)) > 100
