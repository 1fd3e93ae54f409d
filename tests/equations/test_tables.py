"""Tables of equations: who has what, and how sure it is, on draws that are made up."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from equations.tables import DELTA, Floats, Table, equations

from spice.equations.equations import SpiceEquations
from spice.precoded import ChoiceRNN, ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN

CHOSEN, OTHER = "x_value_reward_chosen", "x_value_reward_not_chosen"
DIFFERENCE = f"{CHOSEN} c_reward"
STAYS: Table = {OTHER: {OTHER: 1.0}}


def learning(without: float, rewarded: float) -> Table:
    """Learns at these rates without a reward and after one, on the canonical scale."""
    return {CHOSEN: {CHOSEN: 1 - without, "c_reward": rewarded, DIFFERENCE: without - rewarded}}


def forgetting(rate: float, target: float) -> Table:
    return {OTHER: {OTHER: 1 - rate, "1": rate * target}}


def people() -> SpiceEquations:
    """Ann learns more from rewards and forgets; Bob does neither; the population has a trace of both."""
    rows = [
        learning(0.2, 0.5) | forgetting(0.4, 0.5),
        {CHOSEN: {CHOSEN: 0.7, "c_reward": 0.3}} | STAYS,
        learning(0.25, 0.35) | forgetting(0.2, 0.5),
    ]
    return equations(ParticipantEmbeddingRNN, rows, betas={"x_value_reward": [3.0, 4.0, 3.5]})


def place(found: SpiceEquations, *name: str) -> int:
    return found.coefficients.parameters.index(name)  # type: ignore[arg-type]


def with_presence(found: SpiceEquations) -> SpiceEquations:
    """Ann has an asymmetry with .9 and forgets with .8, Bob with .2 and .1; half of all people, and 30 % of them."""
    n = len(found.coefficients.parameters)
    probability, shares = np.full((3, n), np.nan), np.full((2, n), np.nan)
    for term, numbers, interval in (
        (("values", CHOSEN, DIFFERENCE), (0.9, 0.2, 0.5), (0.3, 0.7)),
        (("values", OTHER, OTHER), (0.8, 0.1, 0.3), (0.1, 0.5)),
        (("values", OTHER, "1"), (0.8, 0.1, 0.3), (0.1, 0.5)),
        # Nobody has a square, whatever the prior says of it.
        (("values", CHOSEN, f"{CHOSEN}^2"), (0.0, 0.0, 0.0), (0.0, 0.02)),
    ):
        probability[:, place(found, *term)] = numbers
        shares[:, place(found, *term)] = interval
    return replace(found, coefficients=replace(found.coefficients, probability=probability, prevalence_interval=shares))


def with_draws(found: SpiceEquations, draws: Floats) -> SpiceEquations:
    return replace(found, coefficients=replace(found.coefficients, draws=draws))


def by_name(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.set_index(["participant", *columns])


# Coefficients --------------------------------------------------------------------------------------------------


def test_a_term_that_somebody_has_is_told_of_everybody() -> None:
    frame = by_name(with_presence(people()).to_frame(), "mechanism", "term")
    bob = frame.loc[1, CHOSEN, DIFFERENCE]
    assert (bob.coefficient, bob.probability) == (0.0, 0.2)
    assert frame.loc[0, CHOSEN, DIFFERENCE].probability == 0.9
    assert frame.loc[-1, CHOSEN, DIFFERENCE].probability == 0.5
    assert frame.loc[1, OTHER, OTHER].coefficient == 1.0
    assert frame.loc[1, OTHER, OTHER].probability == 0.1
    # Of what is given to all it is not asked who has it.
    assert np.isnan(frame.loc[0, "initial_x_value_reward", "1"].probability)


def test_what_nobody_has_is_not_told() -> None:
    frame = with_presence(people()).to_frame()
    assert f"{CHOSEN}^2" not in set(frame.term)
    assert "c_reward^2" not in set(frame.term)


def test_without_probabilities_a_term_is_told_of_those_who_have_it() -> None:
    frame = people().to_frame()
    assert frame[frame.term == DIFFERENCE].participant.tolist() == [0, -1]
    assert frame.probability.isna().all()


def test_intervals_hold_what_lacks_a_term_too() -> None:
    """In a third of the draws Ann has no asymmetry: the interval reaches 0."""
    found = with_presence(people())
    k = place(found, "values", CHOSEN, DIFFERENCE)
    draws = np.tile(found.coefficients.vectors()[:, None], (1, 300, 1))
    draws[0, :, k] = np.where(np.arange(300) % 3 == 0, 0.0, np.linspace(-0.5, -0.1, 300))
    ann = by_name(with_draws(found, draws).to_frame(), "mechanism", "term").loc[0, CHOSEN, DIFFERENCE]
    assert ann.high == 0.0
    assert ann.low == pytest.approx(-0.5, abs=0.02)
    assert ann.standard_error == pytest.approx(draws[0, :, k].std())
    # What never moves has no interval.
    bob = by_name(with_draws(found, draws).to_frame(), "mechanism", "term").loc[1, CHOSEN, CHOSEN]
    assert np.isnan(bob.standard_error)
    assert bob.low == bob.high == bob.coefficient


# How many have it ----------------------------------------------------------------------------------------------


def test_prevalences() -> None:
    frame = with_presence(people()).prevalences()
    assert list(frame.columns) == ["mechanism", "term", "prevalence", "low", "high"]
    rows = {(row.mechanism, row.term): (row.prevalence, row.low, row.high) for row in frame.itertuples()}
    assert rows == {
        (CHOSEN, DIFFERENCE): (0.5, 0.3, 0.7),
        (OTHER, OTHER): (0.3, 0.1, 0.5),
        (OTHER, "1"): (0.3, 0.1, 0.5),
    }


def test_prevalences_are_those_of_people_who_differ() -> None:
    columns = ["mechanism", "term", "prevalence", "low", "high"]
    shared = equations(ForgettingRNN, [DELTA])
    n = len(shared.coefficients.parameters)
    alone = replace(shared.coefficients, probability=np.ones((1, n)), prevalence_interval=np.ones((2, n)))
    for some in (people(), replace(shared, coefficients=alone)):
        assert some.prevalences().empty
        assert list(some.prevalences().columns) == columns


# What is read off equations ------------------------------------------------------------------------------------


def test_derived_numbers() -> None:
    found = replace(with_presence(people()), mean_reward=0.5)
    frame = found.derived()
    assert list(frame.columns) == [
        "participant", "label", "quantity", "mechanism", "estimate", "low", "high", "probability",
    ]  # fmt: skip
    assert frame.participant.unique().tolist() == [0, 1, -1]
    numbers = by_name(frame, "quantity")
    ann, bob = numbers.loc[0], numbers.loc[1]
    assert ann.estimate.to_dict() == pytest.approx(
        {
            # Halfway between rewards and none.
            "learning rate": 0.35, "learning rate after reward": 0.5, "learning rate without reward": 0.2,
            "asymmetry": 0.3, "forgetting rate": 0.4, "forgetting target": 0.5,
        }
    )  # fmt: skip
    assert bob.estimate["asymmetry"] == pytest.approx(0.0, abs=1e-9)
    assert bob.estimate["learning rate after reward"] == pytest.approx(0.3)
    assert bob.estimate["forgetting rate"] == pytest.approx(0.0, abs=1e-9)
    # Who forgets nothing forgets it towards nowhere.
    assert np.isnan(bob.estimate["forgetting target"])
    assert (ann.probability["asymmetry"], bob.probability["asymmetry"]) == (0.9, 0.2)
    assert (ann.probability["forgetting rate"], bob.probability["forgetting target"]) == (0.8, 0.1)
    assert np.isnan(ann.probability["learning rate"])


def test_derived_numbers_are_read_on_the_canonical_scale() -> None:
    raw = equations(ForgettingRNN, [{CHOSEN: {CHOSEN: 0.7, "c_reward": 0.9}, OTHER: {OTHER: 0.8, "1": 0.3}}])
    numbers = by_name(raw.derived(), "quantity").estimate[-1]
    assert numbers["learning rate"] == pytest.approx(0.3)
    assert numbers["forgetting rate"] == pytest.approx(0.2)
    # 1.5 of values that reach 3 where they are always rewarded.
    assert numbers["forgetting target"] == pytest.approx(0.5)


def test_intervals_of_derived_numbers_are_those_of_draws_of_them() -> None:
    found = people()
    rng = np.random.default_rng(0)
    without, rewarded = rng.uniform(0.1, 0.3, 400), rng.uniform(0.4, 0.6, 400)
    draws = np.tile(found.coefficients.vectors()[:, None], (1, 400, 1))
    for term, numbers in ((CHOSEN, 1 - without), ("c_reward", rewarded), (DIFFERENCE, without - rewarded)):
        draws[0, :, place(found, "values", CHOSEN, term)] = numbers
    numbers = by_name(with_draws(found, draws).derived(), "quantity").loc[0]
    for quantity, drawn in (("asymmetry", rewarded - without), ("learning rate without reward", without)):
        row = numbers.loc[quantity]
        assert (row.low, row.high) == pytest.approx(tuple(np.quantile(drawn, (0.025, 0.975))), abs=0.01)
        assert row.low < row.estimate < row.high
    nobody_looked = replace(found, coefficients=replace(found.coefficients, draws=None)).derived()
    assert nobody_looked.low.isna().all()
    assert nobody_looked.estimate.notna().any()


def test_a_target_is_told_by_the_draws_that_forget() -> None:
    """Where most draws forget nothing the target has no interval; where some do not, it is that of the others."""
    found = people()
    rate, constant = (place(found, "values", OTHER, term) for term in (OTHER, "1"))
    for share, told in ((0.2, True), (0.8, False)):
        draws = np.tile(found.coefficients.vectors()[:, None], (1, 200, 1))
        without = np.arange(200) < share * 200
        targets = np.linspace(0.3, 0.7, 200)
        draws[0, :, rate] = np.where(without, 1.0, 0.6)
        draws[0, :, constant] = np.where(without, 0.0, 0.4 * targets)
        row = by_name(with_draws(found, draws).derived(), "quantity").loc[0, "forgetting target"]
        assert np.isfinite(row.low) is np.bool_(told)
        if told:
            np.testing.assert_allclose((row.low, row.high), np.quantile(targets[~without], (0.025, 0.975)), atol=0.01)


def test_which_numbers_models_have() -> None:
    """Without a term for it there is no asymmetry; a rate that is a state of its own is not read off."""
    simple = equations(ParticipantEmbeddingRNN, [DELTA] * 3, degree=1, betas={"x_value_reward": [3.0] * 3}).derived()
    assert set(simple.quantity) == {"learning rate", "forgetting rate", "forgetting target"}
    betas = {"x_value_reward": [3.0] * 3, "x_value_choice": [1.0] * 3}
    traces: Table = {"x_value_choice_chosen": {"1": 0.4, "x_value_choice_chosen": 0.6},
                     "x_value_choice_not_chosen": {"x_value_choice_not_chosen": 0.6}}  # fmt: skip
    both = equations(ChoiceRNN, [DELTA | traces] * 3, degree=1, betas=betas).derived()
    assert set(both.mechanism) == {CHOSEN, OTHER}
    assert equations(LearningRateRNN, [{}] * 3, betas={"x_value_reward": [3.0] * 3}).derived().empty
