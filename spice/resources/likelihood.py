"""Likelihood of choices under logits."""

import torch
from torch import Tensor
from torch.nn.functional import log_softmax


def choice_nll(logits: Tensor, targets: Tensor) -> Tensor:
    """Negative log-likelihood of each choice, nats.

    Parameters
    ----------
    logits : (..., T, S, A) or (T, E, S, A) with targets (T, 1, S, A)
    targets : one-hot, all zero where nothing is scored

    Returns
    -------
    The logits' shape without arms; zero where nothing is scored.
    """
    return -(log_softmax(logits, dim=-1) * targets).sum(-1)


def choice_probabilities(logits: Tensor) -> Tensor:
    """Softmax (..., A) float64 of logits (..., A).

    Over the first axis, which torch is several times quicker at than over a last one as short as arms are.
    """
    return torch.softmax(logits.double().movedim(-1, 0).contiguous(), dim=0).movedim(0, -1)


def arms(choices: Tensor) -> Tensor:
    """Number of each arm chosen (..., ) int16 of one-hot choices (..., A), -1 where there is none."""
    return torch.where(choices.sum(-1) > 0, choices.argmax(-1), -1).to(torch.int16)
