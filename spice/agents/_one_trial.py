"""A trial of each session, as a rollout reads it."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from spice.data.trials import Trials


def one_trial(
    actions: Any, rewards: Any, shown: Any, additional: Any, blocks: Any, participants: Any, experiments: Any
) -> Trials:
    """The trials (1, S) that S sessions have just had.

    Parameters
    ----------
    actions, rewards, shown : (S, A)
        One-hot choices; scaled rewards, and whether they were shown.
    additional : (S, n_inputs)
    blocks, participants, experiments : (S,) of int

    Returns
    -------
    Trials
    """
    n = len(actions)

    def tensor(values: Any) -> Tensor:
        return torch.as_tensor(np.array(values, dtype=np.float32))[None]

    return Trials(
        actions=tensor(actions),
        rewards=tensor(rewards),
        shown=tensor(shown),
        additional=tensor(additional),
        blocks=torch.as_tensor(blocks)[None].long(),
        participants=participants,
        experiments=experiments,
        lengths=np.ones(n, dtype=int),
        rows=np.zeros((1, n), dtype=int),
        source=np.zeros((n, 1), dtype=int),
    )
