"""Coordinates of people, and the equations that they stand for."""

from dataclasses import replace

import numpy as np
import pytest
from equations.tables import equations
from numpy.typing import NDArray

from spice.equations.canonical import fixed_point
from spice.equations.coefficients import Coefficients
from spice.model.base import BaseRNN
from spice.observation.find_observation import find_observation
from spice.precoded import ChoiceRNN, LearningRateRNN, ParticipantEmbeddingRNN
from spice.refinement.coordinates import Coordinates

Floats = NDArray[np.float64]
BETAS: dict[type[BaseRNN], list[str]] = {
    ParticipantEmbeddingRNN: ["x_value_reward"],
    ChoiceRNN: ["x_value_reward", "x_value_choice"],
    LearningRateRNN: ["x_value_reward"],
}
CHOSEN, OTHER = "x_value_reward_chosen", "x_value_reward_not_chosen"


def coordinates_of(model: type[BaseRNN], degree: int = 2) -> Coordinates:
    betas = {state: [3.0, 3.0] for state in BETAS[model]}
    table = equations(model, [{}, {}], degree, betas).coefficients
    lapse = find_observation("softmax-with-lapses").parameters
    table = replace(table, observed={p.name: np.full(2, 0.1) for p in lapse})
    for state, initial in table.initial.items():
        initial[:] = model.declared_states()[state].initial
    own = ("x_value_reward",) if model is LearningRateRNN else ()
    return Coordinates(model.declared_states(), True, table, own, lapse)


def drawn(coordinates: Coordinates, n_rows: int = 2) -> Floats:
    """Coordinates of people, none of them at a bound."""
    theta = np.random.default_rng(1).uniform(-1.5, 1.5, (n_rows, len(coordinates)))
    # Slopes that differ from 1 do so downwards.
    return np.where(coordinates.kinds == "change", -np.abs(theta) / 2, theta)


def without(coordinates: Coordinates, *absent: tuple[str, str, str]) -> NDArray[np.bool_]:
    names = [entry.parameter for entry in coordinates.entries]
    active = np.ones((2, len(coordinates)), dtype=bool)
    active[:, [names.index(name) for name in absent]] = False
    return active


def table_of(coordinates: Coordinates, theta: Floats, active: NDArray[np.bool_]) -> Coefficients:
    return coordinates.table.with_vectors(coordinates.parameters(theta, active))


def named(table: Coefficients, mechanism: str) -> dict[str, Floats]:
    return dict(zip(table.terms[mechanism].names, table.values[mechanism].T, strict=True))


@pytest.mark.parametrize("model", list(BETAS))
@pytest.mark.parametrize("degree", [1, 2])
def test_there_and_back(model: type[BaseRNN], degree: int) -> None:
    coordinates = coordinates_of(model, degree)
    theta = drawn(coordinates)
    # Where to somebody forgets is left to the fit.
    active = np.tile(coordinates.kinds != "target", (2, 1))
    table = table_of(coordinates, theta, active)
    found, present = coordinates.coordinates(table)
    kept = coordinates.kinds != "target"
    np.testing.assert_allclose(found[:, kept], theta[:, kept], atol=1e-9)
    assert present[:, kept].all()
    np.testing.assert_allclose(coordinates.parameters(found, present), table.vectors(), atol=1e-9)


def test_starts_lie_within_bounds_and_rates_off_the_edges() -> None:
    coordinates = coordinates_of(ParticipantEmbeddingRNN)
    table = equations(ParticipantEmbeddingRNN, [{CHOSEN: {CHOSEN: -7.0, f"{CHOSEN}^2": 1e3}}] * 2).coefficients
    table = replace(coordinates.table, values=table.values)
    theta, _ = coordinates.coordinates(table)
    assert ((theta >= coordinates.low) & (theta <= coordinates.high)).all()
    rate = list(coordinates.kinds).index("rate")
    np.testing.assert_allclose(theta[:, rate], np.log(0.98 / 0.02))


@pytest.mark.parametrize("model", [ParticipantEmbeddingRNN, ChoiceRNN])
@pytest.mark.parametrize("degree", [1, 2])
def test_fixed_points_are_0_and_1_whatever_the_coordinates(model: type[BaseRNN], degree: int) -> None:
    coordinates = coordinates_of(model, degree)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        theta = drawn(coordinates) + rng.normal(size=(2, len(coordinates)))
        active = coordinates.closed(rng.random((2, len(coordinates))) < 0.7)
        table = table_of(coordinates, theta, active)
        places = {CHOSEN: [(0.0, 0.0), (1.0, 1.0)]}  # value, reward
        if model is ChoiceRNN:
            places |= {"x_value_choice_chosen": [(1.0,)], "x_value_choice_not_chosen": [(0.0,)]}  # type: ignore[list-item]
        for name, points in places.items():
            for point in points:
                found = table.values[name] @ table.terms[name].evaluate(np.array(point))
                np.testing.assert_allclose(found, point[0], atol=1e-9)


def test_asymmetry_is_the_difference_of_two_rates_on_their_scale() -> None:
    coordinates = coordinates_of(ParticipantEmbeddingRNN, 2)
    names = [entry.parameter for entry in coordinates.entries]
    active = without(coordinates, ("values", CHOSEN, f"{CHOSEN}^2"), ("values", CHOSEN, "c_reward^2"))
    theta = drawn(coordinates)
    rate, difference = (names.index(("values", CHOSEN, term)) for term in (CHOSEN, f"{CHOSEN} c_reward"))
    theta[:, rate], theta[:, difference] = -0.4, [1.0, -2.0]
    terms = named(table_of(coordinates, theta, active), CHOSEN)
    without_reward = 1 - terms[CHOSEN]
    rewarded = 1 - terms[CHOSEN] - terms[f"{CHOSEN} c_reward"]
    np.testing.assert_allclose(without_reward, 1 / (1 + np.exp(0.4 + np.array([0.5, -1.0]))))
    np.testing.assert_allclose(rewarded, 1 / (1 + np.exp(0.4 - np.array([0.5, -1.0]))))
    # What is not asymmetric has the rate between the two.
    active[:, difference] = False
    terms = named(table_of(coordinates, theta, active), CHOSEN)
    np.testing.assert_allclose(1 - terms[CHOSEN], 1 / (1 + np.exp(0.4)))
    assert not terms[f"{CHOSEN} c_reward"].any()


def test_values_are_forgotten_towards_the_start_or_a_target_told_from_it() -> None:
    coordinates = coordinates_of(ParticipantEmbeddingRNN, 1)
    (forgets,) = (m for m in coordinates.table.mechanisms if m.name == OTHER)
    theta = drawn(coordinates)
    theta[:, list(coordinates.kinds).index("target")] = [0.2, -0.3]
    for active, target in (
        (without(coordinates), [0.7, 0.2]),
        (without(coordinates, ("values", OTHER, "1")), [0.5, 0.5]),
    ):
        table = table_of(coordinates, theta, active)
        np.testing.assert_allclose(fixed_point(table, forgets, {}), target)


def test_without_something_nothing_happens() -> None:
    """Not V <- 0, but V <- V; and what hangs on what is absent is absent."""
    coordinates = coordinates_of(ChoiceRNN, 2)
    theta = drawn(coordinates)
    table = table_of(coordinates, theta, without(coordinates, ("values", OTHER, OTHER)))
    terms = named(table, OTHER)
    assert (terms.pop(OTHER) == 1.0).all()
    assert not np.any(list(terms.values()))
    assert (table.betas["x_value_reward"] != 0).all()

    table = table_of(coordinates, theta, without(coordinates, ("betas", "x_value_choice", "1")))
    assert not table.betas["x_value_choice"].any()
    for name in ("x_value_choice_chosen", "x_value_choice_not_chosen"):
        terms = named(table, name)
        assert (terms.pop(name) == 1.0).all()
        np.testing.assert_allclose(list(terms.values()), 0.0, atol=1e-12)
    # The other state is as it was.
    everything = table_of(coordinates, theta, without(coordinates))
    np.testing.assert_array_equal(table.values[CHOSEN], everything.values[CHOSEN])


def test_slopes_of_states_on_a_scale_of_their_own_are_told_from_1() -> None:
    coordinates = coordinates_of(LearningRateRNN, 1)
    own = ("values", OTHER, OTHER)
    theta = drawn(coordinates)
    table = table_of(coordinates, theta, without(coordinates))
    k = [entry.parameter for entry in coordinates.entries].index(own)
    np.testing.assert_allclose(named(table, OTHER)[OTHER], 1 + theta[:, k])
    assert (named(table_of(coordinates, theta, without(coordinates, own)), OTHER)[OTHER] == 1).all()


def test_families_are_what_is_absent_together() -> None:
    coordinates = coordinates_of(ChoiceRNN, 2)
    names = [entry.parameter for entry in coordinates.entries]
    families = coordinates.families()
    trace = {names[k][1] for k in families[names.index(("betas", "x_value_choice", "1"))]}
    assert trace == {"x_value_choice", "x_value_choice_chosen", "x_value_choice_not_chosen"}
    forgets = families[names.index(("values", OTHER, OTHER))]
    assert {names[k] for k in forgets} == {("values", OTHER, term) for term in ("1", OTHER, f"{OTHER}^2")}
    difference = names.index(("values", CHOSEN, f"{CHOSEN} c_reward"))
    assert families[difference].tolist() == [difference]


def test_a_square_stands_in_for_nothing() -> None:
    """On any scale there is no V^2 without V; a constant can be alone."""
    coordinates = coordinates_of(LearningRateRNN, 2)
    names = [entry.parameter for entry in coordinates.entries]
    own, square, constant = (names.index(("values", OTHER, term)) for term in (OTHER, f"{OTHER}^2", "1"))
    families = coordinates.families()
    assert families[own].tolist() == sorted([own, square])
    assert families[constant].tolist() == [constant]
    # What an equation sets anew has no value of before to be told from.
    rate = "x_learning_rate_reward"
    of_rate = names.index(("values", rate, rate))
    assert families[of_rate].tolist() == [of_rate]


def test_shares_of_all_are_shares_of_those_who_can() -> None:
    coordinates = coordinates_of(ChoiceRNN, 1)
    kinds = coordinates.kinds.tolist()
    prevalence = np.ones(len(coordinates))
    prevalence[[kinds.index("trace beta"), kinds.index("target")]] = 0.5, 0.4
    forgets = [k for k, entry in enumerate(coordinates.entries) if entry.parameter == ("values", OTHER, OTHER)]
    prevalence[forgets] = 0.25
    found = dict(
        zip((entry.parameter for entry in coordinates.entries), coordinates.with_parents(prevalence), strict=True)
    )
    assert found["values", OTHER, "1"] == pytest.approx(0.1)
    assert found["values", "x_value_choice_chosen", "x_value_choice_chosen"] == pytest.approx(0.5)
    assert found["values", CHOSEN, CHOSEN] == 1.0


def test_probabilities_of_coefficients_that_follow_are_those_of_the_rate() -> None:
    coordinates = coordinates_of(ParticipantEmbeddingRNN, 2)
    given = np.linspace(0.1, 0.8, len(coordinates))
    of = dict(zip((entry.parameter for entry in coordinates.entries), given, strict=True))
    found = dict(zip(coordinates.table.parameters, coordinates.of_parameters(given), strict=True))
    for name in ("c_reward", CHOSEN, "1"):
        assert found["values", CHOSEN, name] == of["values", CHOSEN, CHOSEN]
    # A constant is there wherever something is forgotten, towards the start or not.
    assert found["values", OTHER, "1"] == of["values", OTHER, OTHER]
    assert found["values", CHOSEN, f"{CHOSEN} c_reward"] == of["values", CHOSEN, f"{CHOSEN} c_reward"]
    assert found["betas", "x_value_reward", "1"] == of["betas", "x_value_reward", "1"]
    for name in (("initial", "x_value_reward", "1"), ("observed", "lapse", "1")):
        assert np.isnan(found[name])
