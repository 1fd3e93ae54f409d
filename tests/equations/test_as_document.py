"""Equations as plain JSON."""

import json
from dataclasses import replace

import pytest
from equations.tables import DELTA, equations, who_lacks_what

from spice.documents import VERSION
from spice.precoded import ForgettingRNN

INTERACTION = "x_value_reward_chosen c_reward"


def test_every_number_has_its_probability_and_its_interval() -> None:
    document = json.loads(json.dumps(who_lacks_what().to_document(), allow_nan=False))
    assert document["spice-nb"] == VERSION == 2
    ann, bob = document["participants"]
    learning = ann["equations"][0]
    of_ann = {term["name"]: term for term in learning["terms"]}
    assert of_ann[INTERACTION] == {
        "name": INTERACTION, "value": -0.3, "probability": 0.99,
        "low": pytest.approx(-0.34, abs=0.01), "high": pytest.approx(-0.26, abs=0.01),
    }  # fmt: skip
    # What Bob lacks is told all the same, since Ann has it.
    of_bob = {term["name"]: term for term in bob["equations"][0]["terms"]}
    assert of_bob[INTERACTION] == {"name": INTERACTION, "value": 0, "probability": 0.2, "low": None, "high": None}
    assert [start["probability"] for start in ann["initial_values"]] == [None]


def test_a_state_that_is_absent_is_named_and_has_no_equation() -> None:
    ann, bob = who_lacks_what().to_document()["participants"]
    assert (ann["absent_states"], bob["absent_states"]) == (["x_value_choice"], [])
    assert [e["mechanism"] for e in ann["equations"]] == ["x_value_reward_chosen", "x_value_reward_not_chosen"]
    assert len(bob["equations"]) == 4
    trace = {one["name"]: one for one in ann["inverse_temperatures"]}["x_value_choice"]
    assert (trace["value"], trace["probability"]) == (0, 0.02)
    assert bob["equations"][1]["text"] == "V <- V"


def test_prevalences_are_those_of_the_table() -> None:
    made = who_lacks_what()
    rows = made.to_document()["prevalences"]
    expected = made.prevalences()
    assert [(row["mechanism"], row["term"], row["prevalence"]) for row in rows] == list(
        zip(expected.mechanism, expected.term, expected.prevalence, strict=True)
    )
    (asymmetry,) = [row for row in rows if row["term"] == INTERACTION]
    assert (asymmetry["prevalence"], asymmetry["low"], asymmetry["high"]) == pytest.approx((0.47, 0.37, 0.57))


def test_numbers_that_are_read_off_stand_with_those_who_have_a_canonical_form() -> None:
    made = who_lacks_what()
    ann, bob = made.to_document()["participants"]
    rates = {row["quantity"]: row for row in ann["derived"]}
    assert rates["learning rate after reward"]["estimate"] == pytest.approx(0.4)
    assert rates["learning rate without reward"]["estimate"] == pytest.approx(0.1)
    assert rates["asymmetry"]["probability"] == 0.99
    # Where there is no forgetting, there is no place that values go to.
    assert {row["quantity"] for row in ann["derived"]} - {row["quantity"] for row in bob["derived"]} == {
        "forgetting target"
    }
    values = {name: table.copy() for name, table in made.coefficients.values.items()}
    values["x_value_reward_chosen"][0, made.coefficients.terms["x_value_reward_chosen"].index("c_reward")] = 0
    values["x_value_reward_chosen"][0, made.coefficients.terms["x_value_reward_chosen"].index(INTERACTION)] = 0
    odd = replace(made, coefficients=replace(made.coefficients, values=values))
    assert odd.without_canonical_form() == {0}
    assert odd.person_document(0)["derived"] == []


def test_a_person_stands_there_as_among_others() -> None:
    made = who_lacks_what()
    document = made.to_document()
    assert [made.person_document(person) for person in (0, 1)] == document["participants"]
    assert made.person_document("population") == document["population"]
    assert made.to_document(1)["participants"] == document["participants"][:1]


def test_equations_that_nobody_has_asked_about_have_no_probabilities() -> None:
    plain = equations(ForgettingRNN, [DELTA])
    plain = replace(plain, coefficients=replace(plain.coefficients, draws=None))
    document = plain.to_document()
    assert (document["is_shared"], document["participants"], document["prevalences"]) == (True, [], [])
    terms = document["population"]["equations"][0]["terms"]
    assert {term["name"]: term["value"] for term in terms} == DELTA["x_value_reward_chosen"]
    assert {term[key] for term in terms for key in ("probability", "low", "high")} == {None}
