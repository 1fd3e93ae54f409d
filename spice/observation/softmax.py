"""Likelihood of choices under logits."""

import torch
from torch import Tensor
from torch.nn.functional import log_softmax

NOT_ON_OFFER = -1e6
"""Logit of an arm that cannot be chosen."""


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


def on_offer(logits: Tensor, offered: Tensor | None) -> Tensor:
    """Logits with those of arms that are not on offer so low that they are never chosen.

    Parameters
    ----------
    logits : (T, [E,] S, A)
    offered : (T, S, A) bool, optional
        None where all arms always are.
    """
    if offered is None:
        return logits
    return logits.masked_fill(~(offered if logits.dim() == 3 else offered[:, None]), NOT_ON_OFFER)


def chance_nll(targets: Tensor, offered: Tensor | None) -> float:
    """Negative log-likelihood per choice, nats, of choosing at random among the arms on offer; NaN without choices.

    Parameters
    ----------
    targets : (T, S, A)
        One-hot, all zero where nothing is scored.
    offered : (T, S, A) bool, optional
    """
    n_offered = torch.full_like(targets[..., 0], targets.shape[-1]) if offered is None else offered.sum(-1)
    scored = targets.sum(-1)
    return float((scored * n_offered.to(scored).log()).sum() / scored.sum())


def arms(choices: Tensor) -> Tensor:
    """Number of each arm chosen (..., ) int16 of one-hot choices (..., A), -1 where there is none."""
    return torch.where(choices.sum(-1) > 0, choices.argmax(-1), -1).to(torch.int16)
