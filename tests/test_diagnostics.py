"""A result that is worse than a trivial model is said, with the numbers and a remedy."""

import numpy as np
import pytest
from tasks import Rules, play

from spice.diagnostics import diagnose
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
    assert SpiceEstimator(ForgettingRNN, random_state=0).fit(xs, ys).diagnostics_ == ()
