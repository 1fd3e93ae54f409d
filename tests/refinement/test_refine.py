"""Equations refined on the choices themselves."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from quick_fit import few_people, quick
from refinement.people import prepare
from tasks import Rules, play

from spice.agents.agent_spice import AgentSpice
from spice.equations.canonical import is_free
from spice.equations.coefficients import N_DRAWS
from spice.estimator import SpiceEstimator
from spice.precoded import ChoiceRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.refinement.refine import refine_coefficients

CHOSEN = "x_value_reward_chosen"


@pytest.fixture(scope="module")
def people():
    return prepare(ParticipantEmbeddingRNN, degree=2)


def test_refined_equations_fit_better_and_stay_sparse(people):
    agent, data, _ = people
    refined, report = refine_coefficients(agent.model, agent.equations, data, FitControl(), np.random.default_rng(0))
    assert nll_of(agent, data, refined) < nll_of(agent, data, agent.coefficients)
    chosen = refined.values[CHOSEN]
    names = refined.terms[CHOSEN].names
    for name in (f"{CHOSEN}^2", f"{CHOSEN} c_reward"):
        assert (chosen[:, names.index(name)] == 0).all()
    errors = refined.standard_errors()[:, : len(names)]
    assert refined.parameters[0] == ("values", CHOSEN, "1")
    # A rate and what follows from it are told; what nobody has is not.
    for name in (CHOSEN, "c_reward"):
        assert (errors[:, names.index(name)] > 0).all()
    assert np.isnan(errors[:, names.index(f"{CHOSEN}^2")]).all()
    assert set(report.starts) == {"rules", "SINDy"}


def nll_of(agent, data, table):
    fitted = AgentSpice(agent, replace(agent.equations, coefficients=table))
    logits = fitted.run(data.trials).logits.double()
    return -float((torch.log_softmax(logits, -1) * data.targets).sum())


def test_everything_that_is_said_is_said_of_the_same_parameters(people):
    """Estimates, draws, probabilities and prevalences, of the people and of their population."""
    agent, data, _ = people
    refined, again = (
        refine_coefficients(agent.model, agent.equations, data, FitControl(), np.random.default_rng(seed))[0]
        for seed in (0, 0)
    )
    n = len(refined.parameters)
    assert refined.draws.shape == (5, N_DRAWS, n)
    assert refined.probability.shape == (5, n)
    assert refined.prevalence_interval.shape == (2, n)
    low, high = refined.prevalence_interval
    asked = np.isfinite(refined.probability[-1])
    assert ((low <= high) & (refined.probability[-1] >= low) & (refined.probability[-1] <= high))[asked].all()
    # Coefficients follow from probabilities: who is without something is shown without it.
    position = refined.parameters.index(("values", CHOSEN, f"{CHOSEN} c_reward"))
    has = np.nan_to_num(refined.probability[:, position]) > 0.5
    np.testing.assert_array_equal(refined.vectors()[:, position] != 0, has)
    # Most probable coefficients lie among their draws.
    low, high = refined.intervals()
    rate = refined.parameters.index(("values", CHOSEN, CHOSEN))
    values = refined.vectors()[:, rate]
    assert ((values >= low[:, rate]) & (values <= high[:, rate])).all()
    np.testing.assert_array_equal(refined.draws, again.draws)


def test_choices_that_nothing_leads_to_leave_the_equations_empty():
    """Nobody learns: the population has no coordinate left, hardly anybody has, and there is still an answer."""
    rng = np.random.default_rng(0)
    xs, ys = few_people()
    chosen = np.eye(2)[rng.integers(0, 2, xs.shape[:2])]
    xs[..., :2], xs[..., 2:4] = chosen, np.where(chosen > 0, rng.integers(0, 2, (*xs.shape[:2], 1)), -1)
    ys[:, :-1] = chosen[:, 1:]
    estimator = quick(ParticipantEmbeddingRNN, epochs=2).fit(xs, ys)
    equations = estimator.equations_
    assert np.isfinite(equations.to_frame().coefficient).all()
    assert equations.absent_states("population") == ("x_value_reward",)
    at_chance = np.isclose(estimator.predict(xs)[1], 0.5).all(axis=(1, 2))
    assert at_chance.mean() >= 0.75


def test_a_given_equation_fixes_the_scale():
    for model, config in ((LearningRateRNN, None), (OwnForwardRNN, OWN_FORWARD_CONFIG)):
        agent, data, _ = prepare(model, config, n_participants=1)
        assert not is_free(agent.coefficients, "x_value_reward")
        refined, _ = refine_coefficients(agent.model, agent.equations, data, FitControl(), np.random.default_rng(0))
        # So its inverse temperature is fitted, not held.
        before, after = (table.betas["x_value_reward"][0] for table in (agent.coefficients, refined))
        assert abs(after - before) > 0.05


def test_a_state_without_any_effect_is_none() -> None:
    """People without a trace of choices have an inverse temperature of 0, and equations say that there is none."""
    xs, ys = play("reversal", Rules(), 6, 60, seed=1).arrays
    equations = SpiceEstimator(ChoiceRNN, random_state=0).fit(xs, ys).equations_
    for person in (*equations.participants, "population"):
        assert equations.absent_states(person) == ("x_value_choice",)
        assert "no C" in equations.text(person).splitlines()
        assert "C <-" not in equations.text(person)
        assert set(equations.initial_values(person)) == {"x_value_reward"}
    for name in ("x_value_choice_chosen", "x_value_choice_not_chosen"):
        assert (equations.coefficients.values[name] == [0.0, 1.0]).all()  # C <- C
    assert not equations.without_canonical_form()


def test_a_person_who_always_chooses_the_same():
    xs, ys = few_people()
    xs[2, :, 2:4] = np.where(xs[2, :, :2] > 0, xs[2, :, 2:4], -1)
    won = xs[2, :, 2:4].max(-1)
    xs[2, :, :4] = np.stack([np.ones(40), np.zeros(40), won, np.full(40, -1.0)], -1)
    ys[2, :-1] = [1.0, 0.0]
    estimator = quick(epochs=30).fit(xs, ys)
    assert estimator.diverging_participants_ == ()
    probabilities = estimator.predict(xs)[1]
    assert np.isfinite(probabilities).all()
    # Values alone explain it once rewards have come; after five losses in a row, from trial 7 on, they do not.
    assert probabilities[2, 20:, 0].min() > 0.7
    assert np.isfinite(estimator.equations_.to_frame().coefficient).all()
