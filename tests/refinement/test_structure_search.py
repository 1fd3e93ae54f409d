"""Which terms a population has, found again from choices of people who are known to have them."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
from refinement.people import likelihood_of_rules
from tasks import Rules, play

from spice.model.base import BaseRNN
from spice.precoded import ChoiceRNN, ParticipantEmbeddingRNN
from spice.progress import FitControl
from spice.refinement.equation_likelihood import EquationLikelihood
from spice.refinement.structure_search import Found, Start, search_structure


class TraceRNN(ChoiceRNN):
    """Traces of choices beside values that start where they are declared to."""

    init_values: ClassVar[dict[str, Any]] = {
        name: replace(state, learned="fixed") for name, state in ChoiceRNN.declared_states().items()
    }


BETA, TRACE = ("betas", "x_value_reward", "1"), ("betas", "x_value_choice", "1")
LEARNS, FORGETS = (("values", name, name) for name in ("x_value_reward_chosen", "x_value_reward_not_chosen"))
TRACES = {TRACE, *(("values", name, name) for name in ("x_value_choice_chosen", "x_value_choice_not_chosen"))}
DIFFERENCE = "values", "x_value_reward_chosen", "x_value_reward_chosen c_reward"


def search(
    model: type[BaseRNN], rules: Rules, n_people: int, n_trials: int, seed: int
) -> tuple[EquationLikelihood, Found]:
    xs, ys = play("drift", rules, n_people, n_trials, seed).arrays
    likelihood = likelihood_of_rules(model, xs, ys)
    kinds, (theta, _) = likelihood.coordinates.kinds, likelihood.start()
    starts = [
        Start("rules", theta[0], ~np.isin(kinds, ("term", "target"))),
        Start("everything", theta[0], np.ones(len(kinds), dtype=bool)),
        Start("little", theta[0], np.isin(kinds, ("beta",))),
    ]
    with FitControl().stage("refine") as stage:
        return likelihood, search_structure(likelihood, starts, stage)


def names(likelihood: EquationLikelihood, present: Any) -> set[tuple[str, str, str]]:
    return {entry.parameter for entry, has in zip(likelihood.coordinates.entries, present, strict=True) if has}


@pytest.mark.parametrize(
    ("model", "rules", "expected"),
    [
        (ParticipantEmbeddingRNN, Rules(), {BETA, LEARNS}),
        (ParticipantEmbeddingRNN, Rules(forget=0.3), {BETA, LEARNS, FORGETS}),
        (TraceRNN, Rules(forget=0.3), {BETA, LEARNS, FORGETS}),
        (TraceRNN, Rules(forget=0.3, beta_choice=1.5, alpha_choice=0.4), {BETA, LEARNS, FORGETS, *TRACES}),
    ],
)
def test_what_people_do_is_found_and_nothing_else(
    model: type[BaseRNN], rules: Rules, expected: set[tuple[str, str, str]]
) -> None:
    likelihood, found = search(model, rules, 10, 150, seed=1)
    best = found.fits[0]
    assert names(likelihood, best.active[0]) == expected
    assert (best.active == best.active[0]).all()
    assert np.isfinite(best.theta).all()
    assert found.starts["rules"]


def test_the_best_comes_first_and_others_close_behind() -> None:
    likelihood, found = search(ParticipantEmbeddingRNN, Rules(forget=0.2), 6, 100, seed=2)
    evidence = [fit.evidence for fit in found.fits]
    assert evidence == sorted(evidence, reverse=True)
    for fit in found.fits[1:]:
        # With less evidence, what has all terms of the best and more is no alternative.
        assert not names(likelihood, fit.active[0]) >= names(likelihood, found.fits[0].active[0])
    assert set(found.starts) == {"rules", "everything", "little"}


def test_one_person_is_a_population_too() -> None:
    likelihood, found = search(ParticipantEmbeddingRNN, Rules(), 1, 300, seed=3)
    assert likelihood.n_rows == 1
    assert {BETA, LEARNS} <= names(likelihood, found.fits[0].active[0])
    assert DIFFERENCE not in names(likelihood, found.fits[0].active[0])


def test_choices_that_follow_nothing_have_no_terms() -> None:
    likelihood, found = search(ParticipantEmbeddingRNN, Rules(beta=0.0), 6, 100, seed=4)
    assert names(likelihood, found.fits[0].active[0]) == set()
    # Nothing is as likely as chance.
    np.testing.assert_allclose(found.fits[0].nll, likelihood.n_choices * np.log(2))
