"""Choices by a softmax of the logits: the observation of every model that names no other."""

import torch
from torch import Tensor
from torch.nn.functional import log_softmax

from spice.observation.base import Floats, Observation, Parameters
from spice.observation.softmax_fisher import fisher_information


class Softmax(Observation):
    """Choices by a softmax of the logits, which inverse temperatures of states scale; compiled rollouts score it."""

    name = "softmax"
    in_kernels = True

    def probabilities(self, logits: Tensor, parameters: Parameters) -> Tensor:
        """See `Observation.probabilities`.

        Over the first axis, which torch is several times quicker at than over a last one as short as arms are.
        """
        del parameters
        return torch.softmax(logits.double().movedim(-1, 0).contiguous(), dim=0).movedim(0, -1)

    def nll(self, logits: Tensor, parameters: Parameters, targets: Tensor) -> Tensor:
        """See `Observation.nll`."""
        del parameters
        return -(log_softmax(logits, dim=-1) * targets).sum(-1)

    def information(
        self, logits: Tensor, parameters: Parameters, widths: Floats, targets: Tensor
    ) -> tuple[Floats, Floats, Floats]:
        """See `Observation.information`; in a kernel."""
        del parameters
        return fisher_information(logits, widths, targets)


SOFTMAX = Softmax()
