"""Gradient steps on all parameters of a model as one vector.

A model of mechanisms has a dozen small tensors; clipping and AdamW on each of them would take longer than the
rollout does. The class of torch would also import its compiler, for more than a second. A test holds the steps equal to
those of torch.

References
----------
Loshchilov & Hutter (2019), Decoupled weight decay regularization. ICLR.
"""

import math
from types import TracebackType

import torch
from torch import nn

from spice.training.embedding_posterior import EmbeddingPosterior

DECAY_MEAN, DECAY_SQUARE, EPSILON = 0.9, 0.999, 1e-8
MAX_NORM = 1.0
"""Longer gradients are scaled down to this."""
EXPLODED = 10.0
"""Times the usual length at which a gradient says nothing: states grew in some sequence, and it points anywhere."""
USUAL_AFTER, USUAL_OVER = 10, 100
"""Steps after which the usual length of a gradient is known, and that it is an average over, about."""
PERSON_STEP = 5.0
"""Times the learning rate by which what belongs to one person moves: it is learned from that person's choices alone."""


class GradientSteps:
    """AdamW on a model's parameters, which are parts of one vector inside the `with` block.

    Parameters
    ----------
    model : nn.Module
    learning_rate, weight_decay : float
    people : EmbeddingPosterior, optional
        Moved in place of the model's embeddings, and not decayed: it is held to the population already.
    """

    def __init__(
        self, model: nn.Module, learning_rate: float, weight_decay: float, people: EmbeddingPosterior | None = None
    ) -> None:
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.drawn = [] if people is None else people.tables
        drawn = {id(table) for table in self.drawn}
        shared = [p for p in model.parameters() if p.requires_grad and id(p) not in drawn]
        self.parameters = [*shared, *([] if people is None else people.parameters())]
        self.vector = torch.cat([p.detach().reshape(-1) for p in self.parameters])
        self.gradient, self.mean, self.square = (torch.zeros_like(self.vector) for _ in range(3))
        self.n_shared = sum(p.numel() for p in shared)
        self.n_steps, self.usual_length = 0, 0.0

    def __enter__(self) -> "GradientSteps":
        sizes = [p.numel() for p in self.parameters]
        parts = zip(self.vector.split(sizes), self.gradient.split(sizes), strict=True)  # type: ignore[no-untyped-call]
        for parameter, (values, gradient) in zip(self.parameters, parts, strict=True):
            parameter.data, parameter.grad = values.view_as(parameter), gradient.view_as(parameter)
        for table in self.drawn:
            table.grad = torch.zeros_like(table)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for parameter in self.parameters:
            parameter.data, parameter.grad = parameter.detach().clone(), None
        for table in self.drawn:
            table.grad = None

    def descend(self) -> None:
        """One step down the gradient that is in `grad` of the parameters, which is zero then.

        A gradient that exploded is left out.
        """
        length = float(self.gradient.norm())
        if self._explodes(length):
            self.gradient.zero_()
            return
        self.gradient.mul_(min(1.0, MAX_NORM / (length + 1e-6)))
        self.n_steps += 1
        if self.weight_decay > 0:
            self.vector[: self.n_shared].mul_(1 - self.learning_rate * self.weight_decay)
        self.mean.lerp_(self.gradient, 1 - DECAY_MEAN)
        self.square.mul_(DECAY_SQUARE).addcmul_(self.gradient, self.gradient, value=1 - DECAY_SQUARE)
        size = self.learning_rate / (1 - DECAY_MEAN**self.n_steps)
        # The square root of torch starts threads, which go on spinning on the processors that the kernels need.
        root = (self.square / (1 - DECAY_SQUARE**self.n_steps)).rsqrt_().reciprocal_().add_(EPSILON)
        change = self.mean.div(root)
        change[self.n_shared :].mul_(PERSON_STEP)
        self.vector.sub_(change, alpha=size)
        self.gradient.zero_()

    def _explodes(self, length: float) -> bool:
        """Whether a gradient is much longer than they are; what is usual follows slowly, and bounded."""
        longest = EXPLODED * self.usual_length if self.n_steps >= USUAL_AFTER else math.inf
        self.usual_length += (min(longest, length) - self.usual_length) / min(self.n_steps + 1, USUAL_OVER)
        return length > longest
