"""Fisher information against autograd of the likelihood of each choice."""

import numpy as np
import pytest
import torch

from spice.observation.softmax import SOFTMAX
from spice.observation.softmax_fisher import fisher_information


@pytest.mark.parametrize("n_arms", [1, 2, 4])
def test_it_is_the_expected_square_of_the_score(n_arms: int) -> None:
    n_trials, n_sequences, n_parameters = 7, 3, 2
    rng = np.random.default_rng(n_arms)
    base, slopes = (
        rng.normal(size=(n_trials, n_sequences, n_arms)) * 3,
        rng.normal(size=(n_parameters, n_trials, n_sequences, n_arms)),
    )
    widths = rng.uniform(1e-6, 1e-5, size=(n_sequences, n_parameters))
    moved = base[:, None] + np.moveaxis(slopes, 0, 1) * widths.T[None, :, :, None]
    logits = torch.as_tensor(np.concatenate([base[:, None], moved], axis=1))
    targets = torch.as_tensor(np.eye(n_arms)[rng.integers(n_arms, size=(n_trials, n_sequences))])
    targets[5:, 1] = 0.0  # not scored
    nll, gradient, information = fisher_information(logits, widths, targets)
    scored = targets.sum(-1).numpy()
    np.testing.assert_allclose(nll, SOFTMAX.nll(torch.as_tensor(base), {}, targets).sum(0), rtol=1e-12)
    p = torch.softmax(torch.as_tensor(base), -1).numpy()
    expected_gradient = np.einsum("ktsa,tsa->sk", slopes, p * scored[..., None] - targets.numpy())
    np.testing.assert_allclose(gradient, expected_gradient, atol=1e-8)
    # Score of every arm: slope less its mean; weighted by how probable the arm is.
    score = slopes - (slopes * p).sum(-1, keepdims=True)
    expected = np.einsum("ktsa,ltsa,tsa->skl", score, score, p * scored[..., None])
    np.testing.assert_allclose(information, expected, atol=1e-7)
    np.testing.assert_array_equal(information, information.transpose(0, 2, 1))


def test_confident_predictions_give_numbers() -> None:
    logits = torch.tensor([[[[900.0, -900.0]], [[900.1, -900.0]]]], dtype=torch.float64)
    nll, gradient, information = fisher_information(logits, np.full((1, 1), 0.1), torch.tensor([[[0.0, 1.0]]]))
    assert nll[0] == pytest.approx(1800.0)
    assert gradient[0, 0] == pytest.approx(1.0)
    assert information[0, 0, 0] == pytest.approx(0.0)
