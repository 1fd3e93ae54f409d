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
