from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundles import check
from equations.tables import DELTA, Table, equations

from spice.datasets import simulate_individual_differences
from spice.equations.equations import LISTED, SpiceEquations
from spice.estimator import SpiceEstimator
from spice.exceptions import ConfigError
from spice.precoded import (
    ForgettingRNN,
    ParticipantEmbeddingRNN,
    RescorlaWagnerRNN,
)


@pytest.fixture
def two_people() -> SpiceEquations:
    other: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.2, "c_reward": 0.8},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 1.0},
    }
    population: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.5, "c_reward": 0.5},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.9},
    }
    return equations(ParticipantEmbeddingRNN, [DELTA, other, population], betas={"x_value_reward": [3.0, 4.0, 3.5]})


# Who has which ----------------------------------------------------------------------------------------------


def test_terms_of_each_participant_and_the_population(two_people: SpiceEquations) -> None:
    assert two_people.terms(0) == DELTA
    assert two_people.terms(1)["x_value_reward_not_chosen"] == {"x_value_reward_not_chosen": 1.0}
    assert two_people.terms("population")["x_value_reward_chosen"]["c_reward"] == 0.5
    assert two_people.inverse_temperatures(1) == {"x_value_reward": 4.0}
    assert two_people.inverse_temperatures("population") == {"x_value_reward": 3.5}
    assert len(two_people) == 2
    assert not two_people.is_shared


def test_one_row_serves_everybody() -> None:
    shared = equations(ForgettingRNN, [DELTA])
    assert shared.is_shared
    assert shared.terms(0) == shared.terms(1) == shared.terms("population") == DELTA


@pytest.mark.parametrize("participant", [2, -1, "Ann", None])
def test_unknown_people_are_named_with_the_known(two_people: SpiceEquations, participant: Any) -> None:
    for some in (two_people, equations(ForgettingRNN, [DELTA])):
        with pytest.raises(ConfigError) as raised:
            some.terms(participant)
        assert raised.value.argument == "participant"
        assert "[0, 1], or 'population'" in str(raised.value)
        assert repr(participant) in str(raised.value)


def test_learning_rates(two_people: SpiceEquations) -> None:
    assert two_people.learning_rates() == {"x_value_reward_chosen": {0: pytest.approx(0.31), 1: pytest.approx(0.8)}}


def test_canonical_is_marked_and_leaves_the_raw_form(two_people: SpiceEquations) -> None:
    scaled: Table = {
        "x_value_reward_chosen": {"x_value_reward_chosen": 0.7, "c_reward": 0.9},
        "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 0.8, "1": 0.3},
    }
    raw = equations(ForgettingRNN, [scaled])
    canonical = raw.canonical()
    assert canonical.is_canonical
    assert not raw.is_canonical
    assert canonical.canonical() is canonical
    assert canonical.terms(0)["x_value_reward_chosen"] == pytest.approx({"x_value_reward_chosen": 0.7, "c_reward": 0.3})
    assert canonical.terms(0)["x_value_reward_not_chosen"] == pytest.approx(
        {"x_value_reward_not_chosen": 0.8, "1": 0.1}
    )
    assert canonical.inverse_temperatures(0) == pytest.approx({"x_value_reward": 3.0})
    assert raw.terms(0) == scaled


def test_repr_shows_form_people_and_an_equation(two_people: SpiceEquations) -> None:
    text = repr(two_people)
    assert "2 participants, raw form" in text
    assert "V <- V + 0.31 (r - V)" in text
    assert "canonical form" in repr(two_people.canonical())


def test_frame(two_people: SpiceEquations) -> None:
    frame = two_people.to_frame()
    assert list(frame.columns) == [
        "participant", "label", "mechanism", "term", "coefficient", "standard_error", "probability", "low", "high",
    ]  # fmt: skip
    # Two equations, an inverse temperature and an initial value of each.
    assert len(frame) == 6 + 5 + 5
    ann = frame[frame.participant == 0]
    assert set(ann.label) == {"Ann"}
    of_learning = ann[ann.mechanism == "x_value_reward_chosen"].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        of_learning.drop(columns=["low", "high"]),
        pd.DataFrame(
            {
                "participant": [0, 0],
                "label": ["Ann", "Ann"],
                "mechanism": ["x_value_reward_chosen"] * 2,
                "term": ["x_value_reward_chosen", "c_reward"],
                "coefficient": [0.69, 0.31],
                "standard_error": [0.25, 0.25],
                "probability": [np.nan, np.nan],
            }
        ),
    )
    np.testing.assert_allclose(of_learning.low, of_learning.coefficient - 1.96 * 0.25, atol=0.15)
    np.testing.assert_allclose(of_learning.high, of_learning.coefficient + 1.96 * 0.25, atol=0.15)
    by_name = frame.set_index(["participant", "mechanism", "term"]).coefficient
    assert by_name[1, "beta_x_value_reward", "1"] == 4.0
    assert by_name[1, "initial_x_value_reward", "1"] == 0.5
    assert by_name[-1, "x_value_reward_chosen", "c_reward"] == 0.5
    assert set(frame[frame.participant == -1].label) == {"population"}
    assert not (frame.coefficient == 0).any()


# Where people start ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("initial", "unusual"), [(0.5, False), (1.2, False), (-1.4, True), (1.3, True)])
def test_a_start_that_no_reward_could_lead_to_is_pointed_out(initial: float, unusual: bool) -> None:
    delta = {"x_value_reward_chosen": {"x_value_reward_chosen": 0.7, "c_reward": 0.3}}
    some = equations(ForgettingRNN, [{**delta, "x_value_reward_not_chosen": {"x_value_reward_not_chosen": 1.0}}])
    table = replace(some.coefficients, initial={"x_value_reward": np.full(1, initial)})
    some = replace(some, coefficients=table)
    assert some.initial_values(0) == {"x_value_reward": initial}
    assert some.text(0).endswith(f"start: V = {initial:.2f}")
    assert some.unusual_starts(0) == {}
    assert some.canonical().unusual_starts(0) == ({"x_value_reward": pytest.approx(initial)} if unusual else {})
    (start,) = some.person_document(0)["initial_values"]
    assert (start["name"], start["value"]) == ("x_value_reward", initial)


@pytest.fixture(scope="module")
def fitted() -> SpiceEquations:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=0)
    estimator = SpiceEstimator(ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=50, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys).equations_


def test_what_all_share_is_shown_once() -> None:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=40, random_state=0)
    estimator = SpiceEstimator(RescorlaWagnerRNN, epochs=2, n_trials_off_policy=50, random_state=0)
    shown = estimator.fit(dataset.xs, dataset.ys).equations_._repr_mimebundle_()
    document = check(shown, "equations")
    assert (document["is_shared"], document["participants"], document["left_out"]) == (True, [], 0)
    assert shown["text/html"].count("<math") == len(document["population"]["equations"]) + 1  # where people start
    assert "all participants" in shown["text/html"]


def test_equations_are_listed_by_person(fitted: SpiceEquations) -> None:
    document = check(fitted._repr_mimebundle_(), "equations")
    assert [person["index"] for person in document["participants"]] == [0, 1, 2, 3, 4]
    assert document["left_out"] == 0
    person = document["participants"][3]
    for equation in person["equations"]:
        there = {one["name"]: one["value"] for one in equation["terms"] if one["value"] != 0}
        assert there == fitted.terms(3)[equation["mechanism"]]
    found = {one["name"]: one["value"] for one in person["inverse_temperatures"]}
    assert found == fitted.inverse_temperatures(3)
    assert document["population"]["label"] == "population"
    assert fitted.to_document(2)["left_out"] == 3
    assert LISTED >= 5
