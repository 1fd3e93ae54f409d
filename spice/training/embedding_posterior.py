"""What a training knows of each person: where the person's embedding lies, and how surely.

A vector for each person, fitted freely, learns every accident of a person's choices, and no strength of a penalty on it
helps: the networks that read embeddings take larger weights instead. So embeddings are drawn anew for every pass over
the data, from a normal distribution of each feature whose mean and spread are fitted, and the distance of these
distributions from that of the population (Kullback-Leibler divergence, in nats) is part of what is minimised. What the
choices say little about costs more than it gains, and stays with the population; nothing needs to be held out to find
out how much that is. It is the hierarchical model of people, by variational inference.

References
----------
Kingma & Welling (2014), Auto-encoding variational Bayes. ICLR.
Miller, Eckstein, Botvinick & Kurth-Nelson (2023), Cognitive model discovery via disentangled RNNs. NeurIPS.
"""

import math
from collections.abc import Sequence

import torch
from torch import nn

from spice.model.base import BaseRNN
from spice.rollout.parts import IdEmbedding

START_SPREAD = 0.3
"""Standard deviation of each feature of a person that nothing is known of yet; that of the population is 1."""


class EmbeddingPosterior(nn.Module):
    """A normal distribution of each feature of each person (and experiment), around a population of spread 1.

    While a training goes on, the tables of the model hold what was drawn last; `settle` puts the means there.

    Parameters
    ----------
    model : BaseRNN
        Its embeddings are where the means begin.
    n_choices : float
        Choices trained on: the distance from the population counts once for all of them.
    generator : torch.Generator
        Draws are made with it.
    """

    def __init__(self, model: BaseRNN, n_choices: float, generator: torch.Generator) -> None:
        super().__init__()
        found = tables_of_people(model)
        self.tables, self.centres = [table for table, _ in found], [centre for _, centre in found]
        self.n_choices, self.generator = n_choices, generator
        self.means = nn.ParameterList([table.detach().clone() for table in self.tables])
        start = math.log(START_SPREAD)
        self.log_spreads = nn.ParameterList([torch.full_like(table, start) for table in self.tables])
        self.noise = [torch.zeros_like(table) for table in self.tables]

    @torch.no_grad()
    def draw(self) -> None:
        """Draw everybody's embedding anew, for a pass over the data."""
        for noise in self.noise:
            noise.copy_(torch.randn(noise.shape, generator=self.generator, dtype=noise.dtype))
        self.place()

    @torch.no_grad()
    def place(self) -> None:
        """Put what was drawn last where means and spreads now have it."""
        for table, mean, log_spread, noise in self._each():
            table.copy_(torch.addcmul(mean, log_spread.exp(), noise))

    @torch.no_grad()
    def settle(self) -> None:
        """Put the means into the model."""
        for table, mean in zip(self.tables, self.means, strict=True):
            table.copy_(mean)

    @torch.no_grad()
    def gather(self, share: float) -> None:
        """Add to `grad` of means and spreads, from `grad` of what was drawn, which is zero then.

        Parameters
        ----------
        share : float
            By which the gradient of what was drawn counts.
        """
        for (table, mean, log_spread, noise), centre in zip(self._each(), self.centres, strict=True):
            assert table.grad is not None
            assert mean.grad is not None
            assert log_spread.grad is not None
            spread, gradient = log_spread.exp(), table.grad.mul_(share)
            mean.grad.add_(gradient).add_(mean - centre, alpha=1 / self.n_choices)
            log_spread.grad.addcmul_(gradient, noise * spread).add_(spread.square() - 1, alpha=1 / self.n_choices)
            gradient.zero_()

    def _each(self) -> list[tuple[nn.Parameter, torch.Tensor, torch.Tensor, torch.Tensor]]:
        return list(zip(self.tables, self.means, self.log_spreads, self.noise, strict=True))


def tables_of_people(model: BaseRNN) -> Sequence[tuple[nn.Parameter, float]]:
    """Tables of a model's embeddings that are learned, each with the centre of its population."""
    centres = {id(m.table.weight): m.centre for m in model.modules() if isinstance(m, IdEmbedding)}
    centres |= {id(table.weight): 0.0 for table, _ in model.own_embeddings}
    # What torch parametrizes is made of others, and is none of these.
    return [(p, centres[id(p)]) for p in model.parameters() if p.requires_grad and id(p) in centres]
