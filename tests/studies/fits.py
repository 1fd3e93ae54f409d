"""One fit of each study, beside what was simulated and what any method could know; results are plain JSON."""

import warnings
from typing import Any, NamedTuple

import numpy as np
from tasks import Floats, Played, Rules, nll, play

from spice.declaration.mechanisms import State
from spice.estimator import SpiceEstimator
from spice.model.base import BaseRNN
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ChoiceRNN, ParticipantEmbeddingRNN
from studies import found, hierarchical, oracle
from studies.limits import likelihood_ratios, maximum_likelihood, of_person
from studies.people import FOUR, People, Population, draw, learners, played_by

EPOCHS = 16
"""Of studies of structure and intervals: these are of the equations on choices, which a network only starts."""


class FixedStartsRNN(ChoiceRNN):
    """Learning, forgetting and a trace of choices, on the scale that fixed starts give."""

    init_values = {
        "x_value_reward": State(0.5, inverse_temperature="participant"),
        "x_value_choice": State(0.0, inverse_temperature="participant"),
    }


class Learners(NamedTuple):
    """People of one of `FOUR` populations; two blocks, of which the second is held out."""

    name: str
    people: int
    trials: int
    kind: str
    seed: int


def fit(played: Played, seed: int, model: type[BaseRNN] = FixedStartsRNN, **settings: Any) -> SpiceEstimator:
    """An estimator fitted to what people played."""
    with warnings.catch_warnings():
        # A fit that does not succeed warns; here it is measured.
        warnings.simplefilter("ignore")
        return SpiceEstimator(model, n_actions=played.n_arms, random_state=seed, **settings).fit(*played.arrays)


def who_has_what(population: Population) -> dict[str, Any]:
    """Study 1: how well a fit tells who has which mechanism, and how many have it."""
    people, played = _drawn(population)
    equations = fit(played, population.seed, epochs=EPOCHS, spice_library_polynomial_degree=2).equations_
    frame = found.table(equations)
    return {
        "has": people.has.tolist(),
        "size": found.sizes(frame, population.people).tolist(),
        "probability": found.probabilities(frame, population.people).tolist(),
        "prevalence": found.prevalences(equations).tolist(),
    }


def who_has_what_at_best(population: Population, n_draws: int = oracle.DRAWS) -> dict[str, Any]:
    """Study 1 for those who are told the true rules, and how people are drawn; nothing here depends on a fit."""
    played = _drawn(population)[1]
    best = oracle.probabilities(played, population, n_draws)
    return {"ratio": likelihood_ratios(played).tolist(), "oracle": best.tolist()}


def structure(population: Population) -> dict[str, Any]:
    """Study 2: whether the population's equations have the right terms; everybody has the same mechanisms."""
    people, played = _drawn(population)
    equations = fit(played, population.seed, epochs=EPOCHS, spice_library_polynomial_degree=2).equations_
    there, true = found.structure(equations), found.true_structure(tuple(map(bool, people.has[0])))
    return {
        "missing": sorted(map(": ".join, true - there)),
        "extra": sorted(map(": ".join, there - true)),
        "text": equations.text("population"),
    }


def learners_and_forgetters(cell: Learners) -> dict[str, Any]:
    """Study 3: rates of people whose rates are distributed in very different ways, and choices held out."""
    assert cell.name in FOUR
    rules = learners(cell.name, cell.people, cell.seed)
    both = play(cell.kind, rules, cell.people, cell.trials, cell.seed, blocks=2)
    return _rates(rules, both.in_blocks(0, 1), both.in_blocks(1, 2), cell.seed)


def recorded_learners(file: str) -> dict[str, Any]:
    """Study 3 on a file of choices, rewards and true rates, with choices that are held out."""
    with np.load(file) as data:
        rules = Rules(alpha=data["alpha"][:, None], forget=data["forget"][:, None], beta=data["beta"][:, None])
        seen, held_out = (Played(data[f"choices{k}"], data[f"rewards{k}"], 2) for k in ("", "_test"))
    return _rates(rules, seen, held_out, 0)


def intervals(population: Population) -> dict[str, Any]:
    """Study 4: every number of a fit with its interval, beside the truth; columns of `found.Number`."""
    people, played = _drawn(population)
    equations = fit(played, population.seed, epochs=EPOCHS, spice_library_polynomial_degree=2).equations_
    # What the typical person is like is a fact only where all have the same mechanisms.
    alike = set(population.prevalences) <= {0.0, 1.0}
    own = [people.rules.of(person) for person in range(population.people)]
    numbers = list(found.numbers(equations, own, people.typical if alike else None))
    for name, true, (estimate, *ends) in zip(
        found.MECHANISMS, population.prevalences, found.prevalences(equations), strict=True
    ):
        there = bool(estimate > found.PROBABLE)
        numbers.append(
            found.Number("prevalence", name, found.POPULATION, true, float(estimate), *map(float, ends), there)
        )
    return {"numbers": dict(zip(found.Number._fields, zip(*numbers, strict=True), strict=True))}


def _drawn(population: Population) -> tuple[People, Played]:
    people = draw(population)
    return people, played_by(people, population)


def _rates(rules: Rules, seen: Played, held_out: Played, seed: int) -> dict[str, Any]:
    estimator = fit(seen, seed, ParticipantEmbeddingRNN)
    derived = found.derived(estimator.equations_).estimate
    n_people = len(seen.choices) // seen.blocks
    forget = frozenset({"forgetting"})
    alone = np.stack([maximum_likelihood(*of_person(seen, person), forget).p for person in range(n_people)])
    alone_rules = Rules(alpha=alone[:, [0]], forget=alone[:, [2]], beta=alone[:, [3]])
    pooled = hierarchical.rules_of(hierarchical.fit(seen)[0])
    agents = {"equations": estimator.spice_agent_, "network": estimator.rnn_agent_}
    scores = {name: ScoredTrials.of(*held_out.arrays, agent).mean_nll(agent) for name, agent in agents.items()}
    known = {"rules": rules, "alone": alone_rules, "hierarchical": pooled}
    found_rates = {
        "equations": [
            [float(derived[person, quantity]) for person in range(n_people)]
            for quantity in ("learning rate", "forgetting rate")
        ]
    } | {name: [np.ravel(known[name].alpha), np.ravel(known[name].forget)] for name in ("alone", "hierarchical")}
    return {
        "held_out": {**scores, **{name: nll(those, held_out) for name, those in known.items()}},
        "rates": {name: _compared(rules, *map(np.asarray, pair)) for name, pair in found_rates.items()},
    }


def _compared(rules: Rules, alpha: Floats, forget: Floats) -> dict[str, float]:
    """Correlation of rates with the true ones, and how far those of forgetting are off."""
    true_alpha, true_forget = np.ravel(rules.alpha), np.ravel(rules.forget)
    return {
        "r_learning": float(np.corrcoef(alpha, true_alpha)[0, 1]),
        "r_forgetting": float(np.corrcoef(forget, true_forget)[0, 1]),
        "rmse_forgetting": float(np.sqrt(np.mean((forget - true_forget) ** 2))),
    }
