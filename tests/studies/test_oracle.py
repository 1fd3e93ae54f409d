import numpy as np

from studies.limits import likelihood_ratios
from studies.oracle import probabilities
from studies.people import Population, draw, played_by
from studies.scores import auc


def test_nothing_is_known_of_people_who_do_not_play_and_much_of_those_who_do() -> None:
    short = Population(10, 1, 1, "drift", 0, (0.3, 0.5, 0.0))
    sure = probabilities(played_by(draw(short), short), short, 4000)
    assert np.abs(sure - [0.3, 0.5, 0.0]).max() < 0.03
    population = Population(24, 4, 100, "drift", 2)
    people = draw(population)
    played = played_by(people, population)
    sure, ratios = probabilities(played, population, 4000), likelihood_ratios(played)
    by_all, by_rules = (np.mean([auc(people.has[:, k], s[:, k]) for k in range(3)]) for s in (sure, ratios))
    assert by_all > max(by_rules, 0.92)
    assert np.mean((sure - people.has) ** 2) < 0.1
