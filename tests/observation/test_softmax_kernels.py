"""The likelihood in kernels."""

from dataclasses import replace

import pytest
import torch
from rollout.cases import gradients, run_compiled, run_reference, same, simple

from spice.observation.base import on_offer
from spice.observation.softmax import SOFTMAX


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_confident_choices_have_the_likelihood_of_the_reference(scale: float) -> None:
    case = simple(n_arms=3, scale=scale)
    found, expected = run_compiled(case), run_reference(case)
    same(found.nll, expected.nll, "nll")
    assert float(found.nll.detach().max()) > 50 * scale / 10
    mine, theirs = gradients(case, found, False, True), gradients(case, expected, False, True)
    for name in case.leaves:
        same(mine[name], theirs[name], name)


def test_arms_that_are_not_on_offer_have_no_probability_and_no_gradient() -> None:
    case = simple(n_sequences=12, n_trials=8, n_arms=3)
    offered = torch.ones(8, 12, 3, dtype=torch.bool)
    third_chosen = case.targets[..., 2] > 0
    offered[..., 2] = third_chosen
    limited = replace(case, signals=replace(case.signals, offered=offered))
    found = run_compiled(limited)
    logits = on_offer(sum(factor * found.states[name] for name, factor in limited.factors.items()), offered)
    same(found.nll, SOFTMAX.nll(logits, {}, case.targets).sum(0), "nll")
    assert (found.nll < run_compiled(case).nll).all()
    expected = torch.autograd.grad(SOFTMAX.nll(logits, {}, case.targets).sum(), list(case.leaves.values()))
    mine = torch.autograd.grad(run_compiled(limited).nll.sum(), list(case.leaves.values()))
    for name, a, b in zip(case.leaves, mine, expected, strict=True):
        same(a, b, f"gradient of {name}")


def test_choices_that_are_not_scored_cost_nothing() -> None:
    case = simple(n_sequences=9, n_trials=6)
    following = case.signals.following.clone()
    following[:, 4] = -1
    found, everything = (
        run_compiled(replace(case, signals=replace(case.signals, following=following))),
        run_compiled(case),
    )
    assert found.nll[4].item() == 0.0
    assert torch.equal(found.nll[:4], everything.nll[:4])
    assert torch.equal(found.nll[5:], everything.nll[5:])
