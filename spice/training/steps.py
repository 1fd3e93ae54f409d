"""Gradient steps on all parameters of a model as one vector.

A model of mechanisms has a dozen small tensors; clipping and AdamW on each of them would take longer than the
rollout does. The class of torch would also import its compiler, for more than a second. A test holds the steps equal to
those of torch.

References
----------
Loshchilov & Hutter (2019), Decoupled weight decay regularization. ICLR.
"""

from types import TracebackType

import torch
from torch import nn

DECAY_MEAN, DECAY_SQUARE, EPSILON = 0.9, 0.999, 1e-8
MAX_NORM = 1.0
"""Longer gradients are scaled down to this."""


class GradientSteps:
    """AdamW on a model's parameters, which are parts of one vector inside the `with` block.

    Parameters
    ----------
    model : nn.Module
    learning_rate, weight_decay : float
    """

    def __init__(self, model: nn.Module, learning_rate: float, weight_decay: float) -> None:
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.vector = torch.cat([p.detach().reshape(-1) for p in self.parameters])
        self.gradient, self.mean, self.square = (torch.zeros_like(self.vector) for _ in range(3))
        self.n_steps = 0

    def __enter__(self) -> "GradientSteps":
        sizes = [p.numel() for p in self.parameters]
        parts = zip(self.vector.split(sizes), self.gradient.split(sizes), strict=True)  # type: ignore[no-untyped-call]
        for parameter, (values, gradient) in zip(self.parameters, parts, strict=True):
            parameter.data, parameter.grad = values.view_as(parameter), gradient.view_as(parameter)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for parameter in self.parameters:
            parameter.data, parameter.grad = parameter.detach().clone(), None

    def descend(self) -> None:
        """One step down the gradient that is in `grad` of the parameters, which is zero then."""
        self.gradient.mul_((MAX_NORM / (self.gradient.norm() + 1e-6)).clamp_(max=1.0))
        self.n_steps += 1
        self.vector.mul_(1 - self.learning_rate * self.weight_decay)
        self.mean.lerp_(self.gradient, 1 - DECAY_MEAN)
        self.square.mul_(DECAY_SQUARE).addcmul_(self.gradient, self.gradient, value=1 - DECAY_SQUARE)
        size = self.learning_rate / (1 - DECAY_MEAN**self.n_steps)
        # The square root of torch starts threads, which go on spinning on the processors that the kernels need.
        root = (self.square / (1 - DECAY_SQUARE**self.n_steps)).rsqrt_().reciprocal_().add_(EPSILON)
        self.vector.addcdiv_(self.mean, root, value=-size)
        self.gradient.zero_()
