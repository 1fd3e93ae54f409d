"""Equations refined on the choices themselves."""

import copy

import numpy as np
import pytest
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from quick_fit import few_people, quick
from refinement.people import likelihood_of, prepare
from tasks import Rules, play

from spice.data.ids import rows_of
from spice.equations.canonical import is_free
from spice.estimator import SpiceEstimator
from spice.precoded import ChoiceRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.refine import refine_coefficients


@pytest.fixture(scope="module")
def people():
    return prepare(ParticipantEmbeddingRNN, degree=2)


def test_refined_equations_fit_better_and_stay_sparse(people):
    agent, data, _ = people
    control = FitControl()
    refined = refine_coefficients(agent.model, agent.equations, data, control)
    likelihood = likelihood_of(agent, data)
    before = likelihood.nll(likelihood.start()).sum()
    after = likelihood_of_table(agent, data, refined)
    assert after < before
    chosen = refined.values["x_value_reward_chosen"]
    names = refined.terms["x_value_reward_chosen"].names
    for name in ("x_value_reward_chosen^2", "x_value_reward_chosen c_reward"):
        assert (chosen[:, names.index(name)] == 0).all()
    errors = refined.standard_errors()[:, : len(names)]
    assert refined.parameters[0] == ("values", "x_value_reward_chosen", "1")
    assert np.isnan(errors[chosen == 0]).all()
    assert (errors[chosen != 0] > 0).all()


def likelihood_of_table(agent, data, table):
    rows = table.rows(torch.as_tensor(rows_of(data.trials.participants, agent.equation_ids)))
    model = copy.deepcopy(agent.model).double()
    likelihood = EquationLikelihood(model, table, data.to(torch.float64), rows, ())
    return likelihood.nll(likelihood.start()).sum()


def test_a_given_equation_fixes_the_scale():
    for model, config in ((LearningRateRNN, None), (OwnForwardRNN, OWN_FORWARD_CONFIG)):
        agent, data, _ = prepare(model, config, n_participants=1)
        assert not is_free(agent.coefficients, "x_value_reward")
        refined = refine_coefficients(agent.model, agent.equations, data, FitControl())
        # So its inverse temperature is fitted, not held.
        before, after = (table.betas["x_value_reward"][0] for table in (agent.coefficients, refined))
        assert abs(after - before) > 0.05


def test_a_state_without_any_effect_has_no_terms():
    """A trace that starts at 0 and is drawn to 0 stays there, whatever its rates."""
    xs, ys = play("reversal", Rules(), 6, 60, seed=1).arrays
    equations = SpiceEstimator(ChoiceRNN, random_state=0).fit(xs, ys).equations_
    for name in ("x_value_choice_chosen", "x_value_choice_not_chosen"):
        values, terms = equations.coefficients.values[name], equations.coefficients.terms[name].names
        moved = equations.coefficients.values["x_value_choice_chosen"][:, terms.index("1")] != 0
        assert (values[~moved] == 0).all()
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
    assert probabilities[2, 5:, 0].min() > 0.7
    assert np.isfinite(estimator.equations_.to_frame().coefficient).all()
