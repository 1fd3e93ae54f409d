"""Choices by number."""

import torch
from torch import Tensor


def chosen_arms(choices: Tensor) -> Tensor:
    """Number of each arm chosen (..., ) int16 of one-hot choices (..., A), -1 where there is none."""
    return torch.where(choices.sum(-1) > 0, choices.argmax(-1), -1).to(torch.int16)
