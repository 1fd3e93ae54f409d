from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from spice.datasets.simulate import (
    simulate_asymmetric_learning,
    simulate_choice_perseverance,
    simulate_forgetting,
    simulate_individual_differences,
    simulate_rescorla_wagner,
)
from spice.exceptions import ConfigError
from spice.resources.rnn_utils import DatasetRNN

Simulate = Callable[..., tuple[DatasetRNN, pd.DataFrame]]
PARAMETERS: dict[Simulate, dict[str, float]] = {
    simulate_rescorla_wagner: {"alpha": 0.3, "beta": 3.0},
    simulate_forgetting: {"alpha": 0.3, "forget_rate": 0.2, "beta": 3.0},
    simulate_choice_perseverance: {
        "alpha": 0.3,
        "forget_rate": 0.2,
        "beta": 3.0,
        "alpha_choice": 1.0,
        "beta_choice": 1.0,
    },
    simulate_asymmetric_learning: {"alpha_reward": 0.8, "alpha_penalty": 0.2, "beta": 3.0},
}


@pytest.mark.parametrize("simulate", PARAMETERS)
def test_defaults(simulate: Simulate) -> None:
    dataset, truth = simulate(random_state=0)
    assert dataset.xs.shape == (100, 100, 7)
    assert dataset.participants == tuple(range(100))
    assert truth.index.name == "participant"
    assert len(truth) == 100
    assert truth.iloc[[0, -1]].to_dict("records") == [PARAMETERS[simulate]] * 2


@pytest.mark.parametrize("simulate", [*PARAMETERS, simulate_individual_differences])
def test_seeds_repeat_and_others_differ(simulate: Simulate) -> None:
    (first, truth), (same, same_truth), (other, _) = (
        simulate(n_participants=4, n_trials=30, random_state=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(first.xs, same.xs)
    pd.testing.assert_frame_equal(truth, same_truth)
    assert not torch.equal(first.xs, other.xs)


def test_sessions_are_blocks_of_the_same_participant() -> None:
    dataset, truth = simulate_forgetting(3, 20, alpha=(0.1, 0.9), n_sessions=2, random_state=0)
    xs = dataset.xs.numpy()
    assert xs.shape == (6, 20, 7)
    np.testing.assert_array_equal(xs[:, 0, -1], [0, 0, 1, 1, 2, 2])
    np.testing.assert_array_equal(xs[:, 0, -3], [0, 1, 0, 1, 0, 1])
    assert dataset.blocks == (0, 1)
    assert len(truth) == 3


def test_people_stay_the_same_when_they_play_more_trials() -> None:
    _, short = simulate_individual_differences(5, 10, random_state=0)
    _, long = simulate_individual_differences(5, 30, n_sessions=2, random_state=0)
    pd.testing.assert_frame_equal(short, long)


def test_individual_differences_are_uniform_in_their_ranges() -> None:
    dataset, truth = simulate_individual_differences(random_state=0)
    assert dataset.xs.shape == (64, 200, 7)
    _, truth = simulate_individual_differences(4_000, 1, random_state=0)
    np.testing.assert_allclose(truth["alpha"].quantile([0.0, 0.5, 1.0]), [0.1, 0.5, 0.9], atol=0.02)
    np.testing.assert_allclose(truth["forget_rate"].quantile([0.0, 0.5, 1.0]), [0.05, 0.275, 0.5], atol=0.02)
    assert (truth["beta"] == 3.0).all()
    assert abs(truth["alpha"].corr(truth["forget_rate"])) < 0.05


def likelihood(dataset: DatasetRNN, equations: Callable[..., Any], beta: Any, beta_choice: float = 0.0) -> float:
    """Mean log-likelihood of the choices after the first, by the equations as they are documented."""
    xs = dataset.xs.numpy().astype(float)
    chosen, reward = xs[..., :2] == 1, np.where(xs[..., 2:4] == -1, 0.0, xs[..., 2:4])
    value, choice_value = np.full((len(xs), 2), 0.5), np.zeros((len(xs), 2))
    total = []
    for t in range(xs.shape[1]):
        logits = beta * value + beta_choice * choice_value
        log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        total.append(log_probs[chosen[:, t]])
        value = np.where(chosen[:, t], *equations(value, reward[:, t]))
        choice_value = chosen[:, t].astype(float)
    return float(np.mean(total[1:]))


def test_the_documented_equations_explain_the_choices_best() -> None:
    def asymmetric(value: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 0.8 * value + 0.8 * r - 0.6 * value * r, value

    def rescorla_wagner(value: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 0.7 * value + 0.3 * r, value

    def forgetting(value: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 0.7 * value + 0.3 * r, 0.8 * value + 0.1

    models = {
        "rescorla_wagner": (rescorla_wagner, 3.0, 0.0),
        "forgetting": (forgetting, 3.0, 0.0),
        "perseverance": (forgetting, 3.0, 1.0),
        "asymmetric": (asymmetric, 3.0, 0.0),
    }
    truths: dict[str, Simulate] = {
        "rescorla_wagner": simulate_rescorla_wagner,
        "forgetting": simulate_forgetting,
        "perseverance": simulate_choice_perseverance,
        "asymmetric": simulate_asymmetric_learning,
    }
    for name, simulate in truths.items():
        dataset, _ = simulate(n_participants=300, random_state=0)
        fits = {model: likelihood(dataset, *settings) for model, settings in models.items()}
        assert max(fits, key=fits.__getitem__) == name, fits


def test_each_person_plays_with_their_own_parameters() -> None:
    dataset, truth = simulate_individual_differences(200, 100, n_sessions=2, random_state=0)
    fits = []
    for alphas in (truth["alpha"], truth["alpha"].iloc[::-1]):
        alpha = np.repeat(alphas.to_numpy(), 2)[:, None]
        forget = np.repeat(truth["forget_rate"].to_numpy(), 2)[:, None]
        fits.append(
            likelihood(
                dataset,
                lambda v, r, a=alpha, f=forget: ((1 - a) * v + a * r, (1 - f) * v + 0.5 * f),
                3.0,
            )
        )
    assert fits[0] > fits[1] + 0.005


def test_sixteen_arms() -> None:
    dataset, _ = simulate_rescorla_wagner(3, 40, n_actions=16, random_state=0)
    assert dataset.xs.shape == (3, 40, 35)


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"n_participants": 0}, "n_participants"),
        ({"n_trials": 0}, "n_trials"),
        ({"n_sessions": 0}, "n_sessions"),
        ({"alpha": 1.5}, "alpha"),
        ({"alpha": (0.5, 1.5)}, "alpha"),
        ({"alpha": (0.5, 0.2)}, "alpha"),
        ({"alpha": (0.1, 0.2, 0.3)}, "alpha"),
        ({"forget_rate": -0.1}, "forget_rate"),
        ({"beta": np.inf}, "beta"),
        ({"sigma": -1}, "sigma"),
        ({"random_state": "a"}, "random_state"),
    ],
)
def test_bad_settings_are_named(settings: dict[str, Any], argument: str) -> None:
    with pytest.raises(ConfigError) as caught:
        simulate_forgetting(**settings)
    assert caught.value.argument == argument
