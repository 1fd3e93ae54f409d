"""People with equations that a quick fit found, and their likelihood."""

import copy

import torch

from spice.data.ids import rows_of
from spice.datasets import simulate_individual_differences
from spice.estimator import SpiceEstimator
from spice.refinement.equation_likelihood import EquationLikelihood
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
