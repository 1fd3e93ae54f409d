"""Scores of candidates, held against people whose rules are known."""

import numpy as np
import pytest
from mechanism_search.people import FORGETTING, gated_people, people
from tasks import differing, nll, play

from spice.data.dataset import DatasetRNN
from spice.mechanism_search import Candidate
from spice.mechanism_search.population_score import _nothing, names_of, people_of, score_candidate


def test_the_true_mechanisms_predict_nearly_as_well_as_the_true_rules() -> None:
    rules = differing(FORGETTING, 24, 0)
    both = play("drift", rules, 24, 200, 0, blocks=2)
    fold = DatasetRNN(*both.in_blocks(0, 1).arrays), DatasetRNN(*both.in_blocks(1, 2).arrays)
    found = score_candidate(Candidate.of(["learning", "forgetting"]), fold)
    assert len(found.nll) == 24
    mean = sum(found.nll) / sum(found.choices)
    true = nll(rules, both.in_blocks(1, 2))
    assert true - 0.002 < mean < true + 0.008
    # Those who do not forget are another matter.
    without = score_candidate(Candidate.of(["learning"]), fold)
    assert sum(without.nll) > sum(found.nll) + 50


def test_an_earlier_fit_leads_to_the_same_place() -> None:
    dataset = people(FORGETTING, n_people=12)
    candidate = Candidate.of(["learning", "forgetting", "perseveration"])
    cold = score_candidate(candidate, (dataset, dataset))
    warm = score_candidate(candidate, (dataset, dataset), cold)
    np.testing.assert_allclose(sum(warm.nll), sum(cold.nll), rtol=2e-3)
    assert warm.middle == pytest.approx(cold.middle, abs=0.3)


@pytest.mark.parametrize("more", ["perseveration", "two learning rates", "memory of the last outcome"])
def test_a_larger_model_is_hardly_worse_on_what_it_is_fitted_to(more: str) -> None:
    """It starts from where the smaller one found each person, with nothing of what is new."""
    dataset = people(FORGETTING, n_people=12)
    smaller = Candidate.of(["learning", "forgetting"])
    first = score_candidate(smaller, (dataset, dataset))
    assert np.shape(first.people) == (12, len(first.middle))
    larger = score_candidate(smaller.with_one(more), (dataset, dataset), first)
    # Five nats of 1,800 choices: the population's prior pulls at every number that is new.
    assert sum(larger.nll) < sum(first.nll) + 5


def test_what_is_new_can_start_from_nothing() -> None:
    """States count for nothing, or nothing moves them; what is known is not touched."""
    candidate = Candidate.of(["learning", "two learning rates", "forgetting", "perseveration"])
    coordinates = people_of(candidate, 2, 3).coordinates
    names, start = names_of(coordinates), np.full(len(coordinates), 0.25)
    nothing = dict(zip(names, _nothing(coordinates, start, {"betas | x_value_reward | 1"}), strict=True))
    assert nothing["betas | x_value_choice | 1"] == 0
    assert nothing["values | x_value_reward_chosen | x_value_reward_chosen c_reward"] == 0
    assert nothing["values | x_value_reward_not_chosen | x_value_reward_not_chosen"] < -3
    # A trace that is new counts for nothing, but moves, or it would never count.
    assert nothing["values | x_value_choice_not_chosen | x_value_choice_not_chosen"] == 0.25


def test_what_depends_on_an_input_of_the_data_is_found_there() -> None:
    fold = gated_people(24, 150), gated_people(24, 150)
    plain = Candidate.of(["learning"], ("delay",))
    with_it, without = (
        sum(score_candidate(one, fold).nll) for one in (plain.with_one("learning depends on delay"), plain)
    )
    assert with_it < without - 100
