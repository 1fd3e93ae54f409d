"""People with equations that a quick fit found, or of rules that are known, and their likelihood."""

import copy
from dataclasses import replace

import numpy as np
import torch
from equations.tables import DELTA, equations

from spice.data.ids import rows_of
from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.model.build import build_model
from spice.precoded import ChoiceRNN
from spice.refinement.coordinates import Coordinates
from spice.refinement.equation_likelihood import Curvature, EquationLikelihood
from spice.rollout.networks import NetworkOptions
from spice.training.fit_data import Expected, read_fit_data


def prepare(model, config=None, n_participants=4, n_trials=40, degree=1):
    dataset, truth = simulate_individual_differences(n_participants, n_trials, random_state=3)
    estimator = SpiceEstimator(
        model, config, epochs=3, n_trials_off_policy=100, spice_library_polynomial_degree=degree,
        spice_refine=False, random_state=0,
    )  # fmt: skip
    agent = estimator.fit(dataset.xs, dataset.ys).spice_agent
    data = read_fit_data(Expected(model, 2), dataset.xs, dataset.ys).training
    return agent, data, truth


def likelihood_of(agent, data, free=()):
    rows = agent.coefficients.rows(torch.as_tensor(rows_of(data.trials.participants, agent.equation_ids)))
    model = copy.deepcopy(agent.model).double()
    return EquationLikelihood(model, agent.coefficients, data.to(torch.float64), rows, free)


def likelihood_of_rules(model, xs, ys, degree=2):
    """Likelihood of choices from equations of delta rules that differ from person to person, without any network."""
    n = len(xs)
    data = read_fit_data(Expected(model, 2), xs, ys).training.to(torch.float64)
    betas = {state: [3.0] * (n + 1) for state in model.declared_states()}
    table = equations(model, [DELTA] * (n + 1), degree, betas).coefficients
    # Squares of rewards of 0 and 1 are rewards.
    allowed = {name: np.array([term != "c_reward^2" for term in table.terms[name].names]) for name in table.terms}
    initial = {name: np.full(n + 1, float(state.initial)) for name, state in model.declared_states().items()}
    built = build_model(model, 2, n, 1, NetworkOptions()).double().eval()
    rows = np.arange(n)
    return EquationLikelihood(built, replace(table, allowed=allowed, initial=initial), data, rows, ())


class NormalLikelihood:
    """A likelihood of which everything is known: of each row, normal around its best coordinates.

    Coordinates are those of `ChoiceRNN` with equations of degree 1; what is absent stands at 0.
    """

    def __init__(self, best, information, n_choices=200.0):
        betas = {state: [3.0] for state in ChoiceRNN.declared_states()}
        table = equations(ChoiceRNN, [{}], 1, betas).coefficients
        self.coordinates = Coordinates(ChoiceRNN.declared_states(), True, table, (), ())
        self.best, self.information = best, information
        self.n_rows = len(best)
        self.n_choices = np.full(self.n_rows, n_choices)

    def of_rows(self, rows):
        return NormalLikelihood(self.best[rows], self.information[rows], self.n_choices[0])

    def nll(self, theta, active):
        away = theta * self.coordinates.closed(active) - self.best
        return 0.5 * np.einsum("...rk,rkl,...rl->...r", away, self.information, away)

    def curvature(self, theta, active):
        active = self.coordinates.closed(active)
        gradient = np.einsum("rkl,rl->rk", self.information, theta * active - self.best) * active
        both = active[:, :, None] & active[:, None, :]
        return Curvature(self.nll(theta, active), gradient, np.where(both, self.information, 0.0))


def simulated(rng, truth, strength):
    """People whose choices tell their coordinates (R, K), each by a strength in units of what is usual."""
    usual = NormalLikelihood(truth, np.eye(truth.shape[1])[None]).coordinates.spread
    errors = usual / np.sqrt(strength)
    information = np.tile(np.diag(1 / errors**2), (len(truth), 1, 1))
    return NormalLikelihood(truth + errors * rng.normal(size=truth.shape), information)


def usual_people(rng: np.random.Generator, n_rows: int) -> "NormalLikelihood":
    """People as they usually are."""
    usual = NormalLikelihood(np.zeros((1, 8)), np.eye(8)[None]).coordinates
    return simulated(rng, rng.normal(usual.mean, usual.spread, (n_rows, len(usual))), 30.0)
