import itertools

import numpy as np
import pytest
import torch

from spice.declaration.terms import CandidateTerms, given_terms, polynomial_terms
from spice.rollout.polynomials import VALUE_LIMIT, PolynomialForm

VARIABLES = ("x", "c_reward", "x_other")


def draw(shape: tuple[int, ...], seed: int = 0) -> torch.Tensor:
    return torch.as_tensor(np.random.default_rng(seed).normal(size=shape))


@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("from_states", list(itertools.product([False, True], repeat=2)))
@pytest.mark.parametrize("shared", [False, True])
def test_a_step_is_the_sum_of_the_terms(degree: int, from_states: tuple[bool, bool], shared: bool) -> None:
    n_trials, n_sequences, n_arms = 3, 4, 2
    terms = polynomial_terms(VARIABLES, degree)
    coefficients = draw((1 if shared else n_sequences, len(terms)))
    inputs = draw((2, n_trials, n_sequences, n_arms), 1)
    value = draw((n_sequences, n_arms), 2)
    data = [None if state else inputs[k] for k, state in enumerate(from_states)]
    step = PolynomialForm(terms, coefficients).prepare(data)
    for t in range(n_trials):
        found = step(t, value, [inputs[k, t] if state else None for k, state in enumerate(from_states)])
        variables = torch.stack([value, inputs[0, t], inputs[1, t]], -1)
        expected = (terms.evaluate(variables.numpy()) * coefficients.numpy()[:, None]).sum(-1)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_an_ensemble_is_its_members() -> None:
    terms = polynomial_terms(VARIABLES, 2)
    coefficients, reward = draw((5, 3, len(terms))), draw((4, 3, 2), 1)
    value, other = draw((5, 3, 2), 2), draw((5, 3, 2), 3)
    step = PolynomialForm(terms, coefficients).prepare([reward, None])
    for e in range(5):
        alone = PolynomialForm(terms, coefficients[e]).prepare([reward, None])
        for t in range(4):
            torch.testing.assert_close(
                step(t, value, [None, other])[e], alone(t, value[e], [None, other[e]]), rtol=0, atol=1e-14
            )


def test_each_sequence_has_its_own_equation() -> None:
    terms = polynomial_terms(("x", "c_reward"), 1)
    form = PolynomialForm(terms, torch.tensor([[0.1, 0.8, 0.2], [0.0, 0.5, 2.0]]))
    found = form.prepare([torch.tensor([[[1.0, 0.0], [1.0, 0.5]]])])(0, torch.tensor([[1.0, 2.0]] * 2), [None])
    torch.testing.assert_close(found, torch.tensor([[1.1, 1.7], [2.5, 2.0]]))


def test_a_given_equation_needs_no_constant_and_no_order() -> None:
    # The prediction error of a learning-rate model: V + rate r - rate V.
    terms = given_terms(("V", "r", "rate"), ("V", "rate r", "rate V"))
    step = PolynomialForm(terms, torch.tensor([[1.0, 1.0, -1.0]])).prepare([torch.ones(1, 1, 2), None])
    found = step(0, torch.tensor([[0.5, 0.25]]), [None, torch.tensor([[0.2, 1.0]])])
    torch.testing.assert_close(found, torch.tensor([[0.6, 1.0]]))


def test_an_equation_without_terms_is_zero() -> None:
    step = PolynomialForm(CandidateTerms(("x",), ()), torch.zeros((1, 0))).prepare([])
    torch.testing.assert_close(step(0, torch.ones(3, 2), []), torch.zeros(3, 2))


def test_a_diverging_equation_stays_a_number() -> None:
    terms = polynomial_terms(("x",), 2)
    step = PolynomialForm(terms, torch.tensor([[0.0, 0.0, 50.0], [0.0, -40.0, 0.0]])).prepare([])
    value = torch.full((2, 2), 3.0)
    for _ in range(60):
        value = step(0, value, [])
    torch.testing.assert_close(value.abs(), torch.full((2, 2), VALUE_LIMIT))
    assert value[0, 0] > 0


def test_gradients_of_coefficients_and_values() -> None:
    terms = polynomial_terms(("x", "c_reward", "x_other"), 3)
    coefficients, reward = draw((2, len(terms))).requires_grad_(), draw((1, 2, 2), 1)
    value, other = draw((2, 2), 2).requires_grad_(), draw((2, 2), 3).requires_grad_()

    def step(c: torch.Tensor, v: torch.Tensor, o: torch.Tensor) -> torch.Tensor:
        return PolynomialForm(terms, c).prepare([reward, None])(0, v, [None, o])

    assert torch.autograd.gradcheck(step, (coefficients, value, other), atol=1e-6)
