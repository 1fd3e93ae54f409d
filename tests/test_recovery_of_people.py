"""Who has which mechanism, how sure that is, and how near: a small part of `benchmarks/recovery.py`."""

from itertools import product

import numpy as np
import pytest
from studies import fits, summaries
from studies.fits import Learners
from studies.people import FOUR, MECHANISMS, Population
from studies.scores import calibration, coverage

STRUCTURES = list(product((0.0, 1.0), repeat=3))
KINDS = "drift", "reversal"


def who_has_what(*populations: Population) -> list[dict]:
    return [
        {"cell": cell, **fits.who_has_what(cell), **fits.who_has_what_at_best(cell, n_draws=4000)}
        for cell in populations
    ]


def test_who_has_what_in_a_mixed_population() -> None:
    found = summaries.detections(who_has_what(Population(40, 4, 100, "drift", 1)))
    assert found.auc.mean() > 0.9
    assert found.auc.min() > 0.8
    assert (found.auc > found.auc_oracle - 0.1).all()
    assert found.found.mean() > 0.75
    assert found.wrong.mean() <= 0.12
    assert found.error.max() < 0.15
    assert found.holds.all()


def test_a_mechanism_that_nobody_or_everybody_has() -> None:
    found = summaries.detections(who_has_what(Population(32, 4, 100, "reversal", 2, (0.0, 1.0, 0.0))))
    assert found.error.max() < 0.1
    assert found.wrong.max() < 0.08
    assert found.set_index("mechanism").found["forgetting"] > 0.9


@pytest.mark.parametrize("shares", [(0.0, 0.0, 0.0), (1.0, 0.0, 1.0)])
def test_structure_of_people_who_are_alike(shares) -> None:
    """Few people who forget and perseverate are left out: forgetting towards 0 is nearly as likely on their choices."""
    found = fits.structure(Population(20, 4, 100, "drift", 0, shares, spread=0.0))
    assert (found["missing"], found["extra"]) == ([], [])


def test_intervals_hold() -> None:
    cells = Population(20, 3, 80, "drift", 0, exact=False), Population(20, 3, 80, "reversal", 1, (1.0, 0.0, 1.0))
    found = coverage(summaries.numbers([{"cell": cell, **fits.intervals(cell)} for cell in cells]), ["of", "kind"])
    told = found[found.kind != "forgetting target"].set_index("of")
    assert (told.without_interval == 0).all()
    people = told.loc["people"]
    assert np.average(people.inside, weights=people.numbers) > 0.85
    assert people.inside.min() > 0.7
    # Those of one population go together: one that is off takes others with it.
    assert told.loc["population"].inside.mean() > 0.6


def test_rates_come_near_those_of_a_hierarchical_fit() -> None:
    cell = Learners("skewed", 32, 200, "drift", 0)
    found = fits.learners_and_forgetters(cell)
    held_out, rates = found["held_out"], found["rates"]
    assert held_out["rules"] < held_out["equations"] < held_out["hierarchical"] + 0.004
    assert held_out["equations"] < held_out["alone"]
    assert rates["equations"]["r_learning"] > rates["hierarchical"]["r_learning"] - 0.08
    assert rates["equations"]["r_forgetting"] > rates["hierarchical"]["r_forgetting"] - 0.15
    assert rates["equations"]["rmse_forgetting"] < 1.4 * rates["hierarchical"]["rmse_forgetting"]


@pytest.mark.nightly
def test_probabilities_and_prevalences_of_many_populations() -> None:
    results = who_has_what(*(
        Population(64, 4, 100, KINDS[seed % 2], 50 + seed, rates=("logit-normal", "uniform")[seed // 2 % 2])
        for seed in range(6)
    ))  # fmt: skip
    frame = summaries.detections(results)
    means = frame.groupby("mechanism").mean(numeric_only=True)
    assert means.auc["asymmetry"] > 0.9
    assert means.auc["forgetting"] > 0.95
    assert means.auc["perseveration"] > 0.93
    assert means.found.min() > 0.75
    assert means.wrong.max() < 0.1
    assert (frame.error < 0.1).mean() > 0.85
    probability, has = (
        np.concatenate([summaries.of_mechanism(results, part, k) for k in range(len(MECHANISMS))])
        for part in ("probability", "has")
    )
    fifths = calibration(probability, has)
    assert (fifths.probability - fifths.share).abs().max() < 0.12


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2))
def test_structure_of_all_populations(seed) -> None:
    cells = [Population(64, 4, 100, KINDS[seed % 2], 70 + seed, shares, spread=0.5 * seed) for shares in STRUCTURES]
    frame = summaries.structures([{"cell": cell, **fits.structure(cell)} for cell in cells])
    assert frame.exact.sum() >= len(frame) - 1, frame[~frame.exact].to_string()


@pytest.mark.nightly
@pytest.mark.parametrize("name", FOUR)
def test_rates_of_all_populations(name) -> None:
    found = fits.learners_and_forgetters(Learners(name, 48, 240, "drift", 60))
    assert found["held_out"]["equations"] < found["held_out"]["hierarchical"] + 0.003
    assert found["rates"]["equations"]["r_learning"] > found["rates"]["hierarchical"]["r_learning"] - 0.05


@pytest.mark.nightly
@pytest.mark.parametrize(("blocks", "trials"), [(1, 100), (8, 100)])
def test_intervals_of_many_populations(blocks, trials) -> None:
    shares = [(0.5, 0.5, 0.5), (1.0, 1.0, 1.0), (0.5, 0.5, 0.5), (0.0, 1.0, 0.0)]
    cells = [
        Population(32, blocks, trials, KINDS[seed % 2], 80 + seed, own, exact=own[0] != 0.5)
        for seed, own in enumerate(shares)
    ]
    frame = summaries.numbers([{"cell": cell, **fits.intervals(cell)} for cell in cells])
    people = coverage(frame[frame.of == "people"], ["kind"])
    assert people.inside.between(0.9, 0.995).all(), people.to_string()
