"""A result that is worse than a trivial model is said, with the numbers and a remedy."""

import numpy as np
import pytest
from tasks import Rules, play

from spice.diagnostics import (
    diagnose,
    doubts,
    notes,
    of_chains,
    of_held_out,
    of_people,
    of_power,
    of_searches,
    of_stand_ins,
    of_training,
    read_diagnostics,
)
from spice.estimator import SpiceEstimator
from spice.exceptions import FitWarning
from spice.precoded import ForgettingRNN

TEXTBOOK = 0.50
CHANCE = float(np.log(2))


@pytest.mark.parametrize(
    ("network", "equations", "codes"),
    [
        (0.49, 0.48, []),
        (0.54, 0.505, []),
        (0.42, 0.48, ["equations-leave-out-much"]),
        (0.56, 0.48, ["network-worse-than-textbook"]),
        (0.54, 0.52, ["equations-worse-than-textbook"]),
        (67.0, 0.70, ["network-worse-than-chance", "equations-worse-than-chance"]),
        (np.nan, 0.48, ["network-worse-than-chance"]),
    ],
)
def test_what_is_worse_than_a_trivial_model_is_found(network, equations, codes):
    found = diagnose({"network": network, "equations": equations}, CHANCE, TEXTBOOK)
    assert [diagnostic.code for diagnostic in found] == codes


def test_without_a_textbook_model_there_is_chance():
    assert diagnose({"network": 0.69}, CHANCE, None) == ()
    (found,) = diagnose({"network": 0.70}, CHANCE, None)
    assert "worse than chance (0.700 nats per choice instead of 0.693)" in str(found)


def test_a_fit_that_failed_says_so(tmp_path):
    xs, ys = play("stationary", Rules(), 4, 60, seed=0).arrays
    notes = []
    estimator = SpiceEstimator(ForgettingRNN, epochs=0, spice_refine=False, random_state=0)
    estimator.set_callbacks(lambda event: notes.append(event.message))
    with pytest.warns(FitWarning, match="The network predicts the choices worse than"):
        estimator.fit(xs, ys)
    assert any(str(diagnostic) in notes for diagnostic in estimator.diagnostics_)
    estimator.save_spice(tmp_path / "a", tmp_path / "b")
    assert SpiceEstimator.load_spice(tmp_path / "a", tmp_path / "b").diagnostics_ == estimator.diagnostics_


@pytest.mark.filterwarnings("error::spice.exceptions.FitWarning")
def test_a_fit_that_succeeded_says_nothing():
    xs, ys = play("reversal", Rules(forget=0.2), 4, 150, seed=0).arrays
    found = SpiceEstimator(ForgettingRNN, random_state=0).fit(xs, ys).diagnostics_
    assert doubts(found) == ()
    assert {"training-settled", "searches-agree", "equations-follow-network", "smallest-effect"} <= {
        d.code for d in found
    }
    (follows,) = (d for d in found if d.code == "equations-follow-network")
    assert 0.5 < follows.numbers["r2"] < 1


def test_a_training_that_still_learns_is_told_from_one_that_has_settled():
    (learning,) = of_training(list(np.linspace(0.7, 0.5, 80)))
    (settled,) = of_training([*np.linspace(0.7, 0.5, 40), *[0.5] * 40])
    assert "more epochs" in learning.remedy
    assert not settled.remedy
    assert settled.numbers == {"gain": 0.0}
    assert not learning.is_doubt
    assert of_training([0.7, 0.6]) == ()


def test_searches_that_disagree_are_named():
    (found,) = of_searches({"rules": True, "SINDy": False})
    assert found.sentence.startswith("1 of 2 searches")
    assert "SINDy" in found.sentence
    assert of_searches({"rules": True}) == ()


def test_chains_that_disagree_are_said():
    (well,), (roughly,) = of_chains(1.04), of_chains(1.5)
    assert str(well) == "The chains that intervals and probabilities come from agree (R-hat 1.04)."
    assert "agree only roughly (R-hat 1.50" in roughly.sentence
    assert "another random_state" in roughly.remedy
    assert roughly.numbers == {"r_hat": 1.5}


def test_who_is_badly_described_and_by_how_much():
    (found,) = of_people({"Ann": 1.0, "Bob": 6.2, "Cy": -9.0})
    assert "1 of 3 people" in found.sentence
    assert "Bob (6.2)" in found.sentence
    assert of_people({"Ann": 1.0}) == ()
    many = {f"p{k}": 5.0 + k for k in range(12)}
    assert "and 4 more" in of_people(many)[0].sentence


def test_what_choices_cannot_tell():
    size, nothing = of_power([("rate of forgetting", 0.3), ("inverse temperature of C", np.inf)], 60)
    assert str(size).startswith("With 60 choices a person a rate of forgetting below 0.3 cannot be told from none")
    assert "no inverse temperature of C, however large, can be told" in str(nothing)


def test_pairs_and_held_out_choices_are_said_with_their_numbers():
    (pair,) = of_stand_ins([("rate of A", "start of B", -0.95)])
    assert "the rate of A and the start of B stand in for each other (correlation -0.95" in pair.sentence
    (held,) = of_held_out({"network": 0.51, "equations": 0.5})
    assert "0.5100 nats per choice (network), 0.5000 (equations)" in held.sentence
    assert of_held_out({"network": 0.5}) == ()
    assert notes([pair, held]) == (pair, held)


def test_findings_of_before_are_doubts():
    old = {"diagnostics": [{"code": "a", "sentence": "b.", "remedy": "c."}]}
    (found,) = read_diagnostics(old)
    assert found.is_doubt
    assert found.numbers == {}
    assert str(found) == "b. c."
