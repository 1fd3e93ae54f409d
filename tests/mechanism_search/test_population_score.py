"""Scores of candidates, held against people whose rules are known."""

import numpy as np
import pytest
from mechanism_search.people import FORGETTING, people
from tasks import differing, nll, play

from spice.data.dataset import DatasetRNN
from spice.mechanism_search import Candidate
from spice.mechanism_search.population_score import score_candidate


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
    warm = score_candidate(candidate, (dataset, dataset), cold.middle)
    np.testing.assert_allclose(sum(warm.nll), sum(cold.nll), rtol=2e-3)
    assert warm.middle == pytest.approx(cold.middle, abs=0.3)
