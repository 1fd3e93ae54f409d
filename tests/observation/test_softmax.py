"""Choices by a softmax of the logits."""

import numpy as np
import pytest
import torch

from spice.observation.base import NOT_ON_OFFER
from spice.observation.softmax import SOFTMAX


def test_probabilities_by_hand_along_the_last_axis_however_many_there_are() -> None:
    logits = torch.tensor([0.0, np.log(2.0), np.log(5.0)], dtype=torch.float32)
    np.testing.assert_allclose(SOFTMAX.probabilities(logits, {}), [1 / 8, 2 / 8, 5 / 8], atol=1e-7)
    many = torch.randn(4, 3, 2, 3, generator=torch.Generator().manual_seed(0))
    found = SOFTMAX.probabilities(many, {})
    assert found.shape == many.shape
    assert found.dtype == torch.float64
    torch.testing.assert_close(found, torch.softmax(many.double(), -1))


def test_what_is_not_on_offer_has_probability_0_and_large_logits_give_numbers() -> None:
    found = SOFTMAX.probabilities(torch.tensor([[2.0, NOT_ON_OFFER, 2.0], [1e4, 0.0, -1e4]]), {})
    np.testing.assert_array_equal(found, [[0.5, 0.0, 0.5], [1.0, 0.0, 0.0]])


def test_likelihood_of_what_was_chosen_and_nothing_of_what_is_not_scored() -> None:
    logits = torch.log(torch.tensor([[[0.2, 0.8]], [[0.5, 0.5]], [[0.1, 0.9]]]))
    targets = torch.tensor([[[0.0, 1.0]], [[0.0, 0.0]], [[1.0, 0.0]]])
    np.testing.assert_allclose(SOFTMAX.nll(logits, {}, targets)[:, 0], [-np.log(0.8), 0.0, -np.log(0.1)], atol=1e-6)
    # Far below the smallest probability of a float, where a logarithm of it would be infinite.
    surprised = SOFTMAX.nll(torch.tensor([[900.0, -900.0]]), {}, torch.tensor([[0.0, 1.0]]))
    assert float(surprised) == pytest.approx(1800.0)


def test_compiled_rollouts_score_it_and_it_has_nothing_of_its_own_to_fit() -> None:
    assert SOFTMAX.in_kernels
    assert SOFTMAX.parameters == ()
    assert SOFTMAX.columns == ("choice",)


def test_chance_counts_the_arms_on_offer() -> None:
    targets = torch.eye(3)[torch.tensor([[0], [1], [2], [0]])]
    targets[3] = 0.0
    offered = torch.tensor([[[True, True, False]], [[True, True, True]], [[False, True, True]], [[True, True, True]]])
    assert SOFTMAX.chance(targets, None) == pytest.approx(np.log(3))
    assert SOFTMAX.chance(targets, offered) == pytest.approx((2 * np.log(2) + np.log(3)) / 3)
    assert np.isnan(SOFTMAX.chance(torch.zeros(2, 1, 3), None))
