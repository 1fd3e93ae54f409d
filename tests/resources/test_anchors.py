"""Starting values that a declaration fixes are fixed in equations too."""

from typing import ClassVar

import pytest
from tasks import Rules, maximum_likelihood, play

from spice.estimator import SpiceEstimator
from spice.precoded import ChoiceRNN, ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.anchors import anchors
from spice.resources.mechanisms import Mechanism, State
from spice.resources.rnn import BaseRNN
from spice.resources.scored_trials import ScoredTrials

EXACT = {"x_value_reward_chosen": True, "x_value_reward_not_chosen": False}


class TraceRNN(BaseRNN):
    """Traces of choices that start from what always choosing an arm leads to."""

    init_values: ClassVar[dict[str, State]] = {"x_trace": State(1.0, inverse_temperature="shared")}
    mechanisms = (Mechanism("x_chosen", "x_trace", "chosen"), Mechanism("x_not_chosen", "x_trace", "not_chosen"))


class OptimisticRNN(BaseRNN):
    """Values that start from what always rewarding leads to."""

    init_values: ClassVar[dict[str, State]] = {"x_value": State(1.0, inverse_temperature="participant")}
    mechanisms = (Mechanism("x_chosen", "x_value", "chosen", inputs=("c_reward",)),)
    context_size = 8


def fitted(model: type[BaseRNN], n_people: int = 4, **settings: object) -> SpiceEstimator:
    played = play("reversal", Rules(beta_choice=1.0), n_people, 100, seed=3)
    xs, ys = played.arrays
    return SpiceEstimator(model, n_actions=2, epochs=16, random_state=0, **settings).fit(xs, ys)


@pytest.mark.filterwarnings("ignore::spice.exceptions.FitWarning")
@pytest.mark.parametrize(
    ("model", "start"),
    [
        (RescorlaWagnerRNN, 0.5),
        (ForgettingRNN, 0.5),
        (ParticipantEmbeddingRNN, 0.5),
        (OptimisticRNN, 1.0),
        (TraceRNN, 1),
    ],
)
def test_canonical_equations_start_where_the_declaration_says(model: type[BaseRNN], start: float) -> None:
    estimator = fitted(model)
    table = estimator.equations_.canonical()
    known = set(table.without_canonical_form())
    people = [p for p in (*table.participants, "population") if p not in known]
    assert people
    for person in people:
        assert table.initial_values(person) == {next(iter(model.init_values)): pytest.approx(start, abs=1e-9)}


@pytest.mark.filterwarnings("ignore::spice.exceptions.FitWarning")
def test_the_rate_is_that_of_maximum_likelihood() -> None:
    """People who also persevere: a start that is free would stand for it, and the rate would mean nothing."""
    played = play("stationary", Rules(alpha=0.3, beta=2.0, beta_choice=2.0, alpha_choice=0.1), 20, 100, seed=1)
    limit, limit_nll = maximum_likelihood(played, ("alpha", "beta"))
    xs, ys = played.arrays
    estimator = SpiceEstimator(RescorlaWagnerRNN, n_actions=2, epochs=16, random_state=0).fit(xs, ys)
    equations = estimator.equations_.canonical()
    assert equations.learning_rates()["x_value_reward_chosen"][0] == pytest.approx(limit.alpha, abs=0.02)
    assert equations.inverse_temperatures(0)["x_value_reward"] == pytest.approx(limit.beta, rel=0.03)
    agent = estimator.spice_agent_
    assert ScoredTrials.of(xs, ys, agent).mean_nll(agent) == pytest.approx(limit_nll, abs=1e-3)


def test_which_constants_are_told_from_the_start() -> None:
    """A given equation ties values to their scale; starts that equations fit leave all constants free."""
    for model, exact in ((LearningRateRNN, {}), (ChoiceRNN, {}), (ForgettingRNN, EXACT)):
        table = fitted(model, n_people=1, spice_refine=False).spice_agent_.coefficients
        found = anchors(model.declared_states(), table)
        assert {anchor.mechanism: anchor.is_exact for anchor in found} == exact
