"""Choices by a softmax, but now and then at random.

References
----------
Wichmann & Hill (2001), The psychometric function: I. Percept Psychophys 63. Pisupati et al. (2021), Lapses in
perceptual decisions reflect exploration. eLife 10.
"""

from torch import Tensor

from spice.observation.base import NOT_ON_OFFER, Observation, ObservationParameter, Parameters
from spice.observation.softmax import SOFTMAX


class SoftmaxWithLapses(Observation):
    """With probability `lapse` a person chooses blindly among the arms on offer, else by the softmax."""

    name = "softmax-with-lapses"
    parameters = (ObservationParameter("lapse", start=0.05, low=0.0, high=0.5),)

    def probabilities(self, logits: Tensor, parameters: Parameters) -> Tensor:
        """See `Observation.probabilities`."""
        is_offered = (logits > 0.5 * NOT_ON_OFFER).double()
        blindly = is_offered / is_offered.sum(-1, keepdim=True)
        lapse = parameters["lapse"].double()
        return (1 - lapse) * SOFTMAX.probabilities(logits, {}) + lapse * blindly
