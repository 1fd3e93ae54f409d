import numpy as np
import pytest
import tasks

from studies.limits import EVERYTHING, NAMES, as_rules, likelihood_ratios, maximum_likelihood, of_person, person_nll
from studies.people import Population, draw, played_by
from studies.scores import auc

POPULATION = Population(12, 3, 60, "reversal", 1)


@pytest.fixture(scope="module")
def people():
    return draw(POPULATION)


@pytest.fixture(scope="module")
def played(people):
    return played_by(people, POPULATION)


def test_likelihood_is_that_of_the_rules(people, played) -> None:
    parameters = np.hstack([np.broadcast_to(getattr(people.rules, name), (12, 1)) for name in NAMES])
    total = sum(person_nll(parameters[k], *of_person(played, k)) for k in range(12))
    assert total == pytest.approx(tasks.nll(people.rules, played) * (played.choices.size - len(played.choices)))
    assert as_rules(parameters[5]) == people.rules.of(5)


def test_maximum_likelihood_is_above_the_truth_and_keeps_to_its_structure(people, played) -> None:
    parameters = np.hstack([np.broadcast_to(getattr(people.rules, name), (12, 1)) for name in NAMES])
    for person in range(4):
        data = of_person(played, person)
        full = maximum_likelihood(*data)
        assert full.nll < person_nll(parameters[person], *data)
        less = maximum_likelihood(*data, EVERYTHING - {"forgetting", "asymmetry"})
        assert less.nll >= full.nll - 1e-3
        assert less.p[2] == 0
        assert less.p[0] == less.p[1]
        assert maximum_likelihood(*data, EVERYTHING - {"perseveration"}).p[4] == 0


def test_likelihood_ratios_tell_who_has_what() -> None:
    population = Population(24, 4, 100, "drift", 2)
    people = draw(population)
    ratios = likelihood_ratios(played_by(people, population))
    assert ratios.shape == (24, 3)
    assert (ratios >= 0).all()
    found = [auc(people.has[:, k], ratios[:, k]) for k in range(3)]
    assert np.mean(found) > 0.85
    lacking = np.concatenate([ratios[~people.has[:, k], k] for k in range(3)])
    assert np.median(lacking) < 2
