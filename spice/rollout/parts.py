"""Parts that models are set up from, and what is seen of them from outside."""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from spice.declaration.mechanisms import Input, Mechanism
from spice.exceptions import ConfigError

MIN_LOG_BETA, MAX_LOG_BETA = -6.0, 6.0
SMALLEST_BETA = math.exp(MIN_LOG_BETA)


def dropout_mask(
    shape: Sequence[int], dropout: float, generator: torch.Generator | None, device: torch.device
) -> Tensor:
    """0 with probability `dropout`, else 1 / (1 - dropout)."""
    keep = 1.0 - dropout
    return torch.empty(tuple(shape)).bernoulli_(keep, generator=generator).div_(keep).to(device)


EMBEDDING_CENTRE, EMBEDDING_SPREAD = 2.0, 0.3
"""Mean and standard deviation of features where the embeddings of a declared model begin.

Their rectifier silences what is below zero: around zero it would hide half of what people differ in, from the networks
and from the gradient.
"""


class IdEmbedding(nn.Module):
    """One vector a participant (or experiment), and one row more for ids never seen: the mean of all.

    Parameters
    ----------
    num_embeddings, embedding_size : int
        Ids, and features of each.
    leaky_relu, dropout : float
        Slope for negative values, and share of features silenced in training.

    Attributes
    ----------
    centre : float
        Value of each feature that people are expected around.
    """

    def __init__(self, num_embeddings: int, embedding_size: int, leaky_relu: float, dropout: float) -> None:
        super().__init__()
        self.table = nn.Embedding(num_embeddings + 1, embedding_size)
        self.activation = nn.LeakyReLU(leaky_relu)
        self.dropout = dropout
        self.centre = 0.0
        self.generator: torch.Generator | None = None

    def start_around(self, centre: float, spread: float) -> None:
        """Let people begin alike but for a little.

        Parameters
        ----------
        centre : float
            Value of each feature that people begin around.
        spread : float
            Standard deviation of people around it.
        """
        self.centre = centre
        with torch.no_grad():
            self.table.weight.mul_(spread).add_(centre)

    def forward(self, ids: Tensor) -> Tensor:
        """Features of each id.

        Parameters
        ----------
        ids : tensor of any shape
            Rows of the embedding; the last is that of ids never seen.

        Returns
        -------
        (…, embedding_size)
        """
        features: Tensor = self.activation(self.table(ids.long()))
        if self.training and self.dropout > 0:
            return features * dropout_mask(features.shape, self.dropout, self.generator, features.device)
        return features


Activation = Callable[[Tensor], Tensor] | type[nn.Module]


def start_people_alike(model: nn.Module, readers: Sequence[tuple[nn.Linear, int]]) -> None:
    """Let embeddings begin where their rectifier passes, and what reads them work as around zero.

    Parameters
    ----------
    model : Module
        Whose embeddings begin there.
    readers : sequence of (Linear, int)
        Layers, and how many of their last inputs are features of embeddings.
    """
    for embedding in model.modules():
        if isinstance(embedding, IdEmbedding):
            embedding.start_around(EMBEDDING_CENTRE, EMBEDDING_SPREAD)
    with torch.no_grad():
        for layer, n_features in readers:
            layer.bias.sub_(EMBEDDING_CENTRE * layer.weight[:, -n_features:].sum(1))


class InverseTemperature(nn.Module):
    """A positive factor of a state in the logits: shared, or a function of the participant's embedding.

    Parameters
    ----------
    embedding_size : int, optional
        None: one factor for all.
    activation : module, its class, or function, optional
        What makes a positive number of a linear one; by default its exponential.
    """

    def __init__(self, embedding_size: int | None, activation: Activation | None = None) -> None:
        super().__init__()
        self.log_beta = nn.Linear(embedding_size, 1) if embedding_size else nn.Parameter(torch.zeros(1))
        self.activation = activation() if isinstance(activation, type) else activation
        # A factor of 1, which a rectifier lets through too.
        start = nn.init.zeros_ if activation is None else nn.init.ones_
        start(self.log_beta.bias if isinstance(self.log_beta, nn.Linear) else self.log_beta)

    def forward(self, embedding: Tensor | None = None) -> Tensor:
        """The factor, of everybody or of each participant.

        Parameters
        ----------
        embedding : (…, embedding_size), optional
            Not needed where one factor is shared.

        Returns
        -------
        (1,) where shared, else (…, 1)

        Raises
        ------
        ConfigError
            Where participants have factors of their own and no embedding is given.
        """
        if isinstance(self.log_beta, nn.Linear):
            if embedding is None:
                raise ConfigError(
                    "inverse temperature",
                    "the participants' embedding",
                    "none",
                    "Call betas[state](embedding), and keep the embedding of the participants as "
                    "self.participant_embedding.",
                )
            log_beta = self.log_beta(embedding)
        else:
            log_beta = self.log_beta
        if self.activation is not None:
            return self.activation(log_beta).clamp_min(SMALLEST_BETA)
        return log_beta.clamp(MIN_LOG_BETA, MAX_LOG_BETA).exp()  # type: ignore[no-any-return]


class ModuleCall:
    """One call of a mechanism in a forward of one's own, as seen from outside.

    Parameters
    ----------
    state : str
        What it updates.
    value, output : (S, A)
        Before and after the call.
    mask : (S, A)
        1 where it applied, else 0.
    signals : dict of str to (S, A)
        Inputs by name.
    bounded : bool
        Whether its activation is a sigmoid, which keeps the output within (0, 1).
    """

    def __init__(
        self,
        state: str,
        value: Tensor,
        output: Tensor,
        mask: Tensor,
        signals: dict[str, Tensor],
        bounded: bool,
    ) -> None:
        self.state, self.value, self.output, self.mask = state, value, output, mask
        self.signals, self.bounded = signals, bounded

    def mechanism(self, name: str, applies_to: str, inputs: tuple[str, ...], zeroes: bool) -> Mechanism:
        """The declaration that this call amounts to.

        Parameters
        ----------
        name, applies_to, inputs
            See `Mechanism`.
        zeroes : bool
            Whether the value of other arms becomes 0; else it stays.

        Returns
        -------
        Mechanism
        """
        return Mechanism(
            name,
            state=self.state,
            applies_to=applies_to,
            inputs=tuple(Input(i) for i in inputs),
            bounds=(0.0, 1.0) if self.bounded else None,
            others="zero" if zeroes else "keep",
        )
