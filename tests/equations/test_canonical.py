from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from own_forward import OWN_FORWARD_CONFIG, OwnForwardRNN
from quick_fit import few_people, quick
from refinement.people import prepare

from spice.data.ids import Ids
from spice.data.trials import Trials, read_conditions
from spice.declaration.terms import polynomial_terms
from spice.equations.canonical import (
    Gauge,
    canonical_form,
    canonical_gauge,
    change_gauge,
    common_gauge,
    fixed_point,
    learning_rate,
)
from spice.equations.coefficients import Coefficients
from spice.model.run import run_model
from spice.precoded import (
    ChoiceRNN,
    ForgettingRNN,
    LearningRateRNN,
    ParticipantEmbeddingRNN,
    RescorlaWagnerRNN,
    RewardChoiceRNN,
)
from spice.resources.bandits import AgentSpice
from spice.resources.mechanisms import Input, Mechanism, State
from spice.resources.rnn import BaseRNN

ROWS = 5


class LaggedRNN(BaseRNN):
    """A state that is no part of the logits, and values read from other arms and after the trial's updates."""

    init_values: ClassVar[dict[str, State]] = {
        "x_value_reward": State(0.5, inverse_temperature="shared"),
        "x_surprise": State(0.2, readout=False),
    }
    mechanisms = (
        Mechanism("x_surprise_chosen", "x_surprise", "chosen", inputs=("c_reward", "x_value_reward")),
        Mechanism(
            "x_value_reward_chosen",
            "x_value_reward",
            "chosen",
            inputs=("c_reward", Input("x_surprise", when="after"), Input("x_value_reward", "other")),
        ),
        Mechanism("x_value_reward_not_chosen", "x_value_reward", "not_chosen", (Input("x_value_reward", "chosen"),)),
    )


def random_coefficients(
    rng: np.random.Generator, model: type[BaseRNN], degree: int, n_rows: int = ROWS
) -> Coefficients:
    """Equations near V <- 0.7 V + 0.3 x, of every degree."""
    mechanisms, values, terms = model.mechanisms, {}, {}
    for m in mechanisms:
        if m.is_learned:
            terms[m.name] = polynomial_terms((m.name, *m.input_names), degree)
            values[m.name] = rng.normal(size=(n_rows, len(terms[m.name]))) * 0.1 / degree
            values[m.name][:, terms[m.name].index(m.name)] += 0.6
            if m.name.endswith("_chosen") and not m.name.endswith("not_chosen"):
                values[m.name][:, terms[m.name].index("c_reward" if "c_reward" in m.input_names else "1")] += 0.5
    states = {k: v if isinstance(v, State) else State(float(v)) for k, v in model.init_values.items()}
    betas = {k: rng.uniform(1, 4, n_rows) for k, s in states.items() if s.readout and s.inverse_temperature != "none"}
    hidden = frozenset(k for k, s in states.items() if not s.readout)
    return Coefficients(
        mechanisms=mechanisms,
        terms=terms,
        values=values,
        betas=betas,
        initial={k: rng.normal(size=n_rows) for k in states},
        allowed={k: np.ones(len(t), dtype=bool) for k, t in terms.items()},
        **({"hidden": hidden} if hidden else {}),
    )


def some_trials(rng: np.random.Generator, n_actions: int = 3) -> Trials:
    choices = rng.integers(0, n_actions, (ROWS, 25))
    rewards = np.where(np.eye(n_actions)[choices] == 1, rng.integers(0, 2, (ROWS, 25, 1)), -1)
    blocks = np.tile(np.repeat([0, 1], [15, 10]), (ROWS, 1))
    ids = np.stack([blocks, 0 * blocks, np.tile(np.arange(ROWS)[:, None], (1, 25))], -1)
    return read_conditions(np.concatenate([np.eye(n_actions)[choices], rewards, ids], -1), n_actions)[0].to(
        torch.float64
    )


def logits(model: type[BaseRNN], coefficients: Coefficients, trials: Trials) -> np.ndarray:
    net = model(n_actions=trials.n_actions, n_participants=ROWS).double().eval()
    ids = Ids(torch.arange(ROWS), torch.zeros(ROWS, dtype=torch.long))
    with torch.no_grad():
        run = run_model(net, trials, ids, equations=coefficients.at(np.arange(ROWS), torch.float64))
    return run.logits.numpy()


def differences(values: np.ndarray) -> np.ndarray:
    """All that choices depend on."""
    return values - values.mean(-1, keepdims=True)


MODELS = [
    RescorlaWagnerRNN,
    ForgettingRNN,
    ParticipantEmbeddingRNN,
    ChoiceRNN,
    RewardChoiceRNN,
    LearningRateRNN,
    LaggedRNN,
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("degree", [1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_canonical_form_makes_the_same_choices(model: type[BaseRNN], degree: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw, trials = random_coefficients(rng, model, degree), some_trials(rng)
    canonical = canonical_form(raw)
    before, after = differences(logits(model, raw, trials)), differences(logits(model, canonical, trials))
    assert np.abs(before).max() > 0.05
    assert np.abs(before).max() < 1e3  # no equation diverged, or the comparison would be of clipped numbers
    np.testing.assert_allclose(after, before, atol=1e-10)


@pytest.mark.parametrize("model", [RescorlaWagnerRNN, ForgettingRNN, ParticipantEmbeddingRNN, ChoiceRNN])
def test_reward_values_end_at_zero_without_and_at_one_with_rewards(model: type[BaseRNN]) -> None:
    raw = random_coefficients(np.random.default_rng(2), model, 2)
    canonical = canonical_form(raw)
    (chosen,) = [m for m in model.mechanisms if m.name == "x_value_reward_chosen"]
    reward = 1 + chosen.input_names.index("c_reward")
    moved = np.abs(raw.initial["x_value_reward"] - canonical.initial["x_value_reward"]) > 1e-3
    assert moved.all()
    np.testing.assert_allclose(fixed_point(canonical, chosen, {reward: 0.0}), 0, atol=1e-9)
    np.testing.assert_allclose(fixed_point(canonical, chosen, {reward: 1.0}), 1, atol=1e-9)


def test_choice_traces_end_at_zero_never_chosen_and_at_one_always_chosen() -> None:
    canonical = canonical_form(random_coefficients(np.random.default_rng(3), ChoiceRNN, 1))
    by_name = {m.name: m for m in ChoiceRNN.mechanisms}
    np.testing.assert_allclose(fixed_point(canonical, by_name["x_value_choice_not_chosen"], {}), 0, atol=1e-9)
    np.testing.assert_allclose(fixed_point(canonical, by_name["x_value_choice_chosen"], {}), 1, atol=1e-9)


def table(model: type[BaseRNN], degree: int, **equations: dict[str, float]) -> Coefficients:
    """One row of given coefficients."""
    empty = random_coefficients(np.random.default_rng(0), model, degree, n_rows=1)
    values = {}
    for name, terms in empty.terms.items():
        values[name] = np.zeros((1, len(terms)))
        for term, value in equations[name].items():
            values[name][0, terms.index(term)] = value
    return replace(empty, values=values)


def named(coefficients: Coefficients, mechanism: str) -> dict[str, float]:
    terms = coefficients.terms[mechanism]
    return {n: v for n, v in zip(terms.names, coefficients.values[mechanism][0], strict=True) if v != 0}


ASYMMETRIC = {
    "x_value_reward_chosen": {
        "x_value_reward_chosen": 0.8,
        "c_reward": 0.8,
        "x_value_reward_chosen c_reward": -0.6,
    }
}


def test_asymmetric_learning_rates_come_back_from_any_gauge() -> None:
    # 0.8 V + 0.8 r - 0.6 V r has its fixed points at 0 and 1: it is canonical.
    truth = table(RescorlaWagnerRNN, 2, **ASYMMETRIC)
    (mechanism,) = RescorlaWagnerRNN.mechanisms
    gauge = canonical_gauge(truth, "x_value_reward")
    np.testing.assert_allclose([gauge.shift[0], gauge.scale[0]], [0, 1], atol=1e-12)
    assert named(canonical_form(truth), mechanism.name) == pytest.approx(ASYMMETRIC[mechanism.name])
    # W with V = -2 + 5 W, whose equation is neither sparse nor readable.
    other = change_gauge(truth, "x_value_reward", Gauge(np.array([-2.0]), np.array([5.0])))
    hand = {"x_value_reward_chosen": 0.8, "1": 0.08, "c_reward": 0.16 + 0.24, "x_value_reward_chosen c_reward": -0.6}
    assert named(other, mechanism.name) == pytest.approx(hand)
    assert other.betas["x_value_reward"][0] == pytest.approx(5.0)
    back = canonical_form(other)
    assert named(back, mechanism.name) == pytest.approx(ASYMMETRIC[mechanism.name], abs=1e-12)
    assert back.betas["x_value_reward"][0] == pytest.approx(1.0)
    np.testing.assert_allclose(back.initial["x_value_reward"], truth.initial["x_value_reward"])


def test_learning_rates_of_the_asymmetric_example() -> None:
    truth = table(RescorlaWagnerRNN, 2, **ASYMMETRIC)
    (mechanism,) = RescorlaWagnerRNN.mechanisms
    for reward, rate in ((0.0, 0.2), (1.0, 0.8), (0.5, 0.5)):
        np.testing.assert_allclose(learning_rate(truth, mechanism, reward), [rate])


def test_a_gauge_there_and_back_is_nothing() -> None:
    raw = random_coefficients(np.random.default_rng(4), RewardChoiceRNN, 2)
    shift, scale = np.linspace(-2, 2, ROWS), np.linspace(-3, 3, ROWS) + 0.1
    there = change_gauge(raw, "x_value_choice", Gauge(shift, scale))
    back = change_gauge(there, "x_value_choice", Gauge(-shift / scale, 1 / scale))
    for name, values in raw.values.items():
        np.testing.assert_allclose(back.values[name], values, atol=1e-12)
    np.testing.assert_allclose(back.betas["x_value_choice"], raw.betas["x_value_choice"])
    np.testing.assert_allclose(back.initial["x_value_choice"], raw.initial["x_value_choice"], atol=1e-12)


@pytest.mark.parametrize("model", [ParticipantEmbeddingRNN, ChoiceRNN, RewardChoiceRNN, LaggedRNN])
def test_equal_models_in_different_gauges_have_one_canonical_form(model: type[BaseRNN]) -> None:
    # This is what makes people comparable; also where states feed each other.
    raw = random_coefficients(np.random.default_rng(10), model, 1)
    rng = np.random.default_rng(11)
    other = raw
    for state in raw.initial:
        gauge = Gauge(rng.uniform(-1, 1, ROWS), rng.uniform(0.5, 2, ROWS))
        other = change_gauge(other, state, gauge)
    canonical, same = canonical_form(raw), canonical_form(other)
    for name, values in canonical.values.items():
        np.testing.assert_allclose(same.values[name], values, atol=1e-8, err_msg=name)
    for state, beta in canonical.betas.items():
        np.testing.assert_allclose(same.betas[state], beta, rtol=1e-8)


def test_canonical_twice_is_canonical_once() -> None:
    once = canonical_form(random_coefficients(np.random.default_rng(5), ChoiceRNN, 1))
    twice = canonical_form(once)
    for name, values in once.values.items():
        np.testing.assert_allclose(twice.values[name], values, atol=1e-9)


@pytest.mark.parametrize(
    ("equation", "why"),
    [
        ({"x_value_reward_chosen": 1.0, "c_reward": 0.3}, "a counter has no fixed point"),
        ({"x_value_reward_chosen": 1.2, "c_reward": 0.3}, "an unstable one is never reached"),
        ({"x_value_reward_chosen": 0.7, "1": 0.3}, "without an effect of rewards both are the same"),
        ({"x_value_reward_chosen": 1.0}, "nothing ever changes"),
    ],
)
def test_without_two_fixed_points_nothing_changes(equation: dict[str, float], why: str) -> None:
    raw = table(RescorlaWagnerRNN, 2, x_value_reward_chosen=equation)
    gauge = canonical_gauge(raw, "x_value_reward")
    assert np.isnan(gauge.scale).all(), why
    canonical = canonical_form(raw)
    np.testing.assert_array_equal(canonical.values["x_value_reward_chosen"], raw.values["x_value_reward_chosen"])
    np.testing.assert_array_equal(canonical.initial["x_value_reward"], raw.initial["x_value_reward"])


def test_a_participant_without_fixed_points_leaves_the_others_alone() -> None:
    raw = random_coefficients(np.random.default_rng(6), ParticipantEmbeddingRNN, 1)
    alone = canonical_form(raw)
    values = {k: v.copy() for k, v in raw.values.items()}
    values["x_value_reward_chosen"][2] = [0.0, 1.0, 0.4]
    canonical = canonical_form(Coefficients(**{**vars(raw), "values": values}))
    others = [0, 1, 3, 4]
    for name in raw.values:
        np.testing.assert_allclose(canonical.values[name][others], alone.values[name][others], atol=1e-12)
        np.testing.assert_array_equal(canonical.values[name][2], values[name][2])


@pytest.mark.parametrize("state", ["x_learning_rate_reward", "x_value_reward"])
def test_a_state_tied_to_its_scale_has_no_gauge(state: str) -> None:
    # The rate is bounded, zero on other arms, and read by a given equation, as is the value.
    raw = random_coefficients(np.random.default_rng(7), LearningRateRNN, 1)
    assert np.isnan(canonical_gauge(raw, state).scale).all()


def test_a_hidden_state_gets_no_inverse_temperature() -> None:
    raw = random_coefficients(np.random.default_rng(8), LaggedRNN, 1)
    assert set(canonical_form(raw).betas) == {"x_value_reward"}


def test_the_gauge_is_as_uncertain_as_the_coefficients() -> None:
    """V = scale * W with scale = c / (1 - a): W learns by 1 - a, exactly as uncertain as the slope a."""
    raw = table(RescorlaWagnerRNN, 1, x_value_reward_chosen={"x_value_reward_chosen": 0.7, "c_reward": 0.9})
    rng = np.random.default_rng(0)
    draws = np.tile(raw.vectors()[:, None], (1, 400, 1))  # constant, slope, reward, start
    draws[0, :, 1:3] += rng.multivariate_normal([0.0, 0.0], [[0.04**2, 0.002], [0.002, 0.1**2]], 400)
    canonical = canonical_form(replace(raw, draws=draws))
    assert named(canonical, "x_value_reward_chosen") == pytest.approx({"x_value_reward_chosen": 0.7, "c_reward": 0.3})
    errors = dict(zip(canonical.parameters, canonical.standard_errors()[0], strict=True))
    of_slope = draws[0, :, 1].std()
    assert errors["values", "x_value_reward_chosen", "c_reward"] == pytest.approx(of_slope, rel=1e-6)
    assert errors["values", "x_value_reward_chosen", "x_value_reward_chosen"] == pytest.approx(of_slope, rel=1e-6)
    assert np.isnan(errors["values", "x_value_reward_chosen", "1"])
    betas = draws[0, :, 2] / (1 - draws[0, :, 1])
    assert errors["betas", "x_value_reward", "1"] == pytest.approx(betas.std(), rel=1e-6)
    low, high = canonical.intervals()[:, 0, canonical.parameters.index(("betas", "x_value_reward", "1"))]
    assert ((betas > low) & (betas < high)).mean() == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("degree", [1, 2])
def test_canonical_draws_are_draws_in_canonical_form(model: type[BaseRNN], degree: int) -> None:
    rng = np.random.default_rng(4)
    raw = random_coefficients(rng, model, degree, n_rows=3)
    draws = raw.vectors()[:, None] + 1e-2 * rng.normal(size=(3, 20, len(raw.parameters)))
    found = canonical_form(replace(raw, draws=draws)).draws
    assert found is not None
    for draw in range(20):
        alone = canonical_form(raw.with_vectors(draws[:, draw])).vectors()
        np.testing.assert_allclose(found[:, draw], alone, rtol=1e-6, atol=1e-9)


def test_who_has_what_is_the_same_in_canonical_form() -> None:
    """Probabilities stand by the names of parameters, of which canonical form can have more."""
    raw = random_coefficients(np.random.default_rng(5), RescorlaWagnerRNN, 2, n_rows=2)
    n = len(raw.parameters)
    probability, shares = np.linspace(0, 1, 2 * n).reshape(2, n), np.linspace(0, 1, 2 * n).reshape(2, n)
    draws = np.tile(raw.vectors()[:, None], (1, 5, 1))
    canonical = canonical_form(replace(raw, draws=draws, probability=probability, prevalence_interval=shares))
    assert canonical.probability is not None
    assert canonical.prevalence_interval is not None
    assert set(canonical.parameters) >= set(raw.parameters)
    for k, name in enumerate(canonical.parameters):
        if name in raw.parameters:
            place = raw.parameters.index(name)
            np.testing.assert_array_equal(canonical.probability[:, k], probability[:, place])
            np.testing.assert_array_equal(canonical.prevalence_interval[:, k], shares[:, place])
        else:
            assert np.isnan(canonical.probability[:, k]).all()


def test_the_common_gauge_keeps_initial_values_and_shares_one_temperature() -> None:
    raw = random_coefficients(np.random.default_rng(9), ParticipantEmbeddingRNN, 1)
    common = common_gauge(raw, ("x_value_reward",))
    np.testing.assert_array_equal(common.initial["x_value_reward"], raw.initial["x_value_reward"])
    betas = common.betas["x_value_reward"]
    np.testing.assert_allclose(betas, betas[0])
    assert betas[0] > 0
    canonical = canonical_form(raw)
    np.testing.assert_allclose(betas[0], np.exp(np.median(np.log(np.abs(canonical.betas["x_value_reward"])))))
    # The same equations, but for where they start.
    for name, values in canonical_form(common).values.items():
        np.testing.assert_allclose(values, canonical.values[name], atol=1e-9)


def test_fixed_points_by_hand() -> None:
    raw = table(RescorlaWagnerRNN, 2, x_value_reward_chosen={"1": 0.3, "x_value_reward_chosen^2": 0.5})
    (mechanism,) = RescorlaWagnerRNN.mechanisms
    # 0.3 + 0.5 V^2 = V at 1 - sqrt(0.4); the other root repels.
    np.testing.assert_allclose(fixed_point(raw, mechanism, {}), [1 - np.sqrt(0.4)])
    none: dict[str, Any] = {"1": 2.0, "x_value_reward_chosen^2": 0.5}
    assert np.isnan(fixed_point(table(RescorlaWagnerRNN, 2, x_value_reward_chosen=none), mechanism, {}))[0]


def test_gauge_of_people_is_made_common():
    agent, _, _ = prepare(ParticipantEmbeddingRNN, degree=2)
    table = agent.coefficients
    assert len(np.unique(table.betas["x_value_reward"].round(9))) > 1
    common = common_gauge(table, ("x_value_reward",))
    assert np.ptp(common.betas["x_value_reward"]) == pytest.approx(0, abs=1e-9)
    np.testing.assert_array_equal(common.initial["x_value_reward"], table.initial["x_value_reward"])


def test_canonical_form_of_an_own_forward_predicts_the_same():
    people = few_people()
    estimator = quick(OwnForwardRNN, spice_config=OWN_FORWARD_CONFIG, epochs=2).fit(*people)
    agent = estimator.spice_agent
    canonical = AgentSpice(agent, estimator.equations_.canonical())
    trials, _ = read_conditions(people[0], 2)
    raw, changed = (a.run(trials).logits.diff(dim=-1).numpy() for a in (agent, canonical))
    np.testing.assert_allclose(raw, changed, atol=1e-5)
