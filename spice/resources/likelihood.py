"""Likelihood of choices under logits."""

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


def mean_nll(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean over the scored choices."""
    return choice_nll(logits, targets).sum() / targets.sum().clamp(min=1)
