"""People who have mechanisms of the library, and whether they are found in them."""

import numpy as np
import pytest

from spice.mechanism_search import LIBRARY, Candidate, simulate_people
from spice.mechanism_search.folds import folds_of
from spice.mechanism_search.ladder import adds
from spice.mechanism_search.population_score import Score, score_candidate
from spice.model.scored_trials import ScoredTrials
from spice.tasks.environments import BanditsFlip

BY_DAY = ("two learning rates", "counterfactual outcomes", "outcome trace")
NOT_TOLD = {"repetition reads habit": "48 people x 300 choices do not tell it from repetition alone"}


def people_with(name: str) -> Candidate:
    """Who learn, and have a mechanism with what it builds on."""
    return Candidate.of(["learning"]).with_one(name)


def held_out(candidate: Candidate, folds: list) -> list[Score]:
    return [score_candidate(candidate, fold) for fold in folds]


def nats(scores: list[Score]) -> np.ndarray:
    return np.sum([score.nll for score in scores], axis=0)


def _when(name: str):
    marks = [] if name in BY_DAY else [pytest.mark.nightly]
    if name in NOT_TOLD:
        marks.append(pytest.mark.xfail(reason=NOT_TOLD[name], strict=True))
    return pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", [_when(name) for name in LIBRARY if name != "learning"])
def test_a_mechanism_is_found_in_people_who_have_it(name: str) -> None:
    candidate = people_with(name)
    dataset, agent = simulate_people(candidate, 48, 300, random_state=1)
    folds = folds_of(dataset)[:2]
    with_it, without = held_out(candidate, folds), held_out(candidate.without(name), folds)
    assert adds(nats(without) - nats(with_it), len(LIBRARY))
    # Two thirds were held out, and are predicted nearly as well as by those who chose.
    chosen = [ScoredTrials.of(part.xs, part.ys, agent).mean_nll(agent) for _, part in folds]
    assert nats(with_it).sum() / sum(sum(score.choices) for score in with_it) < np.mean(chosen) + 0.02


def test_people_are_as_they_are_asked_for() -> None:
    candidate = people_with("forgetting")
    dataset, agent = simulate_people(candidate, 5, 40, random_state=2)
    again, _ = simulate_people(candidate, 5, 40, random_state=2)
    other, _ = simulate_people(candidate, 5, 40, random_state=3)
    assert dataset.xs.shape == (5, 40, 7)
    assert bool((dataset.xs.nan_to_num(9) == again.xs.nan_to_num(9)).all())
    assert bool((dataset.xs.nan_to_num(9) != other.xs.nan_to_num(9)).any())
    # Each a little differently.
    rates = agent.equations.canonical().learning_rates()["x_value_reward_chosen"]
    assert len(set(rates.values())) == len(rates)
    assert all(0.1 < rate < 0.8 for rate in rates.values())
    flips, _ = simulate_people(candidate, 5, 40, environment=BanditsFlip(), random_state=2)
    assert flips.n_actions == 2
    assert bool((dataset.xs.nan_to_num(9) != flips.xs.nan_to_num(9)).any())


def test_other_outcomes_are_shown_to_those_who_learn_from_them() -> None:
    for name, shown in (("counterfactual outcomes", 2), ("coupling", 1)):
        dataset, _ = simulate_people(people_with(name), 3, 20, random_state=0)
        rewards = dataset.xs[..., 2:4]
        assert bool(((~rewards.isnan() & (rewards != -1)).sum(-1) == shown).all())
