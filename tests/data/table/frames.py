"""Small tables of trials, with columns called as they are by default."""

from typing import Any

import numpy as np
import pandas as pd


def table(
    choices: Any = "0110", rewards: Any = (1, 0, 1, 1), participant: Any = "anna", **columns: Any
) -> pd.DataFrame:
    return pd.DataFrame({"session": participant, "choice": list(choices), "reward": list(rewards), **columns})


def random_table(n_people: int = 4, n_trials: int = 30, n_arms: int = 3, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = n_people * n_trials
    return pd.DataFrame(
        {
            "session": np.repeat(np.arange(n_people), n_trials),
            "choice": rng.integers(0, n_arms, n),
            "reward": rng.integers(0, 2, n),
        }
    )


def of_pairs() -> pd.DataFrame:
    """Three people who saw two of four options in each of 40 trials."""
    names = "abcd"
    rng = np.random.default_rng(0)
    pairs = [rng.permutation(4)[:2] for _ in range(120)]
    return pd.DataFrame(
        {
            "who": np.repeat(["ann", "bo", "cy"], 40),
            "on_left": [names[pair[0]] for pair in pairs],
            "on_right": [names[pair[1]] for pair in pairs],
            "choice": [names[pair[rng.integers(2)]] for pair in pairs],
            "reward": rng.integers(2, size=120),
        }
    )
