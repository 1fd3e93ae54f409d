import numpy as np
import pytest
import tasks
from tasks import Rules, play

from studies.hierarchical import fit, rules_of
from studies.limits import maximum_likelihood, of_person
from studies.people import learners


def test_pooling_predicts_better_than_each_person_alone_and_finds_the_population() -> None:
    rules = learners("skewed", 24, 4)
    both = play("drift", rules, 24, 150, 4, blocks=2)
    seen, held_out = both.in_blocks(0, 1), both.in_blocks(1, 2)
    at, population = fit(seen)
    pooled = rules_of(at)
    alone = np.stack([maximum_likelihood(*of_person(seen, k), frozenset({"forgetting"})).p for k in range(24)])
    alone_rules = Rules(alpha=alone[:, [0]], forget=alone[:, [2]], beta=alone[:, [3]])
    best, hierarchical, each = (tasks.nll(r, held_out) for r in (rules, pooled, alone_rules))
    assert best < hierarchical < each - 0.002
    assert np.corrcoef(pooled.alpha[:, 0], rules.alpha[:, 0])[0, 1] > 0.7
    true = np.log(np.hstack([rules.alpha / (1 - rules.alpha), rules.forget / (1 - rules.forget), rules.beta]))
    assert np.abs(population.mean - true.mean(0)).max() < 0.5
    assert np.sqrt(np.diag(population.covariance)) == pytest.approx(true.std(0), rel=0.6)
