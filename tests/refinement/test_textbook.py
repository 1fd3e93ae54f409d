"""Textbook rules fitted by the engine's kernels against maximum likelihood written apart from it."""

import numpy as np
import pytest
from own_forward import OwnForwardRNN
from tasks import CHOICE, Rules, maximum_likelihood, play

from spice.model.base import BaseRNN
from spice.model.build import build_model
from spice.precoded import MODELS, ForgettingRNN, RescorlaWagnerRNN
from spice.refinement.textbook import Textbook, fit_textbook
from spice.rollout.networks import NetworkOptions
from spice.training.fit_data import Expected, read_fit_data


def fitted(rnn_class: type[BaseRNN], kind: str, rules: Rules, free: tuple[str, ...]) -> tuple[Textbook, Rules, float]:
    played = play(kind, rules, 12, 150, seed=0)
    data = read_fit_data(Expected(rnn_class, played.n_arms), *played.arrays).training
    found = fit_textbook(build_model(rnn_class, played.n_arms, 12, 1, NetworkOptions()), data)
    assert found is not None
    return found, *maximum_likelihood(played, free)


@pytest.mark.parametrize("kind", ["reversal", "drift", "four arms"])
@pytest.mark.parametrize("alpha", [0.1, 0.8])
def test_learning(kind: str, alpha: float) -> None:
    found, limit, nll = fitted(RescorlaWagnerRNN, kind, Rules(alpha=alpha), ("alpha", "beta"))
    # Values may start anywhere between 0 and 1 here, which is one parameter more.
    assert nll - 0.01 < found.nll < nll + 1e-4
    rule = found.values["x_value_reward_chosen"]
    assert 1 - rule["x_value_reward_chosen"] == pytest.approx(limit.alpha, abs=0.03)
    assert sum(rule.values()) == pytest.approx(1.0, abs=1e-6)


def test_forgetting() -> None:
    found, limit, nll = fitted(ForgettingRNN, "drift", Rules(forget=0.2), ("alpha", "beta", "forget"))
    assert found.nll < nll + 1e-4
    rule = found.values["x_value_reward_not_chosen"]
    assert 1 - rule["x_value_reward_not_chosen"] == pytest.approx(limit.forget, abs=0.03)


@pytest.mark.parametrize("name", ["choice", "reward-choice"])
def test_traces_of_choices(name: str) -> None:
    found, limit, nll = fitted(MODELS[name], "reversal", Rules(forget=0.2, beta_choice=1.0), CHOICE)
    assert found.nll < nll + 0.002
    assert found.betas["x_value_reward"] == pytest.approx(limit.beta, rel=0.2)


def test_a_scale_that_choices_say_nothing_of_stays_within_usual_ones() -> None:
    played = play("stationary", Rules(beta=0.0), 4, 50, seed=0)
    data = read_fit_data(Expected(MODELS["choice"], 2), *played.arrays).training
    found = fit_textbook(build_model(MODELS["choice"], 2, 4, 1, NetworkOptions()), data)
    assert found is not None
    assert all(0.3 <= abs(beta) <= 30 for beta in found.betas.values())
    assert found.nll < np.log(2) + 1e-9


def test_a_forward_of_ones_own_has_none() -> None:
    data = read_fit_data(Expected(OwnForwardRNN, 2), *play("drift", Rules(), 3, 20, 0).arrays).training
    assert fit_textbook(build_model(OwnForwardRNN, 2, 3, 1, NetworkOptions()), data) is None
