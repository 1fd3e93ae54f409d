"""Coefficients of people as arrays."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from equations.tables import DELTA, draws_around, equations

from spice.equations.coefficients import Coefficients
from spice.precoded import ForgettingRNN, ParticipantEmbeddingRNN

OWN = "x_value_reward_chosen"


def three_rows() -> Coefficients:
    """Two people and the population; the learning rates are 0.1, 0.2 and 0.3."""
    rows = [{OWN: {OWN: 1 - rate, "c_reward": rate}} for rate in (0.1, 0.2, 0.3)]
    return equations(ParticipantEmbeddingRNN, rows, degree=1, betas={"x_value_reward": [2.0, 3.0, 4.0]}).coefficients


def test_vectors_stand_in_the_order_of_the_parameters_and_come_back() -> None:
    table = replace(three_rows(), observed={"lapse": np.array([0.1, 0.2, 0.3])})
    named = dict(zip(table.parameters, table.vectors().T, strict=True))
    np.testing.assert_allclose(named["values", OWN, "c_reward"], [0.1, 0.2, 0.3])
    np.testing.assert_array_equal(named["betas", "x_value_reward", "1"], [2.0, 3.0, 4.0])
    np.testing.assert_array_equal(named["initial", "x_value_reward", "1"], [0.5] * 3)
    np.testing.assert_array_equal(named["observed", "lapse", "1"], [0.1, 0.2, 0.3])
    twice = table.with_vectors(np.vstack([table.vectors(), 10 * table.vectors()]))
    assert twice.n_rows == 6
    assert (twice.draws, twice.probability, twice.prevalence_interval) == (None, None, None)
    np.testing.assert_array_equal(twice.vectors()[3:], 10 * table.vectors())
    np.testing.assert_array_equal(twice.observed["lapse"], [0.1, 0.2, 0.3, 1.0, 2.0, 3.0])


def test_rows_of_people_and_the_population_for_all_others() -> None:
    found = three_rows().rows(torch.tensor([1, 0, -1, 2, 7]))
    assert found.tolist() == [1, 0, 2, 2, 2]
    shared = equations(ForgettingRNN, [DELTA]).coefficients
    assert shared.rows(torch.tensor([0, 1, -1])).tolist() == [0, 0, 0]


def test_what_a_rollout_gets_is_a_row_a_sequence() -> None:
    found = three_rows().at(np.array([2, 0]), torch.float32)
    form = found.forms[OWN]
    assert form.coefficients.dtype == torch.float32
    by_name = dict(zip(form.terms.names, form.coefficients.T.tolist(), strict=True))
    assert by_name["c_reward"] == pytest.approx([0.3, 0.1])
    assert found.inverse_temperatures["x_value_reward"].tolist() == [[4.0], [2.0]]
    assert found.initial["x_value_reward"].tolist() == [[0.5], [0.5]]


def test_some_rows_keep_their_uncertainty() -> None:
    table = three_rows()
    shape = table.vectors().shape
    shares = np.stack([np.zeros(shape[1]), np.ones(shape[1])])
    table = replace(table, probability=np.linspace(0, 1, np.prod(shape)).reshape(shape), prevalence_interval=shares)
    some = table.select([2, 0])
    np.testing.assert_array_equal(some.vectors(), table.vectors()[[2, 0]])
    np.testing.assert_array_equal(some.draws, table.draws[[2, 0]])
    np.testing.assert_array_equal(some.probability, table.probability[[2, 0]])
    # That of a share of people is no row's.
    np.testing.assert_array_equal(some.prevalence_interval, shares)
    alone = table.only(1)
    np.testing.assert_array_equal(alone.vectors(), table.vectors()[[1, 1]])
    assert alone.n_rows == 2


def test_standard_errors_of_what_is_known_and_told() -> None:
    table = three_rows()
    place = table.parameters.index(("values", OWN, "c_reward"))
    other = table.parameters.index(("betas", "x_value_reward", "1"))
    errors = np.zeros(table.vectors().shape)
    errors[:, place] = [0.2, 1e-9, 11.0]
    # In units of the number where that is large: 20 of 4 is told, of 1 it would not be.
    errors[2, other] = 20.0
    table = replace(table, draws=draws_around(table.vectors(), errors))
    found = table.standard_errors()
    np.testing.assert_allclose(found[:, place], [0.2, np.nan, np.nan])
    assert found[2, other] == pytest.approx(20.0)
    assert np.isnan(np.delete(found, [place, other], axis=1)).all()
    assert np.isnan(replace(table, draws=None).standard_errors()).all()


def test_intervals_hold_95_of_100_draws() -> None:
    table = three_rows()
    # 39 equally likely values, of which the outermost are 2.5 % each with what lies beyond.
    draws = np.tile(np.arange(39.0)[None, :, None], (3, 1, table.vectors().shape[1]))
    low, high = replace(table, draws=draws.astype(np.float32)).intervals()
    np.testing.assert_allclose(low, 0.0, atol=1e-12)
    np.testing.assert_allclose(high, 38.0)
    # What is no number in some draws has the interval of the others.
    draws[0, :10, 0] = np.nan
    assert replace(table, draws=draws).intervals()[0, 0, 0] == pytest.approx(10.0, abs=0.5)
    nobody_looked = replace(table, draws=None).intervals()
    assert nobody_looked.shape == (2, *table.vectors().shape)
    assert np.isnan(nobody_looked).all()
