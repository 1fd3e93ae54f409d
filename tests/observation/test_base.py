"""What follows from probabilities, held to what the softmax has written out."""

import numpy as np
import pytest
import torch

from spice.observation.base import Observation, ObservationParameter, on_offer
from spice.observation.softmax import SOFTMAX


class PlainSoftmax(Observation):
    """The same probabilities, and nothing written out."""

    name = "plain softmax of the tests"

    def probabilities(self, logits, parameters):
        return torch.softmax(logits.double(), -1)


def moved(n_arms=3, n_parameters=2):
    rng = np.random.default_rng(n_arms)
    base, slopes = rng.normal(size=(6, 1, 4, n_arms)), rng.normal(size=(6, n_parameters, 4, n_arms))
    widths = np.full((4, n_parameters), 1e-6)
    logits = np.concatenate([base, base + slopes * 1e-6], axis=1)
    targets = np.eye(n_arms)[rng.integers(n_arms, size=(6, 4))]
    targets[4:, 1] = 0.0  # not scored
    return torch.as_tensor(logits), widths, torch.as_tensor(targets)


def test_likelihood_gradient_and_information_follow_from_probabilities():
    logits, widths, targets = moved()
    np.testing.assert_allclose(
        PlainSoftmax().nll(logits[:, 0], {}, targets), SOFTMAX.nll(logits[:, 0], {}, targets), atol=1e-10
    )
    for found, expected in zip(
        PlainSoftmax().information(logits, {}, widths, targets),
        SOFTMAX.information(logits, {}, widths, targets),
        strict=True,
    ):
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_arms_that_are_not_on_offer_are_never_drawn():
    offered = torch.tensor([[[True, False, True]]])
    p = SOFTMAX.probabilities(on_offer(torch.zeros(1, 1, 3), offered), {}).numpy()[0]
    drawn = SOFTMAX.sample(np.repeat(p, 2000, axis=0), np.random.default_rng(0))
    assert np.bincount(drawn, minlength=3)[1] == 0
    assert np.mean(drawn == 0) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    "parameter", [ObservationParameter("bounded", 0.1, 0.0, 0.5), ObservationParameter("above", 3.0, 1.0, np.inf)]
)
def test_parameters_without_bounds_and_back(parameter):
    values = np.array([parameter.start, parameter.low + 0.01, parameter.low + 0.4])
    free = parameter.to_free(values)
    np.testing.assert_allclose(parameter.from_free(torch.as_tensor(free)), values, rtol=1e-12)
    step = parameter.from_free(torch.as_tensor(free + 1e-6)).numpy() - values
    np.testing.assert_allclose(parameter.slope(values), step / 1e-6, rtol=1e-4)
