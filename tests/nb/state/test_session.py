"""A session through network and equations, and through equations that were changed."""

import copy

import numpy as np
import pytest

from spice.datasets import simulate_individual_differences, simulate_rescorla_wagner
from spice.estimator import SpiceEstimator
from spice.precoded import ParticipantEmbeddingRNN, RescorlaWagnerRNN
from spice.resources.bandits import AgentQ, get_update_dynamics
from spice_nb.state.session import BENCHMARK, CHANGED, EQUATIONS, NETWORK, TRUTH, SessionModel
from spice_nb.state.session_curves import PROBABILITY, Q_VALUE, through_network


@pytest.fixture(scope="module")
def fitted():
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=60, random_state=0)
    estimator = SpiceEstimator(rnn_class=ParticipantEmbeddingRNN, epochs=6, n_trials_off_policy=200, random_state=0)
    return estimator.fit(dataset.xs, dataset.ys), dataset


@pytest.fixture
def model(fitted) -> SessionModel:
    return SessionModel(estimator=fitted[0], dataset=fitted[1])


def test_it_says_what_it_needs(fitted) -> None:
    assert SessionModel().blocker == "Choose a data set first."
    assert SessionModel(dataset=fitted[1]).blocker == "Fit a model first."
    assert SessionModel(estimator=SpiceEstimator(), dataset=fitted[1]).blocker == "Fit a model first."


@pytest.mark.parametrize("half", [0, 1])
def test_one_half_of_a_fit_is_too_little(fitted, tmp_path, half) -> None:
    paths = [tmp_path / "network", tmp_path / "equations"]
    fitted[0].save_spice(*paths)
    paths[half] = None
    assert "Load both" in SessionModel(estimator=SpiceEstimator.load_spice(*paths), dataset=fitted[1]).blocker


def test_a_slider_runs_the_changed_equations_only_and_leaves_the_fit_alone(fitted, monkeypatch) -> None:
    estimator, dataset = fitted
    model = SessionModel(estimator=estimator, dataset=dataset)
    model.session()
    ran = []

    def watched(agent, trials):
        ran.append(agent)
        return through_network(agent, trials)

    def draws():
        generators = [agent._rng.bit_generator for agent in (estimator.rnn_agent_, estimator.spice_agent_)]
        return [(generator.state, generator.seed_seq.n_children_spawned) for generator in generators]

    monkeypatch.setattr("spice_nb.state.session.through_network", watched)
    before = draws()
    mechanism, term, value = model.coefficients[0]
    for step in range(1, 4):
        model.change(mechanism, term, value + 0.1 * step)
        model.session()
    assert len(ran) == 3
    assert all(agent.equation_ids == (0,) for agent in ran)
    assert draws() == before


@pytest.mark.parametrize("arm", [0, 1])
def test_curves_are_those_of_a_trial_at_a_time(model: SessionModel, fitted, arm: int) -> None:
    model.sequence, model.arm = 3, arm
    session = model.session()
    for name, agent in ((NETWORK, fitted[0].rnn_agent_), (EQUATIONS, fitted[0].spice_agent_)):
        (logits, states), probabilities, _ = get_update_dynamics(fitted[1].xs[3], agent)
        np.testing.assert_allclose(session.curves[PROBABILITY][name], probabilities[:, arm], atol=1e-5)
        # What counts is by how much an option is better than the others.
        for title, values in ((Q_VALUE, logits), ("Reward value", states["x_value_reward"])):
            relative = values[:, arm] - values.mean(1)
            np.testing.assert_allclose(session.curves[title][name], relative, atol=1e-4)


def test_truth_and_equations_are_on_one_scale() -> None:
    dataset, truth = simulate_rescorla_wagner(n_participants=32, n_trials=100, random_state=1)
    estimator = SpiceEstimator(RescorlaWagnerRNN, random_state=0).fit(dataset.xs, dataset.ys)
    curves = SessionModel(estimator=estimator, dataset=dataset, truth=truth).session().curves["Reward value"]
    assert np.abs(curves[TRUTH] - curves[EQUATIONS]).max() < 0.35
    assert np.corrcoef(curves[TRUTH], curves[EQUATIONS])[0, 1] > 0.99


def test_coefficients_are_those_that_people_read(model: SessionModel, fitted) -> None:
    canonical = fitted[0].equations_.canonical().terms(0)
    assert {(m, t): v for m, t, v in model.coefficients} == {
        (m, t): v for m, ts in canonical.items() for t, v in ts.items()
    }
    assert model.words("x_value_reward_chosen", "c_reward") == "value, chosen: reward"
    assert model.words("x_value_reward_not_chosen", "1") == "value, not chosen: constant"
    assert model.words("x_value_reward_chosen", "x_value_reward_chosen c_reward") == "value, chosen: value times reward"


def test_likelihoods_are_those_of_the_choices(model: SessionModel, fitted) -> None:
    p_rnn, p_spice = fitted[0].predict(fitted[1].xs[:1])
    nll = model.session().nll
    targets = np.asarray(fitted[1].ys[:1, :-1])
    for name, p in ((NETWORK, p_rnn), (EQUATIONS, p_spice)):
        assert nll[name] == pytest.approx(-np.log((p[:, :-1] * targets).sum(-1)).mean(), abs=1e-5)


def test_what_if_changes_curves_and_nothing_else(model: SessionModel, fitted) -> None:
    before = fitted[0].predict(fitted[1].xs)[1]
    mechanism, term, value = next(c for c in model.coefficients if c[1] == "c_reward")
    assert CHANGED not in model.session().nll
    model.change(mechanism, term, 0.0)
    session = model.session()
    assert not np.allclose(session.curves[PROBABILITY][CHANGED], session.curves[PROBABILITY][EQUATIONS], atol=1e-3)
    assert session.nll[CHANGED] > session.nll[EQUATIONS]
    np.testing.assert_array_equal(fitted[0].predict(fitted[1].xs)[1], before)
    model.change(mechanism, term, value)
    assert model.changes == {}


def test_another_session_is_as_it_was_found(model: SessionModel) -> None:
    mechanism, term, _ = model.coefficients[0]
    model.change(mechanism, term, 0.123)
    model.sequence = 2
    assert model.changes == {}


def test_sessions_and_options_have_names(model: SessionModel) -> None:
    assert [name for name, _ in model.sequences] == ["0", "1", "2", "3", "4"]
    assert model.arms == [("0", 0), ("1", 1)]


def test_the_truth_is_one_more_curve(fitted) -> None:
    estimator, dataset = fitted
    _, truth = simulate_individual_differences(n_participants=5, n_trials=60, random_state=0)
    model = SessionModel(estimator=estimator, dataset=dataset, truth=truth, sequence=2)
    session = model.session()
    assert set(session.nll) == {TRUTH, NETWORK, EQUATIONS}
    assert set(session.curves) == {PROBABILITY, Q_VALUE, "Reward value", "Learning rate"}
    assert len(session.curves[PROBABILITY][TRUTH]) == len(session.curves[PROBABILITY][NETWORK]) == 60
    assert session.curves[PROBABILITY][TRUTH][0] == pytest.approx(0.5)


def test_a_benchmark_that_is_given_is_shown(fitted) -> None:
    agent = AgentQ(alpha_reward=0.4, beta_reward=2.0)
    model = SessionModel(estimator=fitted[0], dataset=fitted[1], benchmark=agent)
    session = model.session()
    _, p, _ = get_update_dynamics(fitted[1].xs[0], agent)
    np.testing.assert_allclose(session.curves[PROBABILITY][BENCHMARK], p[:, 0])
    chosen = np.asarray(fitted[1].xs[0, :, :2]).argmax(-1)
    assert session.nll[BENCHMARK] == pytest.approx(-np.log(p[np.arange(60), chosen])[1:].mean())
    assert dict(model.agents)[BENCHMARK] == "Benchmark"
    model.benchmark = None
    assert BENCHMARK not in model.session().nll


def test_a_network_can_be_the_benchmark(fitted) -> None:
    model = SessionModel(estimator=fitted[0], dataset=fitted[1], benchmark=fitted[0].rnn_agent_)
    nll = model.session().nll
    assert nll[BENCHMARK] == nll[NETWORK]


def test_a_benchmark_of_other_options_is_refused(fitted) -> None:
    model = SessionModel(estimator=fitted[0], dataset=fitted[1], benchmark=AgentQ(3))
    assert model.blocker.startswith("The benchmark chooses between 3 options, the data have 2.")


def test_by_default_the_benchmark_is_fitted_to_each_person(model: SessionModel) -> None:
    assert model.of_benchmark == ""
    model.show_agent(BENCHMARK)
    said, nll = [], []
    for model.sequence in (0, 1):
        session = model.session()
        nll.append(session.nll[BENCHMARK])
        said.append(model.of_benchmark)
        # The best of its kind: never worse than choosing blindly, for which the temperature is 0.
        assert session.nll[BENCHMARK] <= np.log(2) + 1e-9
    assert said[0].startswith("Benchmark: Rescorla-Wagner, learning rate ")
    assert said[0] != said[1]
    assert nll[0] != nll[1]


def test_agents_can_be_hidden(model: SessionModel) -> None:
    model.show_agent(NETWORK, False)
    assert set(model.session().nll) == {EQUATIONS}
    assert set(model.plotted) == {"spice"}
    model.show_agent(BENCHMARK)
    assert set(model.plotted) == {"spice", "benchmark"}


def test_a_trial_is_read(model: SessionModel, fitted) -> None:
    session, xs = model.session(), np.asarray(fitted[1].xs[0])
    model.trial = 17
    choice = int(xs[16, :2].argmax())
    assert model.read(session) == f"Trial 17 of 60: option {choice} chosen, reward {xs[16, 2 + choice]:.2f}."


def test_a_zoom_is_whole_trials_within_the_session(model: SessionModel) -> None:
    assert model.window == (1, 60)
    model.zoom_to([10.2, 20.9])
    assert model.window == (11, 20)
    model.zoom_to([15.6, 17.4])
    model.zoom_to([])
    assert model.window == (11, 20)
    model.zoom_to([-4.0, 99.0])
    assert model.window == (1, 60)
    model.zoom, model.trial = (5, 9), 7
    model.sequence = 1
    assert (model.window, model.trial) == ((1, 60), 1)


def test_missed_trials_are_in_no_curve(fitted) -> None:
    dataset = copy.deepcopy(fitted[1])
    dataset.xs[0, 9, :4] = np.nan
    _, truth = simulate_individual_differences(n_participants=5, n_trials=60, random_state=0)
    model = SessionModel(estimator=fitted[0], dataset=dataset, truth=truth, benchmark=AgentQ())
    session = model.session()
    assert model.n_trials == len(session.choice) == 59
    assert {len(curve) for of in session.curves.values() for curve in of.values()} == {59}


def test_another_fit_of_the_same_estimator_has_other_curves() -> None:
    dataset, _ = simulate_individual_differences(n_participants=5, n_trials=60, random_state=0)
    estimator = SpiceEstimator(rnn_class=ParticipantEmbeddingRNN, epochs=2, n_trials_off_policy=200, random_state=0)
    model = SessionModel(estimator=estimator.fit(dataset.xs, dataset.ys), dataset=dataset)
    before = model.session().nll
    estimator.set_params(epochs=12).fit(dataset.xs, dataset.ys)
    assert model.session().nll[NETWORK] != before[NETWORK]


def test_a_state_that_choices_do_not_depend_on_has_nothing_to_change(fitted, monkeypatch) -> None:
    model = SessionModel(estimator=fitted[0], dataset=fitted[1])
    assert model.coefficients
    betas = model._equations.coefficients.betas
    monkeypatch.setitem(betas, "x_value_reward", np.zeros_like(betas["x_value_reward"]))
    assert model.coefficients == []
