"""Starting values that a declaration fixes are fixed in equations too."""

from typing import ClassVar

import numpy as np
import pytest
from tasks import Played, Rules, maximum_likelihood, play

from spice.equations.anchors import anchors
from spice.estimator import SpiceEstimator
from spice.model.scored_trials import ScoredTrials
from spice.precoded import ChoiceRNN, ForgettingRNN, LearningRateRNN, ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.mechanisms import Mechanism, State
from spice.resources.rnn import BaseRNN


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


def test_asymmetric_learning_is_found_on_the_scale_of_its_start() -> None:
    """Rewards teach more than their absence: a start of 0.5 is halfway between fixed points, whatever leads there."""
    played, limit = asymmetric(n_people=30, n_trials=150, seed=1)
    xs, ys = played.arrays
    estimator = SpiceEstimator(RescorlaWagnerRNN, epochs=16, spice_library_polynomial_degree=2, random_state=0)
    equations = estimator.fit(xs, ys).equations_.canonical()
    (found,) = equations.terms("population").values()
    value = "x_value_reward_chosen"
    assert set(found) == {value, "c_reward", f"{value} c_reward"}
    assert found[value] == pytest.approx(0.8, abs=0.03)  # learns at 0.2 from nothing
    assert found[value] + found[f"{value} c_reward"] == pytest.approx(0.4, abs=0.08)  # and at 0.6 from a reward
    assert equations.inverse_temperatures("population")["x_value_reward"] == pytest.approx(4.0, rel=0.1)
    agent = estimator.spice_agent_
    assert ScoredTrials.of(xs, ys, agent).mean_nll(agent) == pytest.approx(limit, abs=2e-3)


def asymmetric(n_people: int, n_trials: int, seed: int) -> tuple[Played, float]:
    """People who learn at 0.6 from a reward and at 0.2 from none, and the likelihood of that rule."""
    rng = np.random.default_rng(seed)
    everybody = np.arange(n_people)
    pays, values, nll = rng.uniform(0.2, 0.8, (n_people, 2)), np.full((n_people, 2), 0.5), 0.0
    choices, rewards = np.zeros((n_people, n_trials), dtype=int), np.zeros((n_people, n_trials))
    for t in range(n_trials):
        pays = np.clip(pays + rng.normal(0, 0.1, pays.shape), 0, 1)
        second = 1 / (1 + np.exp(4.0 * (values[:, 0] - values[:, 1])))
        choice = (rng.random(n_people) < second).astype(int)
        if t > 0:
            nll -= np.log(np.where(choice == 1, second, 1 - second)).sum()
        reward = (rng.random(n_people) < pays[everybody, choice]).astype(float)
        values[everybody, choice] += np.where(reward > 0, 0.6, 0.2) * (reward - values[everybody, choice])
        choices[:, t], rewards[:, t] = choice, reward
    return Played(choices, rewards, 2), nll / (n_people * (n_trials - 1))


def test_which_coefficients_follow_from_others() -> None:
    """A given equation ties values to their scale; whether equations fit the start makes no difference."""
    value = [("x_value_reward_chosen", "c_reward"), ("x_value_reward_chosen", "1")]
    trace = [("x_value_choice_chosen", "1"), ("x_value_choice_not_chosen", "1")]
    for model, exact, others in (
        (LearningRateRNN, [], []),
        (ChoiceRNN, [*value, *trace], [("x_value_reward_not_chosen", "1")]),
        (ForgettingRNN, value, [("x_value_reward_not_chosen", "1")]),
        (TraceRNN, [("x_chosen", "1"), ("x_not_chosen", "1")], []),
    ):
        table = fitted(model, n_people=1, spice_refine=False).spice_agent_.coefficients
        found = anchors(model.declared_states(), table)
        named = {a.is_exact: [] for a in found} | {True: [], False: []}
        for anchor in found:
            named[anchor.is_exact].append((anchor.mechanism, table.terms[anchor.mechanism].names[anchor.position]))
        assert sorted(named[True]) == sorted(exact)
        assert named[False] == others


@pytest.mark.parametrize("learned", ["fixed", "equations", "shared", "participant"])
@pytest.mark.parametrize("own", [True, False])
def test_starts_of_every_kind_are_fitted(learned: str, own: bool) -> None:
    states = {"x_value": State(0.5, learned=learned, inverse_temperature="participant")}  # type: ignore[arg-type]
    model = type("StartRNN", (OptimisticRNN,), {"init_values": states, "context_size": 8 if own else 0})
    equations = fitted(model).equations_
    assert np.isfinite(equations.to_frame().coefficient).all()
    start = equations.canonical().initial_values("population")["x_value"]
    assert (start == pytest.approx(0.5, abs=1e-9)) is (learned == "fixed")


def test_values_that_carry_their_inverse_temperature_carry_it_again() -> None:
    """A model without inverse temperatures has none in its equations as fitted, and the one found in canonical form."""
    equations = fitted(RescorlaWagnerRNN).equations_
    assert equations.inverse_temperatures(0) == {}
    assert equations.initial_values(0) == {"x_value_reward": pytest.approx(0.5)}
    table, canonical = equations.to_frame(), equations.canonical()
    raw = table[table.participant == 0].set_index("term").coefficient
    beta = canonical.inverse_temperatures(0)["x_value_reward"]
    assert raw["c_reward"] == pytest.approx(beta * canonical.terms(0)["x_value_reward_chosen"]["c_reward"])
