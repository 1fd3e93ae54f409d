"""What every observation promises: a likelihood of what people did, given the logits that a model ends in.

A model names its observation (`BaseRNN.observation`); training, refinement, agents, scores and files ask it for all
they know of likelihoods. A new one is a file beside this one: a name, parameters, and probabilities. What follows from
these (likelihood, Fisher information, chance, drawing) may be written out again where that is faster.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Floats = NDArray[np.float64]
Parameters = Mapping[str, Tensor]
"""Parameters of the observation of each sequence, {name: ([E,] S, 1)}."""

SMALLEST_PROBABILITY = 1e-12
NOT_ON_OFFER = -1e6
"""Logit of an arm that cannot be chosen."""


@dataclass(frozen=True)
class ObservationParameter:
    """A number of each person, or of everybody, that is fitted beside the mechanisms.

    It is fitted as a number without bounds: the logit of its place between them, or the logarithm of how far it is
    above the lower one.

    Attributes
    ----------
    name : str
        As equations and tables call it.
    start : float
    low, high : float
        Bounds, both excluded; `high` may be infinite.
    """

    name: str
    start: float
    low: float
    high: float

    def from_free(self, free: Tensor) -> Tensor:
        """The parameter of a number without bounds.

        Parameters
        ----------
        free : tensor of any shape

        Returns
        -------
        tensor of that shape
        """
        if math.isinf(self.high):
            return self.low + free.exp()
        return self.low + (self.high - self.low) * free.sigmoid()

    def to_free(self, values: Floats | float) -> Floats:
        """The number without bounds of a parameter: the inverse of `from_free`.

        Parameters
        ----------
        values : float or array of any shape

        Returns
        -------
        array of that shape
        """
        above = np.asarray(values, dtype=np.float64) - self.low
        if math.isinf(self.high):
            return np.asarray(np.log(above))
        return np.asarray(np.log(above) - np.log(self.high - self.low - above))

    def slope(self, values: Floats) -> Floats:
        """Derivative of the parameter by the number without bounds.

        Parameters
        ----------
        values : array of any shape
            Of the parameter.

        Returns
        -------
        array of that shape
        """
        above = values - self.low
        return above if math.isinf(self.high) else np.asarray(above * (1 - above / (self.high - self.low)))


class Observation:
    """A choice among arms; subclasses say how probable each is.

    Attributes
    ----------
    name : str
        By which files know it.
    columns : tuple of str
        What is observed, by name; targets hold choices only so far.
    parameters : tuple of ObservationParameter
    in_kernels : bool
        Whether compiled rollouts score it.
    """

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]] = ("choice",)
    parameters: ClassVar[tuple[ObservationParameter, ...]] = ()
    in_kernels: ClassVar[bool] = False

    def probabilities(self, logits: Tensor, parameters: Parameters) -> Tensor:
        """Probability of each arm.

        Parameters
        ----------
        logits : (T, [E,] S, A)
            `NOT_ON_OFFER` for arms that are not.
        parameters : mapping of name to ([E,] S, 1)

        Returns
        -------
        (T, [E,] S, A) float64
            Sums to 1 over the arms.
        """
        raise NotImplementedError

    def nll(self, logits: Tensor, parameters: Parameters, targets: Tensor) -> Tensor:
        """Negative log-likelihood of each choice, nats.

        Parameters
        ----------
        logits, parameters
            As in `probabilities`.
        targets : (T, S, A), or (T, 1, S, A) with an ensemble axis
            One-hot, all zero where nothing is scored.

        Returns
        -------
        (T, [E,] S)
            Zero where nothing is scored.
        """
        p = self.probabilities(logits, parameters).clamp_min(SMALLEST_PROBABILITY)
        return -(p.log() * targets).sum(-1).to(logits)

    def information(
        self, logits: Tensor, parameters: Parameters, widths: Floats, targets: Tensor
    ) -> tuple[Floats, Floats, Floats]:
        """Sums over the choices of each sequence, from logits and parameters that are moved a little.

        Parameters
        ----------
        logits : (T, 1 + K, S, A)
            First as they are, then with each of K parameters moved; float64.
        parameters : mapping of name to (1 + K, S, 1)
        widths : (S, K)
            By how much.
        targets : (T, S, A)

        Returns
        -------
        nll (S,), gradient (S, K), Fisher information (S, K, K)
        """
        p = self.probabilities(logits, parameters).clamp_min(SMALLEST_PROBABILITY)
        now, moved = p[:, 0], p[:, 1:].transpose(1, 2)
        slopes = (moved - now[:, :, None]) / torch.as_tensor(widths)[..., None]
        scored = targets.double()
        nll = -(scored * now.log()).sum((0, 2))
        gradient = -(slopes * (scored / now)[:, :, None]).sum((0, 3))
        weights = scored.sum(-1, keepdim=True) / now
        information = torch.einsum("tska,tsja,tsa->skj", slopes, slopes, weights)
        return nll.numpy(), gradient.numpy(), information.numpy()

    def chance(self, targets: Tensor, offered: Tensor | None) -> float:
        """Negative log-likelihood per choice of choosing at random among the arms on offer.

        Parameters
        ----------
        targets : (T, S, A)
            One-hot, all zero where nothing is scored.
        offered : (T, S, A) bool, optional

        Returns
        -------
        float
            Nats; NaN without choices.
        """
        n_offered = torch.full_like(targets[..., 0], targets.shape[-1]) if offered is None else offered.sum(-1)
        scored = targets.sum(-1)
        return float((scored * n_offered.to(scored).log()).sum() / scored.sum())

    def sample(self, probabilities: Floats, generator: np.random.Generator) -> NDArray[np.int_]:
        """Draw an arm for each session.

        Parameters
        ----------
        probabilities : (..., A) array of float
        generator : numpy.random.Generator

        Returns
        -------
        (...,) array of int
        """
        # Borders that rounding puts below 1 at the end are 1, so that there is an arm for every draw.
        borders = np.cumsum(probabilities, axis=-1)
        borders[borders >= borders[..., -1:]] = 1.0
        return np.asarray(np.sum(generator.random(borders.shape[:-1])[..., None] >= borders, axis=-1))


def on_offer(logits: Tensor, offered: Tensor | None) -> Tensor:
    """Logits with those of arms that are not on offer so low that they are never chosen.

    Parameters
    ----------
    logits : (T, [E,] S, A)
    offered : (T, S, A) bool, optional
        None where all arms always are.

    Returns
    -------
    (T, [E,] S, A)
    """
    if offered is None:
        return logits
    return logits.masked_fill(~(offered if logits.dim() == 3 else offered[:, None]), NOT_ON_OFFER)
