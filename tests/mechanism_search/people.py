"""People of whom it is known what they do."""

import numpy as np
import torch
from tasks import Rules, differing, play

from spice.data.dataset import DatasetRNN

PLAIN = Rules(alpha=0.4, beta=4.0)
PERSEVERING = Rules(alpha=0.4, beta=4.0, beta_choice=1.5, alpha_choice=0.5)
FORGETTING = Rules(alpha=0.5, forget=0.35, beta=4.0)


def people(rules: Rules, n_people: int = 24, n_trials: int = 150, kind: str = "drift", seed: int = 0) -> DatasetRNN:
    """Choices of people who differ around rules."""
    return DatasetRNN(*play(kind, differing(rules, n_people, seed), n_people, n_trials, seed).arrays)


def learners(sees_both: bool = False, lapse: float = 0.0, n_people: int = 16, n_trials: int = 150) -> DatasetRNN:
    """People with a learning rate of .3 who see what the other arm would have paid too, or choose blindly at times."""
    rng = np.random.default_rng(3)
    better = rng.integers(0, 2, (n_people, n_trials // 30)).repeat(30, 1)
    pays = rng.random((n_people, n_trials, 2)) < np.where(np.arange(2) == better[..., None], 0.8, 0.2)
    value = np.full((n_people, 2), 0.5)
    xs, ys = np.zeros((n_people, n_trials, 7)), np.full((n_people, n_trials, 2), np.nan)
    for t in range(n_trials):
        p = lapse / 2 + (1 - lapse) / (1 + np.exp(-8 * (value[:, 1] - value[:, 0])))
        chosen = np.eye(2)[(rng.random(n_people) < p).astype(int)]
        seen = pays[:, t] if sees_both else np.where(chosen == 1, pays[:, t], np.nan)
        xs[:, t, :2], xs[:, t, 2:4] = chosen, seen
        value = np.where(np.isnan(seen), value, value + 0.3 * (seen - value))
        if t:
            ys[:, t - 1] = chosen
    xs[..., -1] = np.arange(n_people)[:, None]
    return DatasetRNN(torch.tensor(xs, dtype=torch.float32), torch.tensor(ys, dtype=torch.float32))


def gated_people(n_people: int, n_trials: int, seed: int = 0) -> DatasetRNN:
    """People who learn quickly where `delay` is 1 and slowly where it is -1, which nothing else depends on."""
    rng = np.random.default_rng(seed)
    xs, ys = np.zeros((n_people, n_trials, 8)), np.zeros((n_people, n_trials, 2))
    quick, slow = (sigmoid(rng.normal(mean, 0.4, n_people)) for mean in (1.0, -2.5))
    beta = 4.0 * np.exp(0.3 * rng.normal(size=n_people))
    everybody, values, worth = np.arange(n_people), np.full((n_people, 2), 0.5), rng.normal(size=(n_people, 2))
    for t in range(n_trials):
        worth = 0.96 * worth + 0.3 * rng.normal(size=worth.shape)
        choice = (rng.random(n_people) < sigmoid(beta * (values[:, 1] - values[:, 0]))).astype(int)
        reward = rng.random(n_people) < sigmoid(worth[everybody, choice])
        delay = rng.choice([-1.0, 1.0], n_people)
        if t:
            ys[everybody, t - 1, choice] = 1
        xs[everybody, t, choice], xs[everybody, t, 2 + choice], xs[:, t, 4] = 1, reward, delay
        rate = np.where(delay > 0, quick, slow)
        values[everybody, choice] += rate * (reward - values[everybody, choice])
    xs[..., -1] = everybody[:, None]
    return DatasetRNN(xs[:, :-1], ys[:, :-1], additional_inputs=["delay"])


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))
