from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spice.datasets import simulate_individual_differences


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    """Six people in two blocks each, with labels and rewards as they come in real files."""
    dataset, _ = simulate_individual_differences(6, 30, n_sessions=2, random_state=1)
    xs = dataset.xs.numpy()
    chosen = xs[..., :2].argmax(-1)
    people, blocks = xs[..., -1].astype(int), xs[..., -3].astype(int)
    return pd.DataFrame(
        {
            "who": [f"person_{i} & co" for i in people.ravel()],
            "run": blocks.ravel(),
            "key": np.array(["left", "right"])[chosen.ravel()],
            "points": 10 * np.take_along_axis(xs[..., 2:4], chosen[..., None], -1).ravel(),
            "reaction time": np.random.default_rng(0).normal(size=chosen.size).round(3),
        }
    )


@pytest.fixture
def csv(table: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "choices.csv"
    table.to_csv(path, index=False)
    return path
