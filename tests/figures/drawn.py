"""What was drawn, read back from the artists: curves by their gid, ticks by their segments."""

from typing import Any

import numpy as np
import torch

from spice.precoded import ForgettingRNN
from spice.resources.bandits import (
    AgentNetwork,
)


def network(model: Any = ForgettingRNN, **sizes: Any) -> AgentNetwork:
    torch.manual_seed(0)
    return AgentNetwork(model(n_actions=2, **sizes))


def curve(axis: Any, key: str) -> np.ndarray:
    (line,) = [line for line in axis.lines if line.get_gid() == key]
    np.testing.assert_array_equal(line.get_xdata(), np.arange(1, len(line.get_xdata()) + 1))
    return np.asarray(line.get_ydata(), dtype=float)


def ticks(axis: Any, gid: str) -> dict[int, float]:
    """{trial: length of its tick}."""
    (collection,) = [c for c in axis.collections if c.get_gid() == gid]
    return {round(s[0, 0]): abs(s[1, 1] - s[0, 1]) for s in collection.get_segments()}


def words(axis: Any) -> str:
    titles = [axis.get_title(loc=loc) for loc in ("left", "right")]
    return " ".join([*titles, *(text.get_text() for text in axis.texts)])
